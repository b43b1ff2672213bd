import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { type AnyRecord, FIELDS } from '../../protocol/records/records.js';
import { ClickHouseStore } from './clickhouse.js';
import { ALWAYS } from './columns.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-store-'));
const world = { clock: systemClock, random: Math.random, log: silentLogger };
const store = new ClickHouseStore({ queryS: 15, queryBytesMax: 2 ** 28 }, join(folder, 'a'), world);
const TRUE = { sql: '1', params: {} };
const RANGE = { fromMs: Date.parse('2026-11-01'), toMs: Date.parse('2026-12-01') };

beforeAll(() => store.start());
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function row(company: string, seq: number, more: AnyRecord = {}): AnyRecord {
  return {
    '@timestamp': `2026-11-23T01:02:${String(seq).padStart(2, '0')}.123456Z`,
    'event.kind': 'event',
    'event.dataset': 'dns',
    'event.ingested': '2026-11-23T01:02:59.000000Z',
    'hinomi.company': company,
    'hinomi.site': 's1',
    'hinomi.agent': 'a1',
    'hinomi.epoch': company,
    'hinomi.lane': 'p2',
    'hinomi.seq': seq,
    'hinomi.row': 0,
    ...more,
  };
}

test('a record comes back as it was stored', async () => {
  const record = row('round', 1, {
    'source.ip': '192.168.1.10',
    'destination.ip': '2001:db8::1',
    'source.port': 53211,
    'event.duration': 9_007_199_254_740_991,
    'dns.question.name': 'てすと.example.jp',
    'dns.header_flags': ['RD', 'RA'],
    'dns.resolved_ip': ['192.0.2.1', '2001:db8::2'],
    'dns.answers': [{ name: 'a', type: 'A', class: 'IN', ttl: 0, data: '192.0.2.1' }],
    'hinomi.flow.missed_bytes': 0,
    'hinomi.flow.rtt_ms': 0.125,
    'vendor.some.key': { nested: [1, 'x', null] },
    'vendor.`quoted` \\ key': 'it\'s "fine"\n',
  });
  await store.insert([record]);
  expect(await store.search({ companies: ['round'], where: TRUE, ...RANGE, limit: 10 })).toEqual([record]);
});

test('newest first, within the limit', async () => {
  await store.insert([row('order', 1), row('order', 3), row('order', 2)]);
  const found = await store.search({ companies: ['order'], where: TRUE, ...RANGE, limit: 2 });
  expect(found.map((record) => record['hinomi.seq'])).toEqual([3, 2]);
});

test('what a wrong clock put far away is found by when it came, in that order', async () => {
  const came = (second: number): string => `2026-11-23T05:00:0${second}.000000Z`;
  const rows = [row('clock', 1), row('clock', 2), row('clock', 3)].map((each, i) => ({
    ...each,
    '@timestamp': ['2040-01-01T00:00:00.000000Z', '1970-01-01T00:00:00.000000Z', came(1)][i],
    'event.ingested': came(i + 1),
    ...(i === 2 ? {} : { 'hinomi.arrival': i === 0 ? 'future' : 'late', 'hinomi.late_s': i === 0 ? -5 : 5 }),
  }));
  await store.insert(rows);
  const where = { companies: ['clock'], where: TRUE, limit: 10 };
  expect(await store.search({ ...where, ...RANGE })).toHaveLength(1);
  const range = { fromMs: Date.parse(came(1)), toMs: Date.parse(came(4)) };
  const found = await store.search({ ...where, ...range, by: 'event.ingested' });
  expect(found.map((record) => record['hinomi.arrival'])).toEqual([undefined, 'late', 'future']);
  expect(await store.count({ ...where, ...range, by: 'event.ingested' })).toBe(3);
});

test('a condition that tries to be true for all sees only the companies of the caller', async () => {
  await store.insert([row('mine', 1), row('theirs', 1)]);
  const found = await store.search({
    companies: ['mine'],
    where: { sql: '(1 OR 1)', params: {} },
    ...RANGE,
    limit: 10,
  });
  expect(found.map((record) => record['hinomi.company'])).toEqual(['mine']);
});

