import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { MemoryLevel } from 'memory-level';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { State } from '../state/state.js';
import { Users } from '../users/users.js';
import { Certificate, type HttpConfig, isLoopback, refusePlain } from './listening.js';
import { HttpServer } from './server.js';

const world = { clock: systemClock, random: Math.random, log: silentLogger };
const root = mkdtempSync(join(tmpdir(), 'hinomi-listening-'));
const files = { certificateFile: join(root, 'cert.pem'), keyFile: join(root, 'key.pem') };
const state = new State(new MemoryLevel<string, string>());
const users = new Users({ totp: 'optional' }, { ...world, ...state.tables, passwordCost: { N: 2, r: 8, p: 1 } });
const servers: HttpServer[] = [];
let password = '';

beforeAll(async () => {
  await state.start();
  await writePair('first');
  password = (await users.add('hanako', 'soc')).password;
});
afterAll(async () => {
  for (const server of servers) await server.close();
  rmSync(root, { recursive: true });
});

async function makePair(name: string): Promise<{ certificate: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${name}`, keys, signingAlgorithm: algorithm },
    ...{ notBefore: new Date(Date.now() - 1_000), notAfter: new Date(Date.now() + 86_400_000) },
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

async function writePair(name: string): Promise<void> {
  const { certificate, key } = await makePair(name);
  writeFileSync(files.certificateFile, certificate);
  writeFileSync(files.keyFile, key);
}

async function serve(config: Partial<HttpConfig>): Promise<HttpServer> {
  const deps = {
    ...world,
    metrics: new Registry(),
    users,
    auditTable: state.tables.audit,
    checkHealth: async () => {},
  };
  const server = new HttpServer(
    { host: '127.0.0.1', port: 0, ...config },
    mkdtempSync(join(root, 's-')),
    deps as never,
  );
  servers.push(server);
  await server.start();
  return server;
}

const nameSeen = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on('error', reject);
  });

test.each(['localhost', '127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s is this machine', (host) => {
  expect(isLoopback(host)).toBe(true);
  refusePlain({ host, port: 0 });
});

test.each(['0.0.0.0', '::', '192.0.2.1', '10.0.0.1', 'collector.example', '127.evil.example', '1127.0.0.1'])(
  'on %s passwords are not taken in plain, unless somebody has said who protects them',
  (host) => {
    expect(() => refusePlain({ host, port: 0 })).toThrow(/without TLS.*http\.tls.*behindProxy.*--http-host/);
    expect(() => refusePlain({ host, port: 0, behindProxy: false })).toThrow();
    refusePlain({ host, port: 0, behindProxy: true });
    refusePlain({ host, port: 0, tls: files });
  },
);

test('a server that would listen in plain to others does not start', async () => {
  await expect(serve({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('over TLS the cookie is for TLS alone, browsers are told to stay there, and the local socket is as it was', async () => {
  const server = await serve({ tls: files });
  expect(server.url).toMatch(/^https:/);
  const body = JSON.stringify({ name: 'hanako', password });
  const { headers, status } = await new Promise<{ headers: Record<string, unknown>; status?: number }>(
    (resolve, reject) => {
      const call = httpsRequest(
        `${server.url}/api/v1/session`,
        { method: 'POST', rejectUnauthorized: false, headers: { 'content-type': 'application/json' } },
        (response) => {
          response.resume();
          resolve({
            headers: response.headers,
            ...(response.statusCode !== undefined && { status: response.statusCode }),
          });
        },
      );
      call.on('error', reject).end(body);
    },
  );
  expect(status).toBe(200);
  expect(String(headers['set-cookie'])).toMatch(/Secure/);
  expect(headers['strict-transport-security']).toBe('max-age=2592000');
  await expect(nameSeen(Number(new URL(server.url).port))).resolves.toBe('first');
});

test('plain HTTP gets no answer from a TLS port, and a plain server sets no header about TLS', async () => {
  const server = await serve({ tls: files });
  await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow();
  const plain = await serve({});
  const answer = await plain.app.inject({ url: '/healthz' });
  expect(answer.headers['strict-transport-security']).toBeUndefined();
});

test('a renewed certificate is used without a restart; half of a pair leaves the old one', async () => {
  await writePair('old');
  const server = await serve({ tls: files });
  const port = Number(new URL(server.url).port);
  const certificate = new Certificate(files, silentLogger);
  certificate.options();
  const next = await makePair('new');
  writeFileSync(files.certificateFile, next.certificate);
  certificate.refresh(server.app.server as never);
  await expect(nameSeen(port)).resolves.toBe('old');
  writeFileSync(files.keyFile, next.key);
  certificate.refresh(server.app.server as never);
  await expect(nameSeen(port)).resolves.toBe('new');
});

test('files that are missing, or do not fit each other, are one clear error', async () => {
  const missing = { certificateFile: join(root, 'none.pem'), keyFile: files.keyFile };
  await expect(serve({ tls: missing })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('none.pem'),
  });
  writeFileSync(join(root, 'other.pem'), (await makePair('other')).certificate);
  const other = { certificateFile: join(root, 'other.pem'), keyFile: files.keyFile };
  await expect(serve({ tls: other })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('a proxy is believed only where it is said to be there, and only on a near address', async () => {
  const forwarded = {
    'x-forwarded-for': '198.51.100.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'hinomi.example',
  };
  const post = async (server: HttpServer, remoteAddress: string, headers: Record<string, string>) => {
    const { password: fresh } = await users.reset('hanako');
    const payload = { name: 'hanako', password: fresh };
    return server.app.inject({ method: 'POST', url: '/api/v1/session', remoteAddress, headers, payload });
  };
  const addressOf = async () => (await state.tables.audit.list({ reverse: true, limit: 1 }))[0]?.[1].address;
  const behind = await serve({ behindProxy: true });
  const signedIn = await post(behind, '10.0.0.2', forwarded);
  expect(signedIn.headers['set-cookie']).toMatch(/Secure/);
  expect(await addressOf()).toBe('198.51.100.7');
  await post(behind, '203.0.113.9', forwarded);
  expect(await addressOf()).toBe('203.0.113.9');
  const direct = await serve({});
  expect((await post(direct, '127.0.0.1', forwarded)).headers['set-cookie']).not.toMatch(/Secure/);
  expect(await addressOf()).toBe('127.0.0.1');
  // The console's own page, by the name under which the proxy was asked.
  const cookie = `hinomi_session=${signedIn.cookies[0]?.value}`;
  const change = (origin: string) =>
    behind.app.inject({
      ...{ method: 'DELETE', url: '/api/v1/session', remoteAddress: '10.0.0.2' },
      headers: { ...forwarded, cookie, origin, host: '127.0.0.1:8080' },
    });
  expect((await change('https://evil.example')).statusCode).toBe(403);
  expect((await change('https://hinomi.example')).statusCode).not.toBe(403);
});

test('behind a proxy nobody is local but who comes by the socket: no counts without a token', async () => {
  const behind = await serve({ behindProxy: true });
  expect((await behind.app.inject({ url: '/metrics' })).statusCode).toBe(401);
  const token = async (role: 'soc' | 'company') => {
    await state.tables.companies.put('c', { id: 'c', name: 'C', created: '' });
    const company = role === 'company' ? { company: 'c' } : {};
    return (await users.addToken({ name: role, role, expiresInDays: 1, ...company }, 'test')).token;
  };
  const metrics = async (role: 'soc' | 'company') =>
    (await behind.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${await token(role)}` } }))
      .statusCode;
  expect(await metrics('soc')).toBe(200);
  expect(await metrics('company')).toBe(403);
});

test('the local socket works in each of the ways', async () => {
  for (const config of [{}, { tls: files }, { behindProxy: true }]) {
    const folder = mkdtempSync(join(root, 'l-'));
    const deps = {
      ...world,
      metrics: new Registry(),
      users,
      auditTable: state.tables.audit,
      checkHealth: async () => {},
    };
    await writePair('local');
    const server = new HttpServer({ host: '127.0.0.1', port: 0, ...config }, folder, deps as never);
    servers.push(server);
    await server.start();
    const status = await new Promise((resolve, reject) => {
      httpRequest({ socketPath: join(folder, 'admin.sock'), path: '/api/v1/users' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  }
});
