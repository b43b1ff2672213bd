import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const RECORD = { '@timestamp': '2026-11-23T01:02:03.456Z', 'event.dataset': 'dns', 'dns.question.name': 'a.example' };
const folder = mkdtempSync(join(tmpdir(), 'hinomi-cli-'));
let server: Server;
let url: string;
let answer: { status: number; body: string };
let asked: { path: string; authorization: string | undefined } | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked = { path: request.url ?? '', authorization: request.headers.authorization };
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked = undefined;
  answer = { status: 200, body: JSON.stringify({ events: [RECORD], hasMore: false, tookMs: 1 }) };
});

interface Output {
  code: number | null;
  out: string;
  err: string;
}

async function hinomi(args: string[], more: { env?: object; closeAfter?: number } = {}): Promise<Output> {
  const env = { PATH: process.env['PATH'], HOME: folder, HINOMI_URL: url, HINOMI_TOKEN: 'hin_x', ...more.env };
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { cwd: ROOT, env });
  const output: Output = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
    if (output.out.length > (more.closeAfter ?? Number.POSITIVE_INFINITY)) child.stdout.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  output.code = await new Promise((done) => child.once('close', done));
  return output;
}

test('records go to standard output, all else to standard error', async () => {
  const { code, out, err } = await hinomi(['query', 'event.dataset:dns', '--format', 'ndjson', '--limit', '5']);
  expect({ code, out, err }).toEqual({ code: 0, out: `${JSON.stringify(RECORD)}\n`, err: '' });
  expect(asked?.authorization).toBe('Bearer hin_x');
  expect(new URL(asked!.path, url).searchParams.get('q')).toBe('event.dataset:dns');
});

test('the range is of when it happened, or of when it came', async () => {
  const by = async (...args: string[]): Promise<string | null> => {
    await hinomi(['query', ...args]);
    return new URL(asked!.path, url).searchParams.get('by');
  };
  expect(await by()).toBe('event');
  expect(await by('--by', 'ingested')).toBe('ingested');
});

test('a token may come from a file', async () => {
  const file = join(folder, 'token');
  writeFileSync(file, 'hin_file\n');
  await hinomi(['query', '--token-file', file], { env: { HINOMI_TOKEN: undefined } });
  expect(asked?.authorization).toBe('Bearer hin_file');
});

test('the mark stands under the trouble, also behind wide characters', async () => {
  const text = 'name:盛岡 AND (';
  const body = { code: 'QUERY_INVALID', message: 'a value is missing', remedy: '', position: text.length - 1 };
  answer = { status: 400, body: JSON.stringify(body) };
  const { code, out, err } = await hinomi(['query', text]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.split('\n').slice(0, 2)).toEqual([`  ${text}`, `  ${' '.repeat('name:'.length + 4 + ' AND '.length)}^`]);
  expect(err.split('\n')[2]).toMatch(/^hinomi: a value is missing \(QUERY_INVALID\)/);
});

test('the mark stands right in a query with tabs and line ends', async () => {
  const body = { code: 'QUERY_INVALID', message: 'x', remedy: '', position: 4 };
  answer = { status: 400, body: JSON.stringify(body) };
  const { err } = await hinomi(['query', 'a\tb\n)']);
  expect(err.split('\n').slice(0, 2)).toEqual(['  a b )', '      ^']);
});

const NO_TOKEN = { HINOMI_TOKEN: undefined };
test.each([
  ['no token', [], { env: NO_TOKEN }, /no token.*AUTH_REQUIRED/],
  ['a token file that is not there', ['--token-file', '/nowhere/token'], {}, /could not read \/nowhere\/token.*USAGE/],
  ['a token that no header can hold', [], { env: { HINOMI_TOKEN: '合言葉' } }, /no token can be.*AUTH_REQUIRED/],
  ['no address', ['--url', 'collector'], {}, /not an address: collector/],
  ['nobody there', ['--url', 'http://127.0.0.1:1'], {}, /no answer from http:\/\/127.0.0.1:1.*COLLECTOR_UNREACHABLE/],
  ['an unknown format', ['--format', 'xml'], {}, /Allowed choices are table, ndjson, csv/],
])('%s: one clear line', async (_what, args, more, words) => {
  expectOneLine(await hinomi(['query', ...args], more), words);
});

test.each([
  ['a token that is refused', 401, '{"code":"AUTH_REQUIRED","message":"sign in"}', /sign in \(AUTH_REQUIRED\)/],
  ['a web page', 200, '<html>', /is no collector.*COLLECTOR_UNREACHABLE/],
  ['JSON of another program', 200, '{"events":7}', /is no collector/],
  ['null', 200, 'null', /is no collector/],
  ['a failing proxy', 502, 'null', /status 502.*COLLECTOR_UNREACHABLE/],
  ['a code that is not known here', 418, '{"code":"toString","message":"tea"}', /tea \(COLLECTOR_UNREACHABLE\)/],
])('an answer that is %s: one clear line', async (_what, status, body, words) => {
  answer = { status, body };
  expectOneLine(await hinomi(['query']), words);
});

function expectOneLine({ code, out, err }: Output, words: RegExp): void {
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).toMatch(words);
  expect(err).not.toContain('    at ');
}

test('whoever has seen enough may close the pipe', async () => {
  answer.body = JSON.stringify({ events: Array.from({ length: 10_000 }, () => RECORD), hasMore: false, tookMs: 1 });
  const { code, err } = await hinomi(['query', '--format', 'ndjson'], { closeAfter: 1 });
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
