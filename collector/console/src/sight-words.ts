import type { SightSummary } from '../../../protocol/api/fleet.js';
import { harmless } from './format.js';
import type { Texts } from './texts-ja.js';

/** Below this many packets a minute shares say nothing. */
const PACKETS_MIN = 100;
const OTHERS_SHARE_MIN = 0.01;
const HALF_SEEN_SHARE_MAX = 0.5;
const MISSED_SHARE_MAX = 0.05;

export interface SightWords {
  /** The figures of the last minute. */
  readonly line: string;
  /** What a person should look at, the gravest first: alerts, then what is wrong without any. */
  readonly warnings: readonly { readonly text: string; readonly hint: string }[];
}

/** What a box sees, in words for people who are no engineers. */
export function wordsOf(sight: SightSummary, texts: Texts): SightWords {
  const { packets, drops = 0, halfSeenShare } = sight;
  const parts = packets === undefined ? [] : [texts.packetsPerMinute(packets)];
  if (packets !== undefined && halfSeenShare !== undefined) parts.push(texts.bothWays(percent(1 - halfSeenShare)));
  if (packets !== undefined) parts.push(texts.drops(drops));
  return { line: parts.join(' · '), warnings: [...alertsOf(sight, texts), ...troubleOf(sight, texts)] };
}

function alertsOf({ alerts }: SightSummary, texts: Texts): SightWords['warnings'] {
  return alerts.map(({ rule, message, messageJa }) => {
    const hint = harmless(texts.isJapanese ? messageJa || message : message);
    return { text: texts.alertNames[rule] ?? harmless(rule), hint };
  });
}

/** What has no alert: it was never otherwise here, or is too new. */
function troubleOf(sight: SightSummary, texts: Texts): SightWords['warnings'] {
  const { packets = 0, othersShare = 1, halfSeenShare = 0, missedShare = 0, keptShare = 1, alerts } = sight;
  const isRaised = (rule: string): boolean => alerts.some((alert) => alert.rule === rule);
  const isJudged = packets >= PACKETS_MIN;
  const found: (readonly [boolean, string])[] = [
    [isJudged && othersShare < OTHERS_SHARE_MIN, 'coverage-unicast'],
    [isJudged && halfSeenShare > HALF_SEEN_SHARE_MAX, 'coverage-one-way'],
    [isJudged && missedShare > MISSED_SHARE_MAX, 'coverage-loss'],
    [keptShare < 1, 'coverage-overload'],
  ];
  return found
    .filter(([isFound, rule]) => isFound && !isRaised(rule))
    .map(([, rule]) => ({ text: texts.alertNames[rule] ?? rule, hint: texts.sightHints[rule] ?? '' }));
}

function percent(share: number): string {
  return `${Math.floor(share * 100)}%`;
}
