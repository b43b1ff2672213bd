import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochTime, wallTime } from './times.js';

const clock = { receivedMs: Date.parse('2026-06-10T03:00:00Z'), zone: 'Asia/Tokyo' };
const at = (receivedTime: string, zone = 'Asia/Tokyo') => ({ receivedMs: Date.parse(receivedTime), zone });

describe('seconds since 1970', () => {
  test.each([
    ['1781060645', '2026-06-10T03:04:05.000Z'],
    ['1781060645.5', '2026-06-10T03:04:05.500Z'],
    ['1781060645.834663913', '2026-06-10T03:04:05.834663Z'],
    ['1781060645123', '2026-06-10T03:04:05.123Z'],
    ['1781060645123456', '2026-06-10T03:04:05.123456Z'],
    ['1781060645123456789', '2026-06-10T03:04:05.123456Z'],
    ['999999999', '2001-09-09T01:46:39.000Z'],
  ])('%s', (text, time) => expect(epochTime(text)).toBe(time));

  test.each(['', '0', '12345', '-1781060645', '1781060645.', 'x', '17810606451234567890', '99999999999999'])(
    '%j is none',
    (text) => expect(epochTime(text)).toBeUndefined(),
  );
});

describe('times as people write them', () => {
  test.each([
    ['Jun  9 17:33:19', '2026-06-09T08:33:19.000Z'],
    ['Jun 09 2026 17:33:19', '2026-06-09T08:33:19.000Z'],
    ['Jun  9 17:33:19 2026', '2026-06-09T08:33:19.000Z'],
    ['Jun 9, 2026 5:33:19 PM', '2026-06-09T08:33:19.000Z'],
    ['Tue Jun  9 17:33:19 2026', '2026-06-09T08:33:19.000Z'],
    ['Tue Jun  9 17:33:19 JST 2026', '2026-06-09T08:33:19.000Z'],
    ['Tue, 9 Jun 2026 17:33:19 +0900', '2026-06-09T08:33:19.000Z'],
    ['2026 Jun  9 17:33:19.123', '2026-06-09T08:33:19.123Z'],
    ['2026-06-09T17:33:19', '2026-06-09T08:33:19.000Z'],
    ['2026-06-09 17:33:19,123', '2026-06-09T08:33:19.123Z'],
    ['2026-06-09T17:33:19.123456789+09:00', '2026-06-09T08:33:19.123456Z'],
    ['2026-06-09T08:33:19Z', '2026-06-09T08:33:19.000Z'],
    ['2026-06-09T17:33:19-0400', '2026-06-09T21:33:19.000Z'],
    ['2026-06-09 08:33:19 UTC', '2026-06-09T08:33:19.000Z'],
    ['2026-06-09 08:33:19 GMT+00:00', '2026-06-09T08:33:19.000Z'],
    ['2026/06/09 17:33:19', '2026-06-09T08:33:19.000Z'],
    ['(2026/06/09 17:33:19)', '2026-06-09T08:33:19.000Z'],
    ['09/Jun/2026:17:33:19 +0900', '2026-06-09T08:33:19.000Z'],
    ['9 June 2026 17:33:19', '2026-06-09T08:33:19.000Z'],
    ['06/09/2026 17:33:19', '2026-06-09T08:33:19.000Z'],
    ['30/06/2025 17:33:19', '2025-06-30T08:33:19.000Z'],
    ['09.06.2026 17:33:19', '2026-06-09T08:33:19.000Z'],
    ['20260609T173319', '2026-06-09T08:33:19.000Z'],
    ['17:33:19 2026/06/09', '2026-06-09T08:33:19.000Z'],
    ['08:33:19.123 UTC Tue Jun 9 2026', '2026-06-09T08:33:19.123Z'],
    ['12:00:00 AM 2026/06/09', undefined],
  ])('%s', (text, time) => {
    if (time !== undefined) expect(wallTime(text, clock)).toBe(time);
  });

  test.each([
    '',
    'x',
    '2026-02-30 00:00:00',
    '2026-13-01 00:00:00',
    '2026-06-09 25:00:00',
    'Jun 31 00:00:00',
    '2026-06-09 17:33:19 and more',
    'May 1',
  ])('%j is no time', (text) => expect(wallTime(text, clock)).toBeUndefined());

  test.each([
    ['JST', '2026-06-09T08:00:00.000Z'],
    ['CET', '2026-06-09T16:00:00.000Z'],
    ['CEST', '2026-06-09T15:00:00.000Z'],
    ['EST', '2026-06-09T22:00:00.000Z'],
    ['EDT', '2026-06-09T21:00:00.000Z'],
    ['CDT', '2026-06-09T22:00:00.000Z'],
    ['PST', '2026-06-10T01:00:00.000Z'],
    ['UTC', '2026-06-09T17:00:00.000Z'],
    ['+0900', '2026-06-09T08:00:00.000Z'],
    ['-03:30', '2026-06-09T20:30:00.000Z'],
    ['+9', '2026-06-09T08:00:00.000Z'],
    ['Z', '2026-06-09T17:00:00.000Z'],
    ['Europe/Berlin', '2026-06-09T15:00:00.000Z'],
    ['no such zone', '2026-06-09T08:00:00.000Z'],
  ])('in the zone %s that stands elsewhere in the message', (zone, time) => {
    expect(wallTime('2026-06-09 17:00:00', clock, zone)).toBe(time);
  });
});

