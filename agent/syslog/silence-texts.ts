import type { AlertRecord } from '../../protocol/records/alert.js';

export const SILENT_RULE = 'source-silent';
export const VOLUME_RULE = 'source-volume';

export interface Named {
  readonly address: string;
  readonly transport: string;
  readonly vendor: string | undefined;
  readonly product: string | undefined;
}

type Words = Pick<AlertRecord, 'rule.id' | 'rule.name' | 'event.severity' | 'message' | 'hinomi.message_ja'>;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

function nameOf({ vendor, product, address, transport }: Named): string {
  const maker = [vendor, product].filter((part) => part !== undefined).join(' ');
  const place = `${address}, ${transport.toUpperCase()}`;
  return maker === '' ? place : `${maker} (${place})`;
}

function spanOf(ms: number): readonly [en: string, ja: string] {
  if (ms < 2 * MINUTE_MS) return [`${Math.round(ms / 1_000)} s`, `${Math.round(ms / 1_000)} 秒`];
  if (ms < 2 * HOUR_MS) return [`${Math.round(ms / MINUTE_MS)} min`, `${Math.round(ms / MINUTE_MS)} 分`];
  return [`${Math.round(ms / HOUR_MS)} h`, `${Math.round(ms / HOUR_MS)} 時間`];
}

/** @param others whether other sources of the site are heard: if none is, the fault is more likely at the box */
export function silentWords(source: Named, quietMs: number, others: 'heard' | 'silent' | 'none'): Words {
  const name = nameOf(source);
  const [en, ja] = spanOf(quietMs);
  const doEn =
    others === 'silent'
      ? 'All other sources of the site are silent, too: check the cable and the switch of the box first.'
      : 'Check that the device is on and can be reached, and that its syslog setting still names the address and port of the box.';
  const doJa =
    others === 'silent'
      ? '同じ拠点のほかの送信元も沈黙しています。まず監視装置のケーブルとスイッチを確かめてください。'
      : '機器の電源と通信を確かめ、機器のsyslog設定が監視装置のアドレスとポートのままかを確かめてください。';
  return {
    'rule.id': SILENT_RULE,
    'rule.name': 'A source of messages fell silent',
    'event.severity': 60,
    message: `Nothing has come from ${name} for ${en}, which is not usual at this time. What it detects is not seen until then. ${doEn}`,
    'hinomi.message_ja': `${name}からのログが ${ja}届いていません(いつもなら届く時間帯です)。その間、この機器の検知は見えません。${doJa}`,
  };
}

export function heardWords(source: Named, silentMs: number): Words {
  const [en, ja] = spanOf(silentMs);
  return {
    'rule.id': SILENT_RULE,
    'rule.name': 'A source of messages is heard again',
    'event.severity': 10,
    message: `Messages from ${nameOf(source)} come again, after ${en}. What happened in between is not known here. Nothing has to be done.`,
    'hinomi.message_ja': `${nameOf(source)}からのログが再び届いています(途切れていた時間: ${ja})。その間のログはありません。対応は不要です。`,
  };
}

export function forgottenWords(source: Named, days: number): Words {
  return {
    'rule.id': SILENT_RULE,
    'rule.name': 'A source of messages is not expected any more',
    'event.severity': 10,
    message: `${nameOf(source)} has not been heard for ${days} days and is not expected any more. If the device is still there, check its syslog setting.`,
    'hinomi.message_ja': `${nameOf(source)}は ${days} 日間ログを送っていないため、見守りを終えました。機器がまだある場合は、syslog設定を確かめてください。`,
  };
}

export function lowWords(source: Named, messages: number, usual: number): Words {
  return {
    'rule.id': VOLUME_RULE,
    'rule.name': 'A source of messages says far less than usual',
    'event.severity': 40,
    message: `${nameOf(source)} sent ${messages} messages in the last hour; at this hour of the week ${usual} are usual. If the office is not closed today, check whether its logging or one of its functions was turned off.`,
    'hinomi.message_ja': `${nameOf(source)}のログが、直近 1 時間で ${messages} 件しか届いていません(同じ曜日・時間帯はふだん約 ${usual} 件)。休業日でなければ、機器のログ設定や検知機能が切られていないかを確かめてください。`,
  };
}

export function enoughWords(source: Named, messages: number, usual: number): Words {
  return {
    'rule.id': VOLUME_RULE,
    'rule.name': 'A source of messages says as much as usual again',
    'event.severity': 10,
    message: `${nameOf(source)} sends as usual again: ${messages} messages in the last hour, about ${usual} are usual. Nothing has to be done.`,
    'hinomi.message_ja': `${nameOf(source)}のログの量がふだん並みに戻りました(直近 1 時間で ${messages} 件、ふだん約 ${usual} 件)。対応は不要です。`,
  };
}
