import { isoMillis } from '../protocol/base/time.js';
import type { World } from '../protocol/base/world.js';
import { type Teller, type Telling, THE_COLLECTOR } from './alert/teller.js';
import type { Mended, State } from './state/state.js';
import { type Damage, dayOf } from './store/damage.js';
import type { Engine } from './store/engine/engine.js';

const DAY_MS = 86_400_000;
const CHECK_MS = 60_000;

/** Tells what was found damaged: at the start, and whenever the engine comes upon more. @returns ends it */
export async function tellDamages(state: State, store: Engine, deps: World & { teller: Teller }): Promise<() => void> {
  const log = deps.log.child({ component: 'damage' });
  const tell = (telling: Pick<Telling, 'rule' | 'name' | 'message' | 'messageJa' | 'value'>): Promise<unknown> =>
    deps.teller.tell(THE_COLLECTOR, { state: 'raised', severity: 90, ...telling });
  const { mended } = state;
  if (mended !== undefined) {
    log.error({ ...mended }, 'the state was damaged');
    await tell({ rule: 'state-damaged', ...STATE_TEXTS[mended.how] });
  }
  if (store.salvaged !== undefined) await tell(TABLE_TEXTS);
  const look = async (): Promise<void> => {
    for (const damage of await store.damages().catch((): Damage[] => [])) {
      await store.insert([gapOf(damage, deps.clock.now())], `damage:${damage.path}`).catch(() => {});
      await tell(partTexts(damage));
    }
  };
  await look();
  const timer = setInterval(() => void look(), CHECK_MS);
  return () => clearInterval(timer);
}

/** Rows that arrived on this day are gone; of when they tell is not known. */
function gapOf(damage: Damage, nowMs: number): Record<string, unknown> {
  const start = Date.parse(`${dayOf(damage)}T00:00:00Z`);
  const at = isoMillis(nowMs);
  return {
    ...{ '@timestamp': at, 'event.kind': 'event', 'event.dataset': 'gap', 'event.ingested': at },
    ...{ 'hinomi.gap.lane': 'all', 'hinomi.gap.reason': 'store_damaged' },
    ...(damage.rows === undefined ? {} : { 'hinomi.gap.count': damage.rows }),
    ...(Number.isNaN(start) ? {} : { 'event.start': isoMillis(start), 'event.end': isoMillis(start + DAY_MS) }),
    ...{ 'hinomi.company': '', 'hinomi.site': '', 'hinomi.agent': THE_COLLECTOR.agent },
    ...{ 'hinomi.epoch': 'damage', 'hinomi.lane': 'p0', 'hinomi.seq': nowMs, 'hinomi.row': 0 },
  };
}

function partTexts(damage: Damage): Omit<Telling, 'state' | 'severity'> {
  const day = dayOf(damage);
  const rows = damage.rows ?? 'an unknown number of';
  return {
    rule: 'records-damaged',
    name: 'Records on disk were damaged',
    message: `${rows} records that arrived on ${day} cannot be read any more. They lie in ${damage.path}. Check the disk; a backup may have them.`,
    messageJa: `${day}に届いた記録${damage.rows === undefined ? '(件数不明)' : `${damage.rows}件`}が読めなくなりました(${damage.path})。ディスクを点検してください。バックアップに残っている場合があります。`,
    subject: day,
    ...(damage.rows === undefined ? {} : { value: damage.rows }),
  };
}

const STATE_TEXTS: Readonly<Record<Mended['how'], Pick<Telling, 'name' | 'message' | 'messageJa'>>> = {
  rebuilt: {
    name: 'The state was damaged and rebuilt',
    message:
      'The database of companies, sites, boxes and people was damaged. It was made anew from its journal; nothing is missing. Check the disk.',
    messageJa:
      '企業・拠点・監視装置・利用者のデータベースが壊れていたため、変更履歴からすべて復元しました。失われたものはありません。ディスクを点検してください。',
  },
  completed: {
    name: 'The state was damaged and completed',
    message:
      'Some entries of the database of companies, sites, boxes and people were missing or were not what had been written. They were put right from its journal; nothing is missing. Check the disk.',
    messageJa:
      '企業・拠点・監視装置・利用者のデータベースの一部が欠けているか書き込んだ内容と異なっていたため、変更履歴から元に戻しました。失われたものはありません。ディスクを点検してください。',
  },
  copied: {
    name: 'The journal of the state was damaged',
    message:
      'The second copy of the database of companies, sites, boxes and people could not be read as a whole and was made anew. Nothing is missing. Check the disk.',
    messageJa:
      '企業・拠点・監視装置・利用者のデータベースの控え(変更履歴)が壊れていたため作り直しました。失われたものはありません。ディスクを点検してください。',
  },
  repaired: {
    name: 'The state was damaged and repaired',
    message:
      'The database of companies, sites, boxes and people was damaged, and so was its journal. It was repaired; entries may be missing. Check the disk and compare with a backup: a box that is missing has to be enrolled again.',
    messageJa:
      '企業・拠点・監視装置・利用者のデータベースと控え(変更履歴)がともに壊れていたため修復しました。一部が失われた可能性があります。ディスクを点検し、バックアップと比べてください。失われた監視装置は登録し直す必要があります。',
  },
  'put aside': {
    name: 'The state was lost',
    message:
      'The database of companies, sites, boxes and people and its journal could not be read; it was put aside, and an empty one is used. Stop the collector and restore a backup: boxes cannot connect until then.',
    messageJa:
      '企業・拠点・監視装置・利用者のデータベースと控え(変更履歴)が読めないため退避し、空の状態で起動しました。停止してバックアップから復元してください。それまで監視装置は接続できません。',
  },
};

const TABLE_TEXTS = {
  rule: 'records-damaged',
  name: 'The table was damaged',
  message:
    'The table of records could not be opened; what was whole in it was taken over into a new one. Check the disk.',
  messageJa:
    '記録のテーブルを開けなかったため、無事な部分を新しいテーブルに引き継ぎました。ディスクを点検してください。',
};
