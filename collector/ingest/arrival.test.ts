import { expect, test } from 'vitest';
import { arrivalsAt } from './arrival.js';

const NOW_MS = Date.parse('2026-11-25T12:00:00Z');
const markOf = (at: string, end?: string) =>
  arrivalsAt(NOW_MS)({ '@timestamp': at, ...(end === undefined ? {} : { 'event.end': end }) });

test('what has just happened has no mark, whatever its decimals', () => {
  for (const at of ['2026-11-25T12:00:00Z', '2026-11-25T11:59:59.999999Z', '2026-11-25T11:30:00.000Z'])
    expect(markOf(at)).toEqual({});
  expect(markOf('2026-11-25T12:00:59.5Z')).toEqual({});
});

test.each([
  ['after an hour on the disk of a box', '2026-11-25T11:00:00.000000Z', 'late', 3_600],
  ['of a box whose clock begins in 1970', '1970-01-01T00:00:10Z', 'late', NOW_MS / 1_000 - 10],
  ['of a box whose clock is ahead', '2026-11-25T12:02:00.000Z', 'future', -120],
  ['of 2040', '2040-01-01T00:00:00Z', 'future', (NOW_MS - Date.parse('2040-01-01T00:00:00Z')) / 1_000],
])('a record %s is marked with how far it is away', (_what, at, arrival, lateS) => {
  const mark = markOf(at);
  expect(mark).toEqual({ 'hinomi.arrival': arrival, 'hinomi.late_s': lateS });
});

test('a conversation counts by its end', () => {
  expect(markOf('2026-11-25T03:00:00Z', '2026-11-25T11:59:00Z')).toEqual({});
  expect(markOf('2026-11-25T03:00:00Z', '2026-11-25T09:00:00Z')['hinomi.late_s']).toBe(3 * 3_600);
});
