import type { Trouble } from './box-watch.js';
import type { Telling } from './teller.js';

type Words = Pick<Telling, 'rule' | 'name' | 'severity' | 'message' | 'messageJa'>;

const TOKYO = new Intl.DateTimeFormat('ja-JP', {
  ...{ timeZone: 'Asia/Tokyo', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' },
});

export const OFFLINE_RULE = 'site-offline';
export const SILENT_RULE = 'site-silent';
export const MANY_RULE = 'many-offline';

export const ruleOf = (trouble: Trouble): string => (trouble === 'silent' ? SILENT_RULE : OFFLINE_RULE);

/** One site: what is wrong with it, and what to do next. */
export function troubleWords(trouble: Trouble, lastMs: number): Words {
  const en = `${new Date(lastMs).toISOString().slice(0, 16)}Z`;
  const ja = TOKYO.format(lastMs);
  switch (trouble) {
    case 'lost':
      return {
        ...{ rule: OFFLINE_RULE, name: 'The box cannot be reached', severity: 50 },
        message: `The connection of the box is lost (last contact ${en}). Ask the office whether the box has power and the Internet works; records wait on its disk.`,
        messageJa: `監視装置との接続が切れています(最後の連絡 ${ja})。事業所に、監視装置の電源とインターネット接続を確かめてもらってください。記録は監視装置に残っています。`,
      };
    case 'stopped':
      return {
        ...{ rule: OFFLINE_RULE, name: 'The box was stopped and did not come back', severity: 30 },
        message: `The box was stopped in an orderly way (${en}) and has not come back. When nobody meant it, have it switched on again.`,
        messageJa: `監視装置は正しい手順で停止され(${ja})、そのまま戻っていません。予定どおりでなければ、電源を入れてもらってください。`,
      };
    case 'silent':
      return {
        ...{ rule: SILENT_RULE, name: 'The box is connected but says nothing', severity: 40 },
        message: `The box is connected but has sent nothing since ${en}. Restart it; when it happens again, run hinomi-agent doctor there.`,
        messageJa: `監視装置は接続していますが、${ja} から何も届いていません。監視装置を再起動してください。繰り返す場合は hinomi-agent doctor を実行してください。`,
      };
  }
}

/** One site: it is over. @param isGone no box is enrolled under that name any more */
export function backWords(rule: string, why: 'back' | 'offline' | 'gone'): Words {
  const base = { rule, name: 'The box is back', severity: 10 };
  switch (why) {
    case 'back':
      return {
        ...base,
        message: 'The box is connected and sends again. Nothing has to be done.',
        messageJa: '監視装置は再び接続し、記録が届いています。対応は不要です。',
      };
    case 'offline':
      return {
        ...base,
        name: 'The box is not silent but gone',
        message: 'The box is no longer connected at all: that is told by an alert of its own.',
        messageJa: '監視装置の接続そのものが切れました。別の知らせをご覧ください。',
      };
    case 'gone':
      return {
        ...base,
        name: 'The box is no longer enrolled',
        message: 'This box was replaced or removed. Nothing has to be done.',
        messageJa: 'この監視装置は交換または削除されました。対応は不要です。',
      };
  }
}

interface ManyFacts {
  readonly cause: string;
  readonly missing: number;
  readonly of: number;
  /** Those that are still connected, of all. */
  readonly here: number;
  /** Some of their names. */
  readonly names: readonly string[];
}

const NAMES_SHOWN = 5;
const OWN_LINE_EN = " Check the monitoring centre's own line and firewall first.";
const OWN_LINE_JA = 'まず、監視センター自身の回線とファイアウォールを確かめてください。';

/** Many sites at once: who has it in common, and whom to ask. */
export function manyWords({ cause, missing, of, here, names }: ManyFacts): Words {
  const { en, ja, hintEn, hintJa } = causeWords(cause);
  const isAll = here < missing / 9;
  const some = names.slice(0, NAMES_SHOWN);
  const more = missing > some.length;
  return {
    ...{ rule: MANY_RULE, name: 'Many sites are gone at once', severity: isAll ? 90 : 80 },
    message: `${missing} of ${of} sites ${en} went offline at about the same time (${some.join(', ')}${more ? ', ...' : ''}). ${hintEn}${isAll ? OWN_LINE_EN : ''} They are not told one by one while this lasts.`,
    messageJa: `${ja} ${of} か所のうち ${missing} か所が、ほぼ同時に切断しました(${some.join('、')}${more ? ' ほか' : ''})。${hintJa}${isAll ? OWN_LINE_JA : ''}続いている間、拠点ごとの知らせは出しません。`,
  };
}

export function manyBackWords(cause: string, peak: number, missing: number): Words {
  const { en, ja } = causeWords(cause);
  return {
    ...{ rule: MANY_RULE, name: 'Most of the sites are back', severity: 10 },
    message: `${peak - missing} of the ${peak} sites ${en} that went offline together are back; ${missing === 0 ? 'none is missing' : `${missing} are still missing and will be told one by one if they stay away`}.`,
    messageJa: `同時に切断した${ja} ${peak} か所のうち ${peak - missing} か所が戻りました。${missing === 0 ? 'すべて戻っています。対応は不要です。' : `まだ ${missing} か所が戻っていません。戻らないものは拠点ごとにお知らせします。`}`,
  };
}

interface CauseWords {
  readonly en: string;
  readonly ja: string;
  readonly hintEn: string;
  readonly hintJa: string;
}

function causeWords(cause: string): CauseWords {
  const at = cause.indexOf(':');
  const value = cause.slice(at + 1);
  switch (cause.slice(0, Math.max(0, at))) {
    case 'prefecture':
      return {
        ...{ en: `in ${value}`, ja: `${value}の拠点` },
        hintEn: 'Look for a power cut or a disaster there, and at the notices of the providers.',
        hintJa: '停電や災害の情報と、回線事業者の障害情報を確かめてください。',
      };
    case 'provider':
      return {
        ...{ en: `of the provider ${value}`, ja: `回線 ${value} の拠点` },
        hintEn: "Look at the provider's notices of faults.",
        hintJa: '回線事業者の障害情報を確かめてください。',
      };
    case 'area':
      return {
        ...{ en: `of ${value.split('/')[1]} in ${value.split('/')[0]}`, ja: `${value.replace('/', '・')} の拠点` },
        hintEn: "Look at the provider's notices of faults for that region.",
        hintJa: 'その地域の回線事業者の障害情報を確かめてください。',
      };
    case 'network':
      return {
        ...{ en: `in the network ${value}`, ja: `ネットワーク ${value} の拠点` },
        hintEn: 'They share a part of the Internet: find out whose it is and look at its notices of faults.',
        hintJa: '同じ回線網を使っています。その事業者の障害情報を確かめてください。',
      };
    default:
      return cause === 'all'
        ? {
            ...{ en: 'of all', ja: '全拠点' },
            hintEn: 'They have gone all together.',
            hintJa: 'すべて同時です。',
          }
        : {
            ...{ en: 'with nothing known in common', ja: '(共通点の分からない)拠点' },
            hintEn: 'Give sites their prefecture and provider, so that the cause can be named.',
            hintJa: '拠点に都道府県と回線を登録しておくと、原因を絞り込めます。',
          };
  }
}
