import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MemoryLevel } from 'memory-level';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES, type Role } from '../../protocol/api/session.js';
import { CodedError } from '../../protocol/base/errors.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { Fleet } from '../fleet/fleet.js';
import { testSecret } from '../fleet/testing.js';
import { DeadLetters } from '../ingest/dead-letters.js';
import { State } from '../state/state.js';
import { Users } from '../users/users.js';
import { HttpServer } from './server.js';

const world = { clock: systemClock, random: Math.random, log: silentLogger };
const folder = mkdtempSync(join(tmpdir(), 'hinomi-http-'));
const state = new State(new MemoryLevel<string, string>());
const users = new Users({ totp: 'optional' }, { ...world, ...state.tables, passwordCost: { N: 2, r: 8, p: 1 } });
const fleet = new Fleet({ codeHours: 1, certificateDays: 30, sitesMax: 10 }, join(folder, 'authority'), {
  ...world,
  ...state.tables,
  secret: testSecret,
});
/** Questions as the store would get them: which companies the caller may see is what these tests are about. */
const asked: Array<{ companies: readonly string[] | undefined; query: string }> = [];
const server = new HttpServer({ host: '127.0.0.1', port: 0 }, folder, {
  ...world,
  metrics: new Registry(),
  users,
  connectors: {} as never,
  remote: {} as never,
  sources: {} as never,
  fleet,
  deadLetters: new DeadLetters(state.tables.deadLetters, world),
  events: {
    ask: async ({ companies, query }) => {
      if (query === 'broken') throw new CodedError('QUERY_INVALID', 'it is broken', { position: 3 });
      if (query === 'bug') throw new Error('secret detail');
      asked.push({ companies, query });
      return { events: [{ '@timestamp': '2026-11-23T00:00:00.000000Z', nested: [{ a: 1 }] }], fromMs: 0, toMs: 1 };
    },
    fields: () => [{ name: 'source.ip', kind: 'ip', description: 'Originator.' }],
  },
  backup: { status: { state: 'none' }, begin: async (folder) => ({ state: 'running', folder }) },
  auditTable: state.tables.audit,
  mqttUrl: (host) => `mqtts://${host}:1`,
  gateUrl: (host) => `https://${host}:2`,
  checkHealth: async () => {},
});
const tokens = {} as Record<Role, string>;

beforeAll(async () => {
  await state.start();
  await fleet.start();
  await server.start();
  await fleet.addCompany({ id: 'one', name: 'One' });
  await fleet.addCompany({ id: 'two', name: 'Two' });
  await fleet.addSite({ id: 'site-one', company: 'one', name: 'Site one' });
  await fleet.addSite({ id: 'site-two', company: 'two', name: 'Site two' });
  for (const role of ROLES) {
    const company = role === 'company' ? { company: 'one' } : {};
    tokens[role] = (await users.addToken({ name: role, role, expiresInDays: 1, ...company }, 'test')).token;
  }
});
afterAll(async () => {
  await server.close();
  await state.close();
  rmSync(folder, { recursive: true });
});

type Method = 'GET' | 'POST' | 'DELETE';
const call = (
  method: Method,
  url: string,
  options: { token?: string; body?: object; headers?: Record<string, string> } = {},
) =>
  server.app.inject({
    method,
    url,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { payload: options.body }),
  });

describe('a company', () => {
  test('sees its own sites and companies only', async () => {
    const sites = await call('GET', '/api/v1/sites', { token: tokens.company });
    const owners = sites.json().sites.map((site: { company: { id: string } }) => site.company.id);
    expect(new Set(owners)).toEqual(new Set(['one']));
    const companies = await call('GET', '/api/v1/companies', { token: tokens.company });
    expect(companies.json().companies.map((company: { id: string }) => company.id)).toEqual(['one']);
  });

  test('asks about its own records only, whatever it writes', async () => {
    await call('GET', `/api/v1/events?q=${encodeURIComponent('hinomi.company:two')}`, { token: tokens.company });
    expect(asked.at(-1)).toEqual({ companies: ['one'], query: 'hinomi.company:two' });
    await call('GET', '/api/v1/events', { token: tokens.soc });
    expect(asked.at(-1)?.companies).toBeUndefined();
  });
});