test('nobody is let in by an empty list of companies', async () => {
  await store.insert([row('nobody', 1)]);
  expect(await store.count({ companies: [], where: TRUE, ...RANGE })).toBe(0);
});

test('a refused insert leaves nothing behind', async () => {
  const bad = row('atomic', 2, { 'event.ingested': 'no time' });
  await expect(store.insert([row('atomic', 1), bad])).rejects.toMatchObject({ code: 'STORE_ROWS_REFUSED' });
  expect(await store.count({ companies: ['atomic'], where: TRUE, ...RANGE })).toBe(0);
});

test('the marks are the highest batch of each lane', async () => {
  await store.insert([row('marks', 7), row('marks', 9)]);
  const ingestedMs = Date.parse('2026-11-23T01:02:59Z');
  expect(await store.marks()).toContainEqual({ agent: 'a1', epoch: 'marks', lane: 'p2', seq: 9, ingestedMs });
});

test('a search does not leave its limits to the inserts behind it', async () => {
  await store.search({ companies: ['nobody'], where: TRUE, ...RANGE, limit: 1 });
  const rows = Array.from({ length: 2_000 }, (_, at) => row('large', 1, { message: 'x'.repeat(2_000), n: at }));
  await store.insert(rows);
  expect(await store.count({ companies: ['large'], where: TRUE, ...RANGE })).toBe(rows.length);
});

test('whatever a record of an unknown kind holds, it is stored and comes back as it was sent', async () => {
  let seq = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 20 }), async (records) => {
      const company = `any-${seq++}`;
      const rows = records.map((record, at) => ({ ...row(company, 1), ...record, 'hinomi.row': at }));
      await store.insert(rows);
      const found = await store.search({ companies: [company], where: TRUE, ...RANGE, limit: 100 });
      expect(found.toSorted((a, b) => Number(a['hinomi.row']) - Number(b['hinomi.row']))).toEqual(rows);
    }),
    { numRuns: 40 },
  );
}, 60_000);

/** Known fields with values of any type, mostly not theirs, and keys that no version knows. */
const anyValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'fe80::1%eth0', '2026-02-30T00:00:00.000000Z', '10.0.0.1', '2001:db8::1', '\'\\`"\n\t'),
  fc.constantFrom(0, -1, 2 ** 53 - 1, 2 ** 63, 1e21, 0.5, 65_535),
  fc.boolean(),
  fc.constantFrom(['a'], [1], [1e21], ['10.0.0.1'], [null], [{ a: [1] }], { a: 1 }, { a: '\ud800' }),
);
const ownKeys = [...FIELDS.keys()].filter((name) => !ALWAYS.has(name));
const anyRecord = fc.dictionary(
  fc.oneof(fc.constantFrom(...ownKeys), fc.constantFrom('x.y', 'rest', '', '`', 'dns/resolved_ip', 'constructor')),
  anyValue,
  { maxKeys: 8, noNullPrototype: true },
);

test('of many records the newest of each kind is given, with the fields that are wanted', async () => {
  await store.insert([1, 2, 3, 4].map((seq) => row('newest', seq, { 'rule.id': seq % 2 === 0 ? 'even' : 'odd' })));
  const request = { companies: ['newest'], where: TRUE, ...RANGE, limit: 10 };
  const found = await store.search({ ...request, fields: ['hinomi.seq', 'rule.id', 'no.such'], newestBy: ['rule.id'] });
  expect(found).toEqual([
    { 'hinomi.seq': 4, 'rule.id': 'even' },
    { 'hinomi.seq': 3, 'rule.id': 'odd' },
  ]);
});

test('inserts that come at the same moment are all there', async () => {
  const seqs = Array.from({ length: 12 }, (_, index) => index + 1);
  const rowsOf = (seq: number) =>
    Array.from({ length: seq % 2 === 0 ? 1 : 500 }, (_, at) => row('together', seq, { 'hinomi.row': at }));
  await Promise.all(seqs.map((seq) => store.insert(rowsOf(seq), `together ${seq}`)));
  expect(await store.count({ companies: ['together'], where: TRUE, ...RANGE })).toBe(6 * 501);
});
