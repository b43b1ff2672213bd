import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { type CommandReply, decodeReply, type Reply } from '../../protocol/commands.js';
import { type SignedContext, signMessage } from '../../protocol/signed.js';
import { PolicyConfig } from './policy.js';
import { BoxAudit, Desired, Ledger, Remote, type Runners } from './remote.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const NOW = Date.parse('2026-11-25T12:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PLACE = { agent: 'a-1', site: 'office' };

let folder = '';
let executed: string[] = [];
let replies: Reply[] = [];
let reloads = 0;
let nowMs = NOW;
let count = 0;
const opened: Remote[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-hostile-'));
  executed = [];
  replies = [];
  reloads = 0;
  nowMs = NOW;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((remote) => remote.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** As at a start of the agent: what it remembers is in its folder. */
async function begin(): Promise<Remote> {
  const clock = { now: () => nowMs, monotonic: () => performance.now() };
  const world = { clock, random: Math.random, log: silentLogger };
  const runners = {
    run: async (name: string) => {
      executed.push(name);
      return {};
    },
  } as unknown as Runners;
  const desired = new Desired(folder, silentLogger);
  desired.begin();
  const remote = new Remote(
    { proofMs: 60_000, uploadMs: 60_000 },
    {
      ...world,
      identity: PLACE,
      policy: loadConfig(PolicyConfig, {}),
      desired,
      ledger: new Ledger(folder, nowMs, silentLogger),
      audit: new BoxAudit(join(folder, 'audit.ndjson'), {
        ...world,
        clock: { ...clock, monotonic: () => count * MINUTE_MS },
      }),
      runners,
      time: { now: () => nowMs },
      isTrial: false,
      signerKey: () => publicKey,
      flawOfSettings: () => undefined,
      acks: () => 0,
      send: (bytes) => {
        const reply = decodeReply(bytes);
        expect(reply).toBeDefined();
        replies.push(reply!);
        return true;
      },
      reload: () => void (reloads += 1),
      restart: () => void executed.push('restart'),
    },
  );
  await remote.start();
  opened.push(remote);
  return remote;
}

const commandOf = (changes: object = {}): Record<string, unknown> => ({
  ...{ v: 1, id: `c-${(count += 1)}`, ...PLACE, name: 'rescan', args: {} },
  ...{ issued: nowMs - 1_000, expires: nowMs + MINUTE_MS },
  ...changes,
});
const configOf = (changes: object = {}): Record<string, unknown> => ({
  ...{ v: 1, ...PLACE, version: (count += 1), issued: nowMs, settings: { logLevel: 'debug' } },
  ...changes,
});
const sign = (context: SignedContext, body: object): Buffer => Buffer.from(signMessage(context, body, privateKey));
const audit = (): { what: string; code?: string; id?: string }[] => {
  try {
    return readFileSync(join(folder, 'audit.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** JSON as it comes, where `__proto__` is a key like another. */
const withProto = (body: object, key: string): Buffer => {
  const text = JSON.stringify(body).replace(/}$/, `,"${key}":{"name":"restart","isAdmin":true}}`);
  return Buffer.from(signMessage('command', { toJSON: () => JSON.parse(text) }, privateKey));
};

const REMOVED = Symbol('removed');
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    REMOVED,
    null,
    true,
    '',
    '__proto__ ',
    '../../etc/passwd',
    'a b',
    '\u0000',
    'x'.repeat(5_000),
  ),
  fc.constantFrom<unknown>(-1, 1.5, 1e300, 8.64e15 + 2, [], [{}], ['rescan'], { toString: 1 }, { length: 3 }),
  fc.constantFrom<unknown>(JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"constructor":{"prototype":1}}')),
);

const changed = (body: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> => {
  const copy = { ...body, [key]: value };
  if (value === REMOVED) delete copy[key];
  return copy;
};

test('a command of which any field is strange is refused and written down, never thrown, never obeyed', async () => {
  const remote = await begin();
  const fields = fc.constantFrom('v', 'id', 'agent', 'site', 'name', 'args', 'issued', 'expires');
  await fc.assert(
    fc.asyncProperty(fields, strange, async (field, value) => {
      const before = audit().length;
      remote.onMessage('command', sign('command', changed(commandOf(), field, value)));
      await settle();
      const lines = audit().slice(before);
      expect(lines, JSON.stringify(lines)).toMatchObject([
        { what: 'refused', code: expect.stringMatching(/^REMOTE_/) },
      ]);
    }),
    { numRuns: 250 },
  );
  expect(executed).toEqual([]);
});

test('names that every object has are no commands and no arguments', async () => {
  const remote = await begin();
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])
    remote.onMessage('command', sign('command', commandOf({ name })));
  for (const name of ['rescan', 'capture', 'log-level', 'diagnostics'])
    for (const key of ['__proto__', 'constructor', 'toString'])
      remote.onMessage(
        'command',
        sign('command', commandOf({ name, args: JSON.parse(`{"${key}":{"level":"debug"}}`) })),
      );
  await settle();
  expect(executed).toEqual([]);
  expect(audit().every(({ what, code }) => what === 'refused' && code === 'REMOTE_INVALID')).toBe(true);
});

test('keys beside those of a command change nothing', async () => {
  const remote = await begin();
  for (const key of ['__proto__', 'constructor', 'more']) remote.onMessage('command', withProto(commandOf(), key));
  await settle();
  expect(executed.every((name) => name === 'rescan')).toBe(true);
});

test('bytes that nobody signed do nothing, whatever they are', async () => {
  const remote = await begin();
  const genuine = sign('command', commandOf());
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.record({ body: fc.json(), sig: fc.base64String() }).map((value) => Buffer.from(JSON.stringify(value))),
    fc.nat(genuine.length - 1).map((end) => genuine.subarray(0, end)),
    fc.constantFrom<SignedContext>('time', 'config', 'grant').map((context) => sign(context, commandOf())),
  );
  await fc.assert(
    fc.asyncProperty(hostile, fc.constantFrom('command' as const, 'config' as const), async (bytes, kind) => {
      // What is signed as a configuration is one, of which the body is wrong.
      remote.onMessage(kind, bytes);
      await settle();
    }),
    { numRuns: 200 },
  );
  remote.onMessage('command', Buffer.alloc(2 ** 20, 0x7b));
  remote.onMessage('config', Buffer.alloc(2 ** 20, 0x7b));
  await settle();
  expect([executed, reloads]).toEqual([[], 0]);
  expect(audit().every(({ what }) => what === 'refused')).toBe(true);
});

test('a command that came is not obeyed again, at once or after a restart, for as long as it holds', async () => {
  const remote = await begin();
  const message = sign('command', commandOf({ id: 'once', expires: nowMs + 7 * DAY_MS - 1_000 }));
  remote.onMessage('command', message);
  remote.onMessage('command', message);
  await settle();
  await remote.close();
  for (const days of [0, 1, 6]) {
    nowMs = NOW + days * DAY_MS;
    const again = await begin();
    again.onMessage('command', message);
    await settle();
    await again.close();
  }
  expect(executed).toEqual(['rescan']);
  expect(audit().filter(({ id, code }) => id === 'once' && code === 'REMOTE_REPLAYED')).toHaveLength(4);
});

test('one that has expired, holds for too long, or is from the future is refused, and it says why', async () => {
  const remote = await begin();
  const times = {
    expired: { issued: nowMs - DAY_MS, expires: nowMs - 1 },
    long: { issued: nowMs, expires: nowMs + 8 * DAY_MS },
    backwards: { issued: nowMs + 2_000, expires: nowMs + 1_000 },
    future: { issued: Date.parse('2040-01-01'), expires: Date.parse('2040-01-02') },
  };
  for (const [id, changes] of Object.entries(times))
    remote.onMessage('command', sign('command', commandOf({ id, ...changes })));
  await settle();
  const refused = (id: string): CommandReply | undefined =>
    replies.find((reply): reply is CommandReply => reply.kind === 'command' && reply.id === id);
  for (const id of Object.keys(times)) {
    expect(refused(id), id).toMatchObject({
      state: 'refused',
      code: expect.stringMatching(/^REMOTE_(EXPIRED|INVALID)$/),
    });
    expect(refused(id)?.message?.length).toBeGreaterThan(10);
  }
  expect(executed).toEqual([]);
});

test('a configuration of which any field is strange is refused and written down, never thrown, never tried', async () => {
  const remote = await begin();
  const fields = fc.constantFrom('v', 'agent', 'site', 'version', 'issued', 'settings');
  await fc.assert(
    fc.asyncProperty(fields, strange, async (field, value) => {
      const isVersion = field === 'version' && typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
      fc.pre(!isVersion);
      const before = audit().length;
      remote.onMessage('config', sign('config', changed(configOf(), field, value)));
      await settle();
      const lines = audit().slice(before);
      expect(lines, JSON.stringify(lines)).toMatchObject([
        { what: 'refused', code: expect.stringMatching(/^REMOTE_/) },
      ]);
    }),
    { numRuns: 200 },
  );
  const before = audit().length;
  for (const settings of ['{"__proto__":{"logLevel":"debug"}}', '{"spool":{"__proto__":{}}}', '{"constructor":{}}'])
    remote.onMessage('config', sign('config', configOf({ settings: JSON.parse(settings) })));
  expect(
    audit()
      .slice(before)
      .map(({ what, code }) => [what, code]),
  ).toEqual(Array.from({ length: 3 }, () => ['refused', 'REMOTE_CONFIG_INVALID']));
  expect(reloads).toBe(0);
});
