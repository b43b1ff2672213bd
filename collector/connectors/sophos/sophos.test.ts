import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flawOfRecord } from '../../../protocol/records/records.js';
import { Budget } from '../budget.js';
import { itemOf } from '../content.js';
import { SophosEmulator, siemEvent } from '../testing/sophos-emulator.js';
import { askWeb, checkUrl, retryAfterMs } from '../web.js';
import { classOf } from './classes.js';
import { alertRecord, endpointRecord, eventRecord } from './records.js';
import { Sophos } from './sophos.js';

const PLENTY = { perSecond: 1e6, perMinute: 1e6, perHour: 1e6, perDay: 1e6 };
const ASKING = { signal: new AbortController().signal };
const NOW_ISO = '2026-11-25T00:00:00.000Z';

describe('Sophos Central', () => {
  let nowMs = Date.parse(NOW_ISO);
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  const emulator = new SophosEmulator(() => nowMs);
  let sophos: Sophos;

  beforeAll(() => emulator.start());
  afterAll(() => emulator.close());
  beforeEach(() => {
    emulator.tenants.clear();
    emulator.requests.length = 0;
    emulator.fault = () => undefined;
    for (const id of ['t1', 't2', 't3']) emulator.addTenant(id, id, ['PC-1', 'PC-2', 'PC-3']);
    const urls = { auth: emulator.url, api: emulator.url };
    const limits = { timeoutMs: 10_000, answerBytesMax: 2 ** 20 };
    sophos = new Sophos({ ...emulator.credentials, urls }, { clock, budget: new Budget(PLENTY, clock), limits });
  });
  const tokens = (): number => emulator.requests.filter(({ path }) => path.endsWith('/token')).length;

  test.each(['tenant', 'partner', 'organization'] as const)(
    'credentials of a %s: whose, and which tenants',
    async (kind) => {
      emulator.kind = kind;
      const holder = await sophos.holder(ASKING);
      expect(holder.kind).toBe(kind);
      expect(holder.tenants.map(({ id }) => id)).toEqual(kind === 'tenant' ? ['t1'] : ['t1', 't2', 't3']);
    },
  );

  test('a token is used until shortly before its end, and a refused one is renewed once', async () => {
    emulator.kind = 'tenant';
    await sophos.holder(ASKING);
    nowMs += 3_500_000;
    await sophos.holder(ASKING);
    expect(tokens()).toBe(1);
    nowMs += 50_000;
    await sophos.holder(ASKING);
    expect(tokens()).toBe(2);
    emulator.forgetTokens();
    await sophos.holder(ASKING);
    expect(tokens()).toBe(3);
    emulator.fault = (path) => (path.startsWith('/whoami') ? { status: 401 } : undefined);
    await expect(sophos.holder(ASKING)).rejects.toMatchObject({ code: 'EDR_REFUSED' });
    expect(tokens()).toBe(4);
  });

  test('endpoints come page by page, and are found by name whatever its case', async () => {
    emulator.endpointPageSizeMax = 2;
    const [tenant] = (await sophos.holder(ASKING)).tenants;
    const first = await sophos.page(tenant!, 'endpoints', { fromMs: 0 }, ASKING);
    const second = await sophos.page(tenant!, 'endpoints', { cursor: first.cursor ?? '' }, ASKING);
    expect([first.items.length, second.items.length, second.cursor]).toEqual([2, 1, undefined]);
    expect((await sophos.find(tenant!, 'pc-2', ASKING)).map(({ name }) => name)).toEqual(['PC-2']);
    expect(await sophos.find(tenant!, 'PC', ASKING)).toEqual([]);
  });

  test.each([
    [
      { status: 429, retryAfter: '7' },
      { code: 'EDR_LIMITED', facts: { status: 429, retryAfterMs: 7_000 } },
    ],
    [{ status: 429 }, { code: 'EDR_LIMITED' }],
    [{ status: 500 }, { code: 'EDR_UNAVAILABLE' }],
    [{ status: 403 }, { code: 'EDR_REFUSED' }],
    [{ status: 404 }, { code: 'EDR_ANSWER' }],
    ['lost' as const, { code: 'EDR_UNAVAILABLE' }],
    ['cut' as const, { code: 'EDR_UNAVAILABLE' }],
  ])('a failure has its code: %j', async (fault, expected) => {
    const [tenant] = (await sophos.holder(ASKING)).tenants;
    emulator.fault = () => fault;
    const page = sophos.page(tenant!, 'events', { fromMs: nowMs - 1_000 }, ASKING);
    await expect(page).rejects.toMatchObject(expected);
  });
});

