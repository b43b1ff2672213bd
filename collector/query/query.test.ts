import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasCode } from '../../protocol/base/errors.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { ClickHouseStore } from '../store/clickhouse.js';
import { columnOf, REST_COLUMN } from '../store/columns.js';
import { compile } from './compile.js';
import { parseQuery } from './parser.js';
import { parseTime } from './time.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const deps = {
  columnOf,
  restColumn: REST_COLUMN,
  nowMs: NOW,
};
const toSql = (query: string) => compile(parseQuery(query), deps);

function errorOf(query: string): { message: string; position: unknown } {
  try {
    toSql(query);
  } catch (error) {
    if (hasCode(error, 'QUERY_INVALID')) return { message: error.message, position: error.facts['position'] };
    throw error;
  }
  throw new Error('no error');
}

describe('on records', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-query-'));
  const store = new ClickHouseStore({ queryS: 15, queryBytesMax: 2 ** 28 }, folder, {
    clock: systemClock,
    random: Math.random,
    log: silentLogger,
  });
  const base = (row: number, more: AnyRecord): AnyRecord => ({
    '@timestamp': `2026-11-23T11:00:0${row}.000000Z`,
    'event.kind': 'event',
    'event.ingested': '2026-11-23T11:00:10.000000Z',
    'hinomi.company': 'c',
    'hinomi.site': 's',
    'hinomi.agent': 'a',
    'hinomi.epoch': 'e',
    'hinomi.lane': 'p2',
    'hinomi.seq': 1,
    'hinomi.row': row,
    ...more,
  });
  const RECORDS = [
    base(0, {
      'event.dataset': 'dns',
      'source.ip': '192.168.1.10',
      'source.port': 50_000,
      'dns.question.name': 'WWW.example.jp',
      'dns.header_flags': ['RD', 'RA'],
      'dns.resolved_ip': ['203.0.113.7'],
    }),
    base(1, {
      'event.dataset': 'flow',
      'source.ip': '192.168.1.11',
      'destination.ip': '2001:db8::1',
      'source.port': 443,
      'hinomi.flow.state': 'SF',
      'source.bytes': 5_000,
      'vendor.policy': '100% "strict"',
    }),
    base(2, { 'event.dataset': 'flow', 'source.ip': '10.0.0.1', 'source.bytes': 10, message: '印刷に失敗しました' }),
  ];
  beforeAll(async () => {
    await store.start();
    await store.insert(RECORDS);
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const rowsFor = async (query: string): Promise<unknown[]> => {
    const found = await store.search({ companies: undefined, where: toSql(query), fromMs: 0, toMs: NOW, limit: 10 });
    return found.map((record) => record['hinomi.row']).sort();
  };

  test.each([
    ['', [0, 1, 2]],
    ['event.dataset:dns', [0]],
    ['dataset:flow', [1, 2]],
    ['dns.question.name:www.EXAMPLE.jp', [0]],
    ['name:*.example.jp', [0]],
    ['name:ww?.example.*', [0]],
    ['example', [0]],
    ['"example.jp"', [0]],
    ['失敗', [2]],
    ['source.ip:192.168.0.0/16', [0, 1]],
    ['src:10.0.0.1', [2]],
    ['ip:2001:db8::/32', [1]],
    ['ip:203.0.113.7', [0]],
    ['dst:2001:db8::1', [1]],
    ['source.port:443', [1]],
    ['source.bytes:>=10 source.bytes:<5000', [2]],
    ['source.bytes>=10 AND source.bytes<=5000', [1, 2]],
    ['source.bytes:[10 TO 5000}', [2]],
    ['source.bytes:[11 TO *]', [1]],
    ['NOT event.dataset:dns', [1, 2]],
    ['-state:SF', [0, 2]],
    ['!state:SF', [0, 2]],
    ['state:*', [1]],
    ['event.dataset:(dns OR flow) src:192.168.1.0/24', [0, 1]],
    ['dns.header_flags:ra', [0]],
    ['vendor.policy:"100% \\"strict\\""', [1]],
    ['vendor.policy:100%*', [1]],
    ['vendor.policy:*', [1]],
    ['@timestamp:>=2026-11-23T11:00:01Z', [1, 2]],
    ['@timestamp:<now-59m', [0, 1, 2]],
    [`${'ｄａｔａｓｅｔ'.normalize('NFKC')}：dns`, [0]],
    ['（dataset：dns　OR　src：10.0.0.1）', [0, 2]],
    ['dataset:dns OR dataset:flow AND src:10.0.0.1', [0, 2]],
  ])('%s finds %j', async (query, rows) => {
    expect(await rowsFor(query)).toEqual(rows);
  });

  test('values never become SQL', async () => {
    const hostile = `x' OR 1=1 --`;
    const condition = toSql(`name:"${hostile}" vendor.a'b:"${hostile}" "${hostile}"`);
    expect(condition.sql).not.toContain('OR 1=1');
    expect(condition.sql).not.toContain("a'b");
    expect(await rowsFor(`name:"${hostile}"`)).toEqual([]);
  });
});

test.each([
  ['sorce.ip:1.2.3.4', 0, 'did you mean source.ip'],
  ['a AND', 5, 'ends where a term'],
  ['(a', 2, 'closing bracket is missing'],
  ['a)', 1, 'no bracket to close'],
  ['"abc', 0, 'not closed'],
  ['source.ip:999.1.1.1', 10, 'takes an address'],
  ['source.ip:10.0.0.0/40', 10, 'takes an address'],
  ['source.port:abc', 12, 'takes a number'],
  ['source.bytes:[1 2]', 16, 'TO is expected'],
  ['source.port:', 12, 'value is expected'],
  ['@timestamp:>yesterdayish', 12, 'not a time'],
])('%s is refused at %i', (query, position, words) => {
  expect(errorOf(query)).toMatchObject({ position, message: expect.stringContaining(words) });
});

test('any text is a query or is refused as one', () => {
  const text = fc.array(
    fc.constantFrom(
      'a',
      'source.ip',
      ':',
      '(',
      ')',
      '"',
      '\\',
      ' ',
      '*',
      '[',
      ']',
      '{',
      '>',
      '=',
      '-',
      '!',
      'NOT',
      ' OR ',
      ' TO ',
      '1',
      '：',
      '　',
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        text.map((parts) => parts.join('')),
      ),
      (query) => {
        try {
          toSql(query);
        } catch (error) {
          if (!hasCode(error, 'QUERY_INVALID') && !hasCode(error, 'QUERY_LIMIT')) throw error;
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each(['('.repeat(100), `${'NOT '.repeat(100)}a`, 'a '.repeat(300), 'a'.repeat(5_000)])(
  'a query too large is refused',
  (query) => {
    expect(() => toSql(query)).toThrow(expect.objectContaining({ code: 'QUERY_LIMIT' }));
  },
);

test.each([
  ['now', 0],
  ['now-15m', -15 * 60_000],
  ['2026-11-23', -21 * 3_600_000],
  ['today', -21 * 3_600_000],
  ['yesterday', -45 * 3_600_000],
  ['2026-11-23T12:00:00Z', 0],
  ['2026-11-23 21:00', 0],
])('%s is a time', (text, offset) => {
  expect(parseTime(text, NOW) - NOW).toBe(offset);
});
