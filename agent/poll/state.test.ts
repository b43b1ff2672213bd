import { expect, test } from 'vitest';
import type { ProbeResult } from './result.js';
import { TargetState } from './state.js';

type Outcome = ProbeResult['outcome'];
const WORDS: Readonly<Record<string, Outcome>> = { g: 'good', w: 'warn', b: 'bad', u: 'unable' };

const LETTERS = { up: 'u', degraded: 't', down: 'd', unknown: '?' } as const;

/** The state after each result. */
function statesOf(results: string, limits = { downAfter: 3, upAfter: 2 }): string {
  const state = new TargetState(limits);
  return [...results]
    .map((letter) => {
      const before = state.state;
      const previous = state.take(WORDS[letter] ?? 'good');
      expect(previous).toBe(before === state.state ? undefined : before);
      return LETTERS[state.state];
    })
    .join('');
}

test.each([
  ['is up at the first success', 'g', 'u'],
  ['is not down at the first failure', 'bb', '??'],
  ['is down at the third failure in a row', 'gbbb', 'uuud'],
  ['one success between failures begins the count anew', 'gbbgbb', 'uuuuuu'],
  ['is back at the second success', 'gbbbgg', 'uuuddu'],
  ['one success is not enough to be back', 'gbbbgbgb', 'uuuddddd'],
  ['is degraded after three troubles', 'gwww', 'uuut'],
  ['turns from degraded to down', 'wbbb', 'tttd'],
  ['could not be asked three times', 'guuu', 'uuu?'],
  ['is known again at once', 'guuug', 'uuu?u'],
])('%s', (_name, results, states) => {
  expect(statesOf(results)).toBe(states);
});

test('failures and troubles that take turns are a trouble', () => {
  const state = new TargetState({ downAfter: 3, upAfter: 2 });
  for (const outcome of ['good', 'bad', 'warn', 'bad'] as const) state.take(outcome);
  expect(state.state).toBe('degraded');
});

test('limits of one change at once', () => {
  expect(statesOf('gbg', { downAfter: 1, upAfter: 1 })).toBe('udu');
});
