import { expect, test } from 'vitest';
import type { SightSummary } from '../../../protocol/api/fleet.js';
import { wordsOf } from './sight-words.js';
import { en } from './texts-en.js';
import { ja } from './texts-ja.js';

const GOOD: SightSummary = {
  packets: 12_345,
  packetsByMinute: [1, 2],
  drops: 0,
  keptShare: 1,
  halfSeenShare: 0.019,
  othersShare: 0.9,
  missedShare: 0,
  alerts: [],
};

test('figures of a box that sees all', () => {
  expect(wordsOf(GOOD, ja)).toEqual({ line: '12,345 個/分 · 両方向 98% · 欠落 0', warnings: [] });
  expect(wordsOf(GOOD, en).line).toBe('12,345 pkt/min · both ways 98% · lost 0');
});

test('a mirror that never mirrored is said without an alert', () => {
  const { warnings } = wordsOf({ ...GOOD, othersShare: 0 }, ja);
  expect(warnings).toEqual([{ text: 'ミラーが働いていません', hint: expect.stringContaining('ミラーポート') }]);
});

test('what is alarmed is said once, in the words of the alert', () => {
  const alert = { rule: 'coverage-one-way', severity: 60, since: '', message: 'Check it.', messageJa: '確かめて。' };
  const sight = { ...GOOD, halfSeenShare: 1, alerts: [alert] };
  expect(wordsOf(sight, ja).warnings).toEqual([{ text: '片方向しか見えません', hint: '確かめて。' }]);
  expect(wordsOf(sight, en).warnings).toEqual([{ text: 'Only one direction is seen', hint: 'Check it.' }]);
});

test('a quiet minute proves nothing, and a box that told nothing has no figures', () => {
  expect(wordsOf({ ...GOOD, packets: 20, othersShare: 0, halfSeenShare: 1 }, ja).warnings).toEqual([]);
  expect(wordsOf({ packetsByMinute: [], alerts: [] }, ja)).toEqual({ line: '', warnings: [] });
});
