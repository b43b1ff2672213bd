import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { MemoryLevel } from 'memory-level';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { State } from '../state/state.js';
import { Authority, fingerprintOf } from './authority.js';
import { Fleet } from './fleet.js';
import { Presences } from './presence.js';
import { testSecret, vaultIn } from './testing.js';

const DAY_MS = 86_400_000;
const root = mkdtempSync(join(tmpdir(), 'hinomi-fleet-'));
afterAll(() => rmSync(root, { recursive: true }));
let nowMs: number;
let fleet: Fleet;
let fleetFolder: string;
let state: State;
const clock = { now: () => nowMs, monotonic: () => nowMs };

beforeEach(async () => {
  nowMs = Date.parse('2026-11-23T00:00:00Z');
  state = new State(new MemoryLevel<string, string>());
  await state.start();
  fleetFolder = mkdtempSync(join(root, 'f-'));
  fleet = new Fleet({ codeHours: 24, certificateDays: 30, sitesMax: 3 }, fleetFolder, {
    ...{ clock, random: Math.random, log: silentLogger },
    ...state.tables,
    secret: testSecret,
  });
  await fleet.start();
  await fleet.addCompany({ id: 'c', name: 'C' });
  await fleet.addSite({ id: 's', company: 'c', name: 'S' });
});

async function requestFor(namedCurve = 'P-256', name = 'CN=x'): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve, hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm });
  return request.toString('pem');
}

const certificateOf = (pem: string): X509Certificate => new X509Certificate(pem);
const fingerprint = (pem: string): string => fingerprintOf(certificateOf(pem).raw);

test('a certificate says which box it is, whatever the request says, and holds as long as configured', async () => {
  const { code } = await fleet.makeCode('s');
  const answer = await fleet.enrol(code, await requestFor('P-256', 'CN=somebody else, O=Bank'));
  const certificate = certificateOf(answer.certificate);
  expect(certificate.subject).toBe(`CN=${answer.agent}\nOU=s\nO=Hinomi`);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(certificateOf(answer.authority).publicKey)).toBe(true);
  expect(Date.parse(certificate.validTo)).toBe(nowMs + 30 * DAY_MS);
  // A box whose clock stands in the past can use it at once.
  expect(Date.parse(certificate.validFrom)).toBeLessThan(nowMs - DAY_MS);
  expect(fleet.identify(fingerprint(answer.certificate))).toMatchObject({
    ...{ agent: answer.agent, site: 's', company: 'c' },
  });
});

test('a code is used once, also by many at the same moment', async () => {
  const { code } = await fleet.makeCode('s');
  const csr = await requestFor();
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => fleet.enrol(code, csr)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(fleet.enrol(code, csr)).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
});

test('a code ends after its time', async () => {
  const { code } = await fleet.makeCode('s');
  nowMs += DAY_MS;
  await expect(fleet.enrol(code, await requestFor())).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
});