describe('errors', () => {
  test('a broken query names its place', async () => {
    const { statusCode, json } = await call('GET', '/api/v1/events?q=broken', { token: tokens.soc });
    expect(statusCode).toBe(400);
    expect(json()).toEqual({ code: 'QUERY_INVALID', message: 'it is broken', position: 3, remedy: expect.any(String) });
  });

  test('a bug tells nothing of itself', async () => {
    const { statusCode, body } = await call('GET', '/api/v1/events?q=bug', { token: tokens.soc });
    expect(statusCode).toBe(500);
    expect(body).not.toContain('secret detail');
  });

  test.each([
    ['an unknown field', { name: 'x', company: 'one', colour: 'red' }, 'colour is not a known field'],
    ['a missing field', { name: 'x' }, 'company'],
    ['a field of the wrong kind', { name: 'x', company: '../../etc' }, 'company'],
  ])('%s is named', async (_name, body, words) => {
    const { statusCode, json } = await call('POST', '/api/v1/sites', { token: tokens.admin, body });
    expect(statusCode).toBe(400);
    expect(json().message).toContain(words);
  });

  test('too many records at once are refused', async () => {
    expect((await call('GET', '/api/v1/events?limit=1000000', { token: tokens.soc })).statusCode).toBe(400);
  });
});

describe('people', () => {
  const cookieOf = (response: { cookies: Array<{ name: string; value: string }> }) =>
    response.cookies.find(({ name }) => name === 'hinomi_session')?.value ?? '';
  const asBrowser = (cookie: string) => ({
    cookie: `hinomi_session=${cookie}`,
    origin: 'http://localhost',
    host: 'localhost',
  });

  test('a one-time password lets its owner replace it, and nothing else', async () => {
    const { password } = await users.add('hanako', 'soc');
    const signedIn = await call('POST', '/api/v1/session', { body: { name: 'hanako', password } });
    expect(signedIn.json()).toMatchObject({ mustChangePassword: true });
    const headers = asBrowser(cookieOf(signedIn));
    expect((await call('GET', '/api/v1/sites', { headers })).json().code).toBe('AUTH_PASSWORD_MUST_CHANGE');
    const weak = await call('POST', '/api/v1/session/password', {
      headers,
      body: { current: password, next: 'short' },
    });
    expect(weak.statusCode).toBe(400);
    const changed = await call('POST', '/api/v1/session/password', {
      headers,
      body: { current: password, next: 'correct horse battery' },
    });
    expect(changed.statusCode).toBe(200);
    expect((await call('GET', '/api/v1/sites', { headers: asBrowser(cookieOf(changed)) })).statusCode).toBe(200);
    // The session of the one-time password is over.
    expect((await call('GET', '/api/v1/sites', { headers })).statusCode).toBe(401);
  });

  test('a change that another site caused is refused', async () => {
    const { password } = await users.add('taro', 'admin');
    const cookie = cookieOf(await call('POST', '/api/v1/session', { body: { name: 'taro', password } }));
    const headers = { ...asBrowser(cookie), origin: 'http://evil.example' };
    expect((await call('DELETE', '/api/v1/session', { headers })).statusCode).toBe(403);
    const { origin: _none, ...without } = headers;
    expect((await call('DELETE', '/api/v1/session', { headers: without })).statusCode).toBe(403);
    expect((await call('DELETE', '/api/v1/session', { headers: asBrowser(cookie) })).statusCode).toBe(200);
    expect((await call('GET', '/api/v1/session', { headers: asBrowser(cookie) })).statusCode).toBe(401);
  });

  test('after ten wrong passwords even the right one has to wait', async () => {
    const { password } = await users.add('jiro', 'soc');
    for (let i = 0; i < 10; i++) {
      expect((await call('POST', '/api/v1/session', { body: { name: 'jiro', password: 'wrong' } })).json().code).toBe(
        'AUTH_FAILED',
      );
    }
    expect((await call('POST', '/api/v1/session', { body: { name: 'jiro', password } })).json().code).toBe(
      'AUTH_LIMITED',
    );
  });

  test('the cookie is out of reach of scripts and of other sites', async () => {
    const { password } = await users.add('saburo', 'soc');
    // From another address: this one has failed too often.
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      remoteAddress: '192.0.2.9',
      payload: { name: 'saburo', password },
    });
    expect(response.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/);
  });
});

