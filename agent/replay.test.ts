import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-replay-'));
const office = join(folder, 'office.pcap');
const main = resolve(import.meta.dirname, 'main.ts');

interface Result {
  readonly code: number | null;
  readonly lines: string[];
  readonly errors: string;
}

/** Runs the program as its user would, its output into a pipe. */
async function replay(...args: string[]): Promise<Result> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'replay', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: out.split('\n').filter((line) => line !== ''), errors };
}

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

beforeAll(async () => {
  await writeRecording(office, officeTraffic({ minutes: 5, pcs: 8, seed: 7, startUs: 1_763_856_000_000_000 }), 'pcap');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('every record reaches a pipe, however many there are', async () => {
  const { code, lines, errors } = await replay(office);
  expect(errors).toBe('');
  expect(code).toBe(0);
  // Far more than a pipe holds.
  expect(lines.join('\n').length).toBeGreaterThan(256 * 1024);
  expect(new Set(lines.map((line) => JSON.parse(line)['event.dataset']))).toEqual(
    new Set(['flow', 'dns', 'tls', 'http', 'session']),
  );
});

test('only the datasets that were asked for are printed', async () => {
  const { lines } = await replay(office, '--datasets', 'arp');
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every((line) => JSON.parse(line)['event.dataset'] === 'arp')).toBe(true);
});

describe('bad input gives one clear line and a non-zero exit', () => {
  const HEADER = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  const withLinkType = (type: number): Buffer => {
    const header = Buffer.from(HEADER);
    header.writeUInt32LE(type, 20);
    return header;
  };
  test.each([
    ['no such file', () => join(folder, 'missing.pcap'), 'CAPTURE_UNREADABLE'],
    ['an empty file', () => write('empty', Buffer.alloc(0)), 'CAPTURE_'],
    ['another format', () => write('text', Buffer.from('hello, this is no recording at all')), 'CAPTURE_FORMAT'],
    [
      'a cut packet',
      () => write('cut', Buffer.concat([HEADER, Buffer.from('00000000000000003c0000003c000000ffff', 'hex')])),
      'CAPTURE_TRUNCATED',
    ],
    ['an unknown link type', () => write('link', withLinkType(195)), 'IEEE802_15_4'],
  ])('%s', async (_name, make, words) => {
    const { code, errors } = await replay(make());
    expect(code).toBe(1);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).toContain(words);
  });

  test('an unknown dataset', async () => {
    const { code, errors } = await replay(office, '--datasets', 'flow,pigeons');
    expect(code).toBe(1);
    expect(errors).toContain('"pigeons"');
  });
});

test('a recording with no packets is no error', async () => {
  const file = write('none.pcap', Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
  expect(await replay(file)).toEqual({ code: 0, lines: [], errors: '' });
});
