import type { Telling } from './teller.js';

export const ENGINE_RULE = 'engine-restarted';

/** Why an engine ended, as far as a person would do something else about it. */
export const ENGINE_CAUSES = ['memory', 'hang', 'killed', 'crash', 'disk'] as const;
export type EngineCause = (typeof ENGINE_CAUSES)[number];

/** @param reason in the supervisor's words */
export function causeOf(reason: string): EngineCause {
  if (reason.startsWith('memory')) return 'memory';
  if (/^(?:hung|no answer in time|did not open)/.test(reason)) return 'hang';
  if (reason.startsWith('unable to open')) return 'disk';
  return /SIG(?:KILL|TERM|INT|HUP|QUIT)$/.test(reason) ? 'killed' : 'crash';
}

const CAUSES: Record<EngineCause, { en: string; hintEn: string; ja: string; hintJa: string }> = {
  memory: {
    en: 'it took too much memory',
    hintEn:
      'Search shorter time ranges; when it happens again, give the machine more memory and raise store.engineBytesMax.',
    ja: 'メモリを使いすぎた',
    hintJa:
      '検索する期間を短くしてください。繰り返す場合は、サーバーのメモリを増やし、store.engineBytesMax を大きくしてください。',
  },
  hang: {
    en: 'it did not answer any more',
    hintEn: 'Search shorter time ranges, and check that the disk is not slow or failing.',
    ja: '応答しなくなった',
    hintJa: '検索する期間を短くしてください。ディスクが遅くなったり壊れかけたりしていないかも確かめてください。',
  },
  killed: {
    en: 'it was killed from outside',
    hintEn:
      'When no person did it, the machine ran out of memory: look for "Out of memory" in the log of the kernel (journalctl -k) and give it more.',
    ja: '外から強制終了された',
    hintJa:
      '人が止めたのでなければ、サーバー全体のメモリ不足です。カーネルのログ(journalctl -k)に「Out of memory」がないか確かめ、メモリを増やしてください。',
  },
  crash: {
    en: 'it crashed',
    hintEn: 'Look at the dead letters; when it happens again, check memory and disk of the machine and report it.',
    ja: '異常終了した',
    hintJa:
      '「保存できなかった記録」を確かめてください。繰り返す場合は、サーバーのメモリとディスクを点検し、開発元に知らせてください。',
  },
  disk: {
    en: 'it could not open the table',
    hintEn: 'Check the disk: whether it is full, read-only or failing.',
    ja: '記録のテーブルを開けなかった',
    hintJa: 'ディスクが一杯、読み取り専用、または故障していないか確かめてください。',
  },
};

type Words = Omit<Telling, 'since'>;

export interface EngineFacts {
  readonly cause: EngineCause;
  readonly reason: string;
  /** Restarts since it was raised. */
  readonly count: number;
  readonly awayMs: number;
}

/** It is back: what it was, and what to do. Nothing was lost, and nobody has to do anything at once. */
export function restartedWords(state: 'raised' | 'repeated', { cause, reason, count, awayMs }: EngineFacts): Words {
  const { en, hintEn, ja, hintJa } = CAUSES[cause];
  const seconds = Math.max(1, Math.round(awayMs / 1_000));
  const timesEn = count > 1 ? ` It is restart number ${count} since this began.` : '';
  const timesJa = count > 1 ? `始まってから ${count} 回目の再起動です。` : '';
  return {
    ...{ rule: ENGINE_RULE, name: 'The telemetry engine was restarted', state, subject: cause, value: count },
    severity: count > 1 ? 70 : 50,
    message: `The telemetry engine was started again after ${seconds} s, since ${en} (${reason}).${timesEn} No record was lost; searches under way failed. ${hintEn}`,
    messageJa: `蓄積エンジンが${ja}ため、${seconds} 秒で再起動しました(${reason})。${timesJa}記録は失われていません。そのとき実行中だった検索は失敗しています。${hintJa}`,
  };
}

export function steadyWords(cause: string, count: number, minutes: number): Words {
  const timesEn = count === 1 ? 'one restart' : `${count} restarts`;
  return {
    ...{ rule: ENGINE_RULE, name: 'The telemetry engine runs steadily again', state: 'recovered' },
    ...{ subject: cause, severity: 10, value: count },
    message: `The telemetry engine has run without interruption for ${minutes} min, after ${timesEn}. Nothing has to be done.`,
    messageJa: `蓄積エンジンは ${minutes} 分間、止まらずに動いています(再起動 ${count} 回の後)。対応は不要です。`,
  };
}