test('whoever guesses enrolment codes has to wait, and others do not', async () => {
  const guess = async (remoteAddress: string): Promise<string> => {
    const payload = { code: 'AAAA-BBBB-CCCC', csr: 'x' };
    return (await server.app.inject({ method: 'POST', url: '/api/v1/enrol', remoteAddress, payload })).json().code;
  };
  for (let i = 0; i < 20; i++) expect(await guess('127.0.0.66')).toBe('ENROL_CODE_INVALID');
  expect(await guess('127.0.0.66')).toBe('AUTH_LIMITED');
  expect(await guess('127.0.0.67')).toBe('ENROL_CODE_INVALID');
  // Without TLS the code would be anybody's on the way.
  expect(await guess('192.0.2.67')).toBe('ENROL_REFUSED');
});

test('the socket in the data folder is the local administrator', async () => {
  const text = await new Promise<string>((resolve, reject) => {
    const call = httpRequest({ socketPath: join(folder, 'admin.sock'), path: '/api/v1/users' }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body));
    });
    call.on('error', reject).end();
  });
  expect(JSON.parse(text).users.length).toBeGreaterThan(0);
});

test('a look is in the audit log once, however often it is repeated', async () => {
  for (let i = 0; i < 3; i++) await call('GET', '/api/v1/events?q=audited', { token: tokens.soc });
  await new Promise((done) => setImmediate(done));
  const looks = (await state.tables.audit.list()).filter(([, entry]) => entry.detail === 'audited');
  expect(looks).toHaveLength(1);
});

test('the documentation and the health are there', async () => {
  expect((await call('GET', '/healthz')).json()).toEqual({ status: 'ok' });
  expect((await call('GET', '/api/docs/json')).json().paths['/api/v1/events']).toBeDefined();
  expect((await call('GET', '/metrics')).statusCode).toBe(200);
  expect((await server.app.inject({ url: '/metrics', remoteAddress: '192.0.2.1' })).statusCode).toBe(401);
});

test('a busy port is one clear error', async () => {
  const port = Number(new URL(server.url).port);
  const other = mkdtempSync(join(folder, 'other-'));
  const second = new HttpServer({ host: '127.0.0.1', port }, other, { ...world, metrics: new Registry() } as never);
  await expect(second.start()).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  await second.close();
});

test('a dead letter is looked at as text, and thrown away by those who may', async () => {
  const letters = new DeadLetters(state.tables.deadLetters, world);
  const sender = { agent: 'a-1', site: 'site-one', company: 'one' };
  await letters.add(sender, { lane: 'p2', seq: 7, reason: 'bad', content: gzipSync('{"v":1}\n{"x":"盛岡"}\n') });
  await letters.add(sender, { reason: 'noise', content: Buffer.from([0xff, 0xfe, 0]) });
  const ask = (method: 'GET' | 'DELETE', url: string, role: Role = 'soc') =>
    server.app.inject({ method, url: `/api/v1${url}`, headers: { authorization: `Bearer ${tokens[role]}` } });
  const { deadLetters } = (await ask('GET', '/dead-letters?agent=a-1')).json();
  expect(deadLetters.map(({ reason }: { reason: string }) => reason)).toEqual(['noise', 'bad']);
  const [noise, bad] = deadLetters.map(({ id }: { id: string }) => `/dead-letters/${encodeURIComponent(id)}`);
  expect((await ask('GET', bad)).json()).toMatchObject({ seq: 7, reason: 'bad', text: '{"v":1}\n{"x":"盛岡"}\n' });
  expect((await ask('GET', noise)).json()).toMatchObject({ content: '//4A' });
  expect((await ask('GET', noise)).json().text).toBeUndefined();
  expect((await ask('DELETE', bad, 'support')).statusCode).toBe(403);
});
