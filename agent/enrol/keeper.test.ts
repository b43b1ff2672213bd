import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Authority } from '../../collector/fleet/authority.js';
import { vaultIn } from '../../collector/fleet/testing.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { placeOf } from './gate-client.js';
import { nextFolder, readIdentity, type StoredIdentity, writeIdentity, writeIdentityTo } from './identity.js';
import { IdentityKeeper } from './keeper.js';
import { makeKey } from './key-request.js';
import { signerKeyOf } from './trust.js';

const root = mkdtempSync(join(tmpdir(), 'hinomi-keeper-'));
let authority: Authority;
let server: Server;
let url: string;
let shown: string[];
let folder: string;
let old: StoredIdentity;
let next: StoredIdentity;

beforeAll(async () => {
  authority = await Authority.open(join(root, 'authority'), Date.now(), vaultIn(join(root, 'authority')));
  const { key, certificate } = await authority.issueServer(['127.0.0.1'], Date.now());
  const options = { key, cert: certificate, ca: authority.pem, requestCert: true, rejectUnauthorized: true };
  server = createServer({ ...options, minVersion: 'TLSv1.3' }, (socket) => {
    shown.push(socket.getPeerCertificate().fingerprint256);
    socket.on('error', () => {});
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `mqtts://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});
beforeEach(async () => {
  shown = [];
  folder = mkdtempSync(join(root, 'box-'));
  old = await makeIdentity();
  next = await makeIdentity();
  writeIdentity(folder, old);
});

const sockets: { destroy(): void }[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

async function makeIdentity(): Promise<StoredIdentity> {
  const { key, csr } = await makeKey();
  const { certificate } = await authority.issueAgent(csr, 'a', 's', 30, Date.now());
  const facts = { site: 's', agent: 'a', mqttUrl: url, collectorUrl: '', enrolled: '', gateUrl: 'https://127.0.0.1:1' };
  return { ...facts, key, certificate, authority: authority.pem, signer: '' };
}

const open = (): IdentityKeeper => new IdentityKeeper(folder, { clock: systemClock, log: silentLogger });
/** Dials, and says which identity was shown. */
async function dial(keeper: IdentityKeeper): Promise<'old' | 'next' | 'another'> {
  const count = shown.length;
  sockets.push(await keeper.dial(url, 5_000));
  await expect.poll(() => shown.length).toBeGreaterThan(count);
  const of = (identity: StoredIdentity): string => new X509Certificate(identity.certificate).fingerprint256;
  return shown.at(-1) === of(old) ? 'old' : shown.at(-1) === of(next) ? 'next' : 'another';
}

test('the renewed identity is used at once, and replaces the old one at the first acknowledgement', async () => {
  const keeper = open();
  expect(await dial(keeper)).toBe('old');
  keeper.adopt(next, old);
  expect(await dial(keeper)).toBe('next');
  expect(readIdentity(folder).certificate).toBe(old.certificate);
  keeper.onConnected();
  keeper.onAcked();
  expect(readIdentity(folder)).toMatchObject({ certificate: next.certificate, key: next.key });
  expect(existsSync(nextFolder(folder))).toBe(false);
  expect(await dial(open())).toBe('next');
});

test('an acknowledgement that still comes on the old connection decides nothing', async () => {
  const keeper = open();
  await dial(keeper);
  keeper.onConnected();
  keeper.adopt(next, old);
  keeper.onAcked();
  expect(keeper.hasNext).toBe(true);
  expect(readIdentity(folder).certificate).toBe(old.certificate);
  expect(await dial(keeper)).toBe('next');
});

test('after a stop it is there again', async () => {
  open().adopt(next, old);
  const keeper = open();
  expect(keeper.hasNext).toBe(true);
  expect(await dial(keeper)).toBe('next');
});

test.each(['key.pem', 'certificate.pem', 'identity.json'])(
  'one whose %s is not whole is as if it had not come',
  (name) => {
    open().adopt(next, old);
    writeFileSync(join(nextFolder(folder), name), '');
    expect(open().current.certificate).toBe(old.certificate);
  },
);

test('a stop while the old one is replaced leaves the renewed one', async () => {
  writeIdentityTo(nextFolder(folder), next);
  writeFileSync(join(folder, 'identity', 'key.pem'), next.key);
  expect(await dial(open())).toBe('next');
});

test('when the collector takes the renewed one not, the old one gets its turn, and stays when it is taken', async () => {
  const keeper = open();
  keeper.adopt(next, old);
  const turns: string[] = [];
  for (let index = 0; index < 4; index++) turns.push(await dial(keeper));
  expect(turns).toEqual(['next', 'next', 'next', 'old']);
  expect(keeper.isRefused).toBe(true);
  keeper.onConnected();
  expect(keeper.isRefused).toBe(false);
  keeper.onAcked();
  expect(keeper.hasNext).toBe(false);
  expect(open().current.certificate).toBe(old.certificate);
});

test('a collector that cannot be reached refuses nothing', async () => {
  const keeper = open();
  for (let index = 0; index < 5; index++) await expect(keeper.dial('mqtts://127.0.0.1:1', 1_000)).rejects.toThrow();
  expect(keeper.isRefused).toBe(false);
});

test('one that was renewed by a renewed one keeps that: the one before may have ended', async () => {
  const keeper = open();
  keeper.adopt(next, old);
  const third = await makeIdentity();
  keeper.adopt(third, next);
  expect(readIdentity(folder).certificate).toBe(next.certificate);
  expect(open().current.certificate).toBe(third.certificate);
});

test('a signer that changed is kept', () => {
  const keeper = open();
  keeper.learnSigner('signer');
  expect(open().current.signer).toBe('signer');
});

test('a certificate that cannot be read does not keep the box from starting', () => {
  writeFileSync(join(folder, 'identity', 'certificate.pem'), '\0\0');
  expect(open().current.agent).toBe('a');
});

test('an identity from before the gate and the signer goes on, and asks beside the broker', async () => {
  const { gateUrl: _gate, ...before } = { ...old, mqttUrl: url };
  writeIdentity(folder, before as StoredIdentity);
  const keeper = open();
  expect(await dial(keeper)).toBe('old');
  expect(keeper.target().url).toBe('https://127.0.0.1');
  expect(placeOf(keeper.target().url)).toEqual({ host: '127.0.0.1', port: 8443 });
  expect(signerKeyOf(keeper.current)).toBeUndefined();
});