describe('an answer', () => {
  let server: Server;
  let text: string;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/never') return;
      if (request.url === '/elsewhere') response.writeHead(302, { location: '/' });
      response.end(text);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const get = (path = '/'): Promise<unknown> =>
    askWeb({ method: 'GET', url: url + path, headers: {} }, { timeoutMs: 300, answerBytesMax: 10_000 }, ASKING.signal);

  test.each([
    ['too large', `"${'x'.repeat(10_000)}"`],
    ['too deep', `${'['.repeat(60)}${']'.repeat(60)}`],
    ['no JSON', '<html>'],
  ])('that is %s is refused', async (_, content) => {
    text = content;
    await expect(get()).rejects.toMatchObject({ code: 'EDR_ANSWER' });
  });

  test('with brackets in its texts is not deep', async () => {
    text = JSON.stringify(['['.repeat(100), '\\"[[[']);
    expect(await get()).toEqual(['['.repeat(100), '\\"[[[']);
  });

  test('that never comes, or leads elsewhere, is none', async () => {
    text = '{}';
    await expect(get('/never')).rejects.toMatchObject({ code: 'EDR_UNAVAILABLE' });
    await expect(get('/elsewhere')).rejects.toMatchObject({ code: 'EDR_UNAVAILABLE' });
  });

  test('is asked for over https, or on this machine', () => {
    for (const bad of ['http://example.com', 'ftp://x', 'https://a:b@example.com', 'http://127.0.0.1.example.com', 'x'])
      expect(() => checkUrl(bad), bad).toThrow();
    for (const good of ['https://example.com', 'http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost'])
      expect(checkUrl(good).href).toContain(good);
  });

  test('says by seconds or date when to ask again, an hour at most', () => {
    const now = Date.parse('2026-11-25T00:00:00Z');
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('Wed, 25 Nov 2026 00:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterMs('999999999', now)).toBe(3_600_000);
    expect([retryAfterMs('soon', now), retryAfterMs(null, now)]).toEqual([undefined, undefined]);
  });
});

describe('a record', () => {
  test.each([
    ['Event::Endpoint::Threat::Detected', 'MALWARE', 'malware'],
    ['Event::Endpoint::CorePuaDetection', 'PUA', 'malware'],
    ['Event::Endpoint::HmpaCryptoGuard', 'RUNTIME_DETECTIONS', 'malware'],
    ['Event::Endpoint::WebFilteringBlocked', 'WEB', 'web_block'],
    ['Event::Endpoint::WebControlViolation', 'WEB', 'url_filter'],
    ['Event::Endpoint::Application::Blocked', 'APPLICATION_CONTROL', 'app_control'],
    ['Event::Endpoint::DataLossPreventionUserAllowed', 'DATA_LOSS_PREVENTION', 'dlp'],
    ['Event::Endpoint::Threat::IpsInboundDetection', 'RUNTIME_DETECTIONS', 'ips'],
    ['Event::Endpoint::Threat::CommandAndControlDetected', 'MALWARE', 'c2'],
    ['Event::Endpoint::UpdateSuccess', 'UPDATING', 'endpoint'],
    ['Event::Endpoint::UserAutoCreated', 'POLICY', 'admin_change'],
    [undefined, undefined, 'unknown'],
  ])('of %s has its class', (type, group, expected) => {
    expect(classOf(type, group)).toBe(expected);
  });

  test('of whatever a cloud says is a valid one with its text', () => {
    const good = siemEvent('id-1', 0).body;
    const keys = [
      ...Object.keys(good),
      'data',
      'health',
      'os',
      'isolation',
      'ipv4Addresses',
      'assignedProducts',
      '__proto__',
    ];
    const bad = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.jsonValue(), {
      size: 'max',
      maxKeys: 40,
    });
    fc.assert(
      fc.property(bad, fc.constantFrom(eventRecord, alertRecord, endpointRecord), (changes, read) => {
        const source = JSON.parse(JSON.stringify({ ...good, ...changes }));
        const item = itemOf(source, 'id', source, () => read(source, NOW_ISO), NOW_ISO);
        expect(flawOfRecord(item.record)).toBeUndefined();
        expect(item.record['event.original']).toBeTypeOf('string');
      }),
      { numRuns: 300 },
    );
  });
});