test.each([
  ['nothing', ''],
  ['no PEM', 'hello'],
  ['broken PEM', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----'],
])('a request of %s is refused, and does not use up the code', async (_what, csr) => {
  const { code } = await fleet.makeCode('s');
  await expect(fleet.enrol(code, csr)).rejects.toMatchObject({ code: 'ENROL_REFUSED' });
  expect((await fleet.enrol(code, await requestFor())).site).toBe('s');
});

test('a key of another kind, or a request that its key did not sign, is refused', async () => {
  const { code } = await fleet.makeCode('s');
  await expect(fleet.enrol(code, await requestFor('P-384'))).rejects.toMatchObject({ code: 'ENROL_REFUSED' });
  const der = Buffer.from(x509.PemConverter.decodeFirst(await requestFor()));
  der[der.length - 3]! ^= 1;
  const forged = x509.PemConverter.encode(der, 'CERTIFICATE REQUEST');
  await expect(fleet.enrol(code, forged)).rejects.toMatchObject({ code: 'ENROL_REFUSED' });
});

test('a new box takes the place of the old one, whose certificate ends', async () => {
  const first = await fleet.enrol((await fleet.makeCode('s')).code, await requestFor());
  const second = await fleet.enrol((await fleet.makeCode('s')).code, await requestFor());
  expect(fleet.identify(fingerprint(first.certificate))).toBeUndefined();
  expect(fleet.identify(fingerprint(second.certificate))?.agent).toBe(second.agent);
});

test('of two boxes that enrol at a site at the same moment, one is its box', async () => {
  // Slow reads: each sees the site as it was before the other.
  const get = state.tables.sites.get.bind(state.tables.sites);
  vi.spyOn(state.tables.sites, 'get').mockImplementation(async (key) => {
    const site = await get(key);
    await new Promise((done) => setTimeout(done, 20));
    return site;
  });
  const codes = [(await fleet.makeCode('s')).code, (await fleet.makeCode('s')).code];
  const csr = await requestFor();
  const answers = await Promise.all(codes.map((code) => fleet.enrol(code, csr)));
  const known = answers.filter(({ certificate }) => fleet.identify(fingerprint(certificate)) !== undefined);
  expect(known.map(({ agent }) => agent)).toEqual([(await fleet.listSites(undefined))[0]?.agent?.id]);
});

test('sites are limited, and named once', async () => {
  await expect(fleet.addSite({ id: 's', company: 'c', name: 'S' })).rejects.toMatchObject({ code: 'FLEET_EXISTS' });
  await expect(fleet.addSite({ id: 't', company: 'x', name: 'T' })).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
  await fleet.addSite({ id: 's2', company: 'c', name: 'S2' });
  await fleet.addSite({ id: 's3', company: 'c', name: 'S3' });
  await expect(fleet.addSite({ id: 's4', company: 'c', name: 'S4' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('the authority is the same after a restart, and its key is encrypted, for its owner alone', async () => {
  const folder = join(root, 'authority');
  const first = await Authority.open(folder, nowMs, vaultIn(folder));
  const second = await Authority.open(folder, nowMs, vaultIn(folder));
  expect(second.pem).toBe(first.pem);
  expect(readdirSync(folder).sort()).toEqual(['authority-key.sealed', 'authority.pem', 'vault.json']);
  expect(statSync(join(folder, 'authority-key.sealed')).mode & 0o077).toBe(0);
  writeFileSync(join(folder, 'authority-key.sealed'), 'nonsense');
  await expect(Authority.open(folder, nowMs, vaultIn(folder))).rejects.toMatchObject({ code: 'DATA_FOLDER' });
});

test.each(['authority.pem', 'authority-key.sealed'])('without %s nothing is made anew', async (name) => {
  const folder = mkdtempSync(join(root, 'half-'));
  await Authority.open(folder, nowMs, vaultIn(folder));
  rmSync(join(folder, name));
  await expect(Authority.open(folder, nowMs, vaultIn(folder))).rejects.toMatchObject({
    code: 'DATA_FOLDER',
    cause: expect.objectContaining({ message: expect.stringMatching(/missing.*backup/) }),
  });
});

test('presence follows the newest connection, and silence', () => {
  const presences = new Presences(clock);
  expect(presences.summary('a').presence).toBe('offline');
  presences.onConnect('a', 'first');
  presences.onConnect('a', 'second');
  presences.onDisconnect('a', 'first');
  expect(presences.summary('a').presence).toBe('connected');
  nowMs += 151_000;
  expect(presences.summary('a').presence).toBe('silent');
  presences.onBatch('a', 600, 6_000, nowMs - 4_000);
  expect(presences.summary('a')).toMatchObject({
    presence: 'connected',
    recordsPerSecond: 10,
    bytesPerSecond: 100,
    clockSkewMs: -4_000,
  });
  nowMs += 61_000;
  expect(presences.summary('a').recordsPerSecond).toBe(0);
  presences.onDisconnect('a', 'second');
  expect(presences.summary('a').presence).toBe('offline');
});

test('a site tells where it is and who connects it, and can be changed', async () => {
  const site = await fleet.addSite({ id: 't', company: 'c', name: 'T', prefecture: '岩手県', provider: 'フレッツ光' });
  expect(site).toMatchObject({ prefecture: '岩手県', provider: 'フレッツ光' });
  expect(await fleet.changeSite('t', { name: 'U', provider: '' })).toEqual({
    id: 't',
    name: 'U',
    company: { id: 'c', name: 'C' },
    created: site.created,
    prefecture: '岩手県',
  });
  expect((await fleet.listSites(['c'])).find(({ id }) => id === 't')).toMatchObject({
    name: 'U',
    prefecture: '岩手県',
  });
  expect(await fleet.changeCompany('c', { name: 'D' })).toMatchObject({ id: 'c', name: 'D' });
  expect((await fleet.listSites(undefined))[0]?.company).toEqual({ id: 'c', name: 'D' });
  await expect(fleet.changeSite('none', { name: 'x' })).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
  await expect(fleet.changeCompany('none', { name: 'x' })).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('a site that is removed takes its codes and the identity of its box with it', async () => {
  const { code: used } = await fleet.makeCode('s');
  const answer = await fleet.enrol(used, await requestFor());
  const { code } = await fleet.makeCode('s');
  expect(await fleet.removeSite('s')).toEqual({ company: 'c', agent: answer.agent });
  expect(fleet.identify(fingerprint(answer.certificate))).toBeUndefined();
  await expect(fleet.enrol(code, await requestFor())).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
  await fleet.addSite({ id: 's', company: 'c', name: 'S again' });
  await expect(fleet.enrol(code, await requestFor())).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
  await expect(fleet.renew(certificateOf(answer.certificate), await requestFor())).rejects.toMatchObject({
    code: 'IDENTITY_REVOKED',
  });
  expect(await state.tables.enrolments.list()).toEqual([]);
  await expect(fleet.removeSite('none')).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('a box that enrols while its site is removed is nobody', async () => {
  const { code } = await fleet.makeCode('s');
  const request = await requestFor();
  const [enrolled] = await Promise.allSettled([fleet.enrol(code, request), fleet.removeSite('s')]);
  const holds = enrolled.status === 'fulfilled' && fleet.identify(fingerprint(enrolled.value.certificate));
  expect(holds || undefined).toBeUndefined();
  expect([...fleet.agents]).toEqual([]);
});

test('a company is removed when it is empty, and nobody gets its id and its records after it', async () => {
  await expect(fleet.removeCompany('c')).rejects.toMatchObject({ code: 'FLEET_NOT_EMPTY' });
  await fleet.removeSite('s');
  await fleet.removeCompany('c');
  expect(await fleet.listCompanies(undefined)).toEqual([]);
  await expect(fleet.addCompany({ id: 'c', name: 'Another' })).rejects.toMatchObject({ code: 'FLEET_EXISTS' });
  await expect(fleet.addSite({ company: 'c', name: 'x' })).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
  await expect(fleet.changeCompany('c', { name: 'x' })).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
  await expect(fleet.removeCompany('c')).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('the vault seals the small secrets of others, each for its own name', () => {
  const sealed = fleet.vault.sealText('totp:hanako', 'ABC');
  expect(sealed).not.toContain('ABC');
  expect(fleet.vault.openText('totp:hanako', sealed)).toBe('ABC');
  expect(fleet.vault.openText('totp:taro', sealed)).toBeUndefined();
  for (const broken of ['', 'x', '{}', sealed.slice(0, -1), sealed.replace(/"tag":"../, '"tag":"zz')])
    expect(fleet.vault.openText('totp:hanako', broken)).toBeUndefined();
});

test('an authority from before, in plain and without a signer, is the same afterwards, and encrypted', async () => {
  const folder = mkdtempSync(join(root, 'plain-'));
  const { pem } = await Authority.open(folder, nowMs, vaultIn(folder));
  writeFileSync(join(folder, 'authority-key.pem'), vaultIn(folder).read('authority-key'), { mode: 0o600 });
  for (const name of ['vault.json', 'authority-key.sealed']) rmSync(join(folder, name));
  const later = new Fleet({ codeHours: 24, certificateDays: 30, sitesMax: 3 }, folder, {
    ...{ clock, random: Math.random, log: silentLogger },
    ...state.tables,
    secret: testSecret,
  });
  await later.start();
  await later.close();
  expect(later.authority.pem).toBe(pem);
  expect(readdirSync(folder).sort()).toEqual([
    ...['authority-key.sealed', 'authority.pem', 'signer-key.sealed', 'signer.pem', 'vault.json'],
  ]);
});

test('an authority that is gone is not made anew while boxes know it', async () => {
  await fleet.enrol((await fleet.makeCode('s')).code, await requestFor());
  const empty = new Fleet({ codeHours: 24, certificateDays: 30, sitesMax: 3 }, mkdtempSync(join(root, 'gone-')), {
    ...{ clock, random: Math.random, log: silentLogger },
    ...state.tables,
    secret: testSecret,
  });
  await expect(empty.start()).rejects.toMatchObject({ code: 'DATA_FOLDER', message: expect.stringMatching(/1 boxes/) });
});

test('codes of a site are limited by the hour, and those that have expired are removed', async () => {
  for (let index = 0; index < 10; index++) await fleet.makeCode('s');
  await expect(fleet.makeCode('s')).rejects.toMatchObject({ code: 'FLEET_LIMITED' });
  expect(await state.tables.enrolments.list()).toHaveLength(10);
  nowMs += DAY_MS;
  await fleet.makeCode('s');
  const again = new Fleet({ codeHours: 24, certificateDays: 30, sitesMax: 3 }, mkdtempSync(join(root, 'p-')), {
    ...{ clock, random: Math.random, log: silentLogger },
    ...state.tables,
    secret: testSecret,
  });
  await again.start();
  await again.close();
  expect(await state.tables.enrolments.list()).toHaveLength(1);
});

test('a certificate that is younger than the state knows renews; an older one, or of a revoked box, does not', async () => {
  const { agent, certificate } = await fleet.enrol((await fleet.makeCode('s')).code, await requestFor());
  const backup = (await state.tables.agents.get(agent))!;
  nowMs += DAY_MS;
  const renewed = await fleet.renew(certificateOf(certificate), await requestFor());
  await fleet.confirm({ agent, certificate: fingerprint(renewed.certificate) });
  await expect(fleet.renew(certificateOf(certificate), await requestFor())).rejects.toMatchObject({
    code: 'IDENTITY_UNKNOWN',
  });
  await fleet.close();
  await state.tables.agents.put(agent, backup);
  const restored = new Fleet({ codeHours: 24, certificateDays: 30, sitesMax: 3 }, fleetFolder, {
    ...{ clock, random: Math.random, log: silentLogger },
    ...state.tables,
    secret: testSecret,
  });
  await restored.start();
  expect(restored.identify(fingerprint(renewed.certificate))).toBeUndefined();
  const again = await restored.renew(certificateOf(renewed.certificate), await requestFor());
  expect(restored.identify(fingerprint(again.certificate))?.agent).toBe(agent);
  await restored.revoke(agent);
  await expect(restored.renew(certificateOf(again.certificate), await requestFor())).rejects.toMatchObject({
    code: 'IDENTITY_REVOKED',
  });
  await restored.close();
});
