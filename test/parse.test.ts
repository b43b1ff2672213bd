import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flawOfRecord } from '../protocol/records/records.js';

const main = resolve(import.meta.dirname, '..', 'agent', 'main.ts');
const RECEIVED = ['--received', '2026-06-10T03:00:00Z'];

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', main, 'parse', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

interface Result {
  readonly code: number | null;
  readonly records: Record<string, unknown>[];
  readonly errors: string;
}

/** Runs the command as its user would. */
async function parse(input: string | Uint8Array, ...args: string[]): Promise<Result> {
  const child = start(args);
  let out = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin?.on('error', () => {}).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  const records = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, records, errors };
}

test('one record for each line that is not empty, in order', async () => {
  const lines = [
    '<13>Jun  9 08:00:00 sw1 a: 1',
    '',
    '<13>1 2026-06-09T08:00:00Z h b - - - 2',
    'no header',
    '<34>1 broken',
    '   ',
  ];
  const { code, records, errors } = await parse(`${lines.join('\n')}\n`, ...RECEIVED);
  expect(errors).toBe('');
  expect(code).toBe(0);
  expect(records.map((record) => record['event.original'])).toEqual([lines[0], lines[2], lines[3], lines[4]]);
  expect(records.map((record) => record['hinomi.parse.status'])).toEqual(['unknown', 'unknown', 'unknown', 'invalid']);
  expect(records.map(flawOfRecord)).toEqual([undefined, undefined, undefined, undefined]);
});

test('the last line needs no line feed; carriage returns belong to the text', async () => {
  const { records } = await parse('a\r\nb', ...RECEIVED);
  expect(records.map((record) => record['event.original'])).toEqual(['a\r', 'b']);
  expect(records[0]?.message).toBe('a');
});

test('times without a zone are in the zone that is given, the year comes from receipt', async () => {
  const line = '<13>Dec 31 23:00:00 h a: b\n';
  const [tokyo, berlin] = await Promise.all([
    parse(line, ...RECEIVED),
    parse(line, ...RECEIVED, '--zone', 'Europe/Berlin'),
  ]);
  expect(tokyo.records[0]?.['@timestamp']).toBe('2025-12-31T14:00:00.000Z');
  expect(berlin.records[0]?.['@timestamp']).toBe('2025-12-31T22:00:00.000Z');
});

test('bytes that are no UTF-8 are kept as U+FFFD, Japanese in Shift_JIS is read', async () => {
  const shiftJis = Buffer.from('90da91b182f08b9194db82b582dc82b582bd', 'hex');
  const input = Buffer.concat([
    Buffer.from('caf\xe9 '.slice(0, 3)),
    Buffer.from([0xe9, 0x0a]),
    Buffer.from('<13>a: '),
    shiftJis,
  ]);
  const { records } = await parse(input, ...RECEIVED);
  expect(records.map((record) => record['event.original'])).toEqual(['caf\ufffd', '<13>a: 接続を拒否しました']);
});

test('more than a pipe holds reaches a slow reader, one record a line', async () => {
  const count = 3_000;
  const { code, records } = await parse(
    '<13>Jun  9 08:00:00 sw1 a: some words to fill the pipe with\n'.repeat(count),
    ...RECEIVED,
  );
  expect(code).toBe(0);
  expect(records).toHaveLength(count);
});

test('a reader that goes away ends it quietly', async () => {
  const child = start(RECEIVED);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin?.on('error', () => {});
  const closed = once(child, 'close');
  child.stdout?.once('data', () => child.stdout?.destroy());
  const lines = '<13>Jun  9 08:00:00 sw1 a: some words\n'.repeat(2_000);
  const timer = setInterval(() => child.stdin?.write(lines), 50);
  const [code] = (await closed) as [number | null];
  clearInterval(timer);
  expect(code).toBe(0);
  expect(errors).toBe('');
});

describe('what is asked wrongly is said in one line', () => {
  test.each([
    [['--zone', 'Mars/Olympus'], 'unknown time zone "Mars/Olympus"'],
    [['--received', 'yesterday'], '--received "yesterday" is no time'],
  ])('%j', async (args, message) => {
    const { code, records, errors } = await parse('x\n', ...args);
    expect(code).not.toBe(0);
    expect(records).toEqual([]);
    expect(errors).toContain(message);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});