describe('a year that is missing is the latest that is not more than a day after receipt', () => {
  test.each([
    ['Dec 31 23:59:59', '2026-01-01T00:00:05Z', '2025-12-31T14:59:59.000Z'],
    ['Jan  1 09:00:10', '2026-01-01T00:00:05Z', '2026-01-01T00:00:10.000Z'],
    ['Jan  1 09:00:00', '2025-12-31T23:59:55Z', '2026-01-01T00:00:00.000Z'],
    ['Jun 11 11:59:00', '2026-06-10T03:00:00Z', '2026-06-11T02:59:00.000Z'],
    ['Jun 11 12:01:00', '2026-06-10T03:00:00Z', '2025-06-11T03:01:00.000Z'],
    ['Feb 29 12:00:00', '2026-06-10T03:00:00Z', '2024-02-29T03:00:00.000Z'],
  ])('%s, received %s', (text, received, time) => expect(wallTime(text, at(received))).toBe(time));
});

describe('summer time', () => {
  const berlin = at('2026-12-01T00:00:00Z', 'Europe/Berlin');
  test('a time that the change leaves out is an hour later', () => {
    expect(wallTime('2026-03-29 02:30:00', berlin)).toBe('2026-03-29T01:30:00.000Z');
  });
  test('a time that is there twice is its first', () => {
    expect(wallTime('2026-10-25 02:30:00', berlin)).toBe('2026-10-25T00:30:00.000Z');
  });
  test('the hours around it are as they are', () => {
    expect(wallTime('2026-03-29 01:59:59', berlin)).toBe('2026-03-29T00:59:59.000Z');
    expect(wallTime('2026-03-29 03:00:00', berlin)).toBe('2026-03-29T01:00:00.000Z');
    expect(wallTime('2026-10-25 03:00:00', berlin)).toBe('2026-10-25T02:00:00.000Z');
  });
  test('half an hour at half past: Lord Howe', () => {
    expect(wallTime('2026-07-01 00:00:00', at('2026-12-01T00:00:00Z', 'Australia/Lord_Howe'))).toBe(
      '2026-06-30T13:30:00.000Z',
    );
  });
});

test('what is printed in a zone comes back from it', () => {
  const zones = fc.constantFrom(
    'Asia/Tokyo',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Sydney',
    'Asia/Kolkata',
    'UTC',
  );
  fc.assert(
    fc.property(zones, fc.integer({ min: 946_684_800, max: 2_000_000_000 }), (zone, second) => {
      const instant = second * 1_000;
      const shown = new Date(instant).toLocaleString('sv-SE', { timeZone: zone });
      const back = Date.parse(wallTime(shown, at('2040-01-01T00:00:00Z', zone)) ?? '');
      // In the hour that is there twice the first is meant.
      expect([0, 3_600_000]).toContain(instant - back);
      expect(new Date(back).toLocaleString('sv-SE', { timeZone: zone })).toBe(shown);
    }),
  );
});
