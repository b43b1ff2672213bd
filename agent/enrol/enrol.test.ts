import 'reflect-metadata';
import { createPrivateKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Pkcs10CertificateRequest,
  PublicKey,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EnrolRequest } from '../../protocol/api/fleet.js';
import { ENROLMENT_RANDOM_BYTES, fingerprintOfAuthority, makeEnrolmentCode } from '../../protocol/enrolment-code.js';
import { enrol, readIdentity } from './enrol.js';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const PERIOD = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
const crypto = webcrypto as Crypto;

interface Authority {
  readonly pem: string;
  readonly signer: string;
  readonly code: string;
  sign(csr: string): Promise<string>;
}

async function makeAuthority(): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: 'CN=test', keys, signingAlgorithm: P256, ...PERIOD },
    crypto,
  );
  const signer = await X509CertificateGenerator.create(
    {
      ...{ subject: 'CN=signer', issuer: 'CN=test', signingKey: keys.privateKey, signingAlgorithm: P256, ...PERIOD },
      publicKey: new PublicKey(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })),
      extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning])],
    },
    crypto,
  );
  return {
    pem: certificate.toString('pem'),
    signer: signer.toString('pem'),
    code: makeEnrolmentCode(
      crypto.getRandomValues(new Uint8Array(ENROLMENT_RANDOM_BYTES)),
      fingerprintOfAuthority(new Uint8Array(certificate.rawData)),
    ),
    async sign(csr) {
      const request = new Pkcs10CertificateRequest(csr);
      expect(await request.verify(crypto)).toBe(true);
      const { privateKey: signingKey } = keys;
      const publicKey = await request.publicKey.export(P256, ['verify'], crypto);
      const subject = { subject: 'CN=agent', issuer: 'CN=test', publicKey, signingKey, signingAlgorithm: P256 };
      return (await X509CertificateGenerator.create({ ...subject, ...PERIOD }, crypto)).toString('pem');
    },
  };
}

let authority: Authority;
let server: Server;
let collector: string;
let folder: string;
let answer: (request: EnrolRequest) => Promise<[number, object]>;
let requests = 0;

beforeAll(async () => {
  authority = await makeAuthority();
  server = createServer(async (request, response) => {
    requests += 1;
    let text = '';
    for await (const part of request) text += part;
    const [status, body] = await answer(JSON.parse(text));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  collector = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  requests = 0;
  folder = mkdtempSync(join(tmpdir(), 'enrol-'));
  answer = async ({ csr }) => [201, await accepted(csr)];
});
afterEach(() => rmSync(folder, { recursive: true }));

const accepted = async (csr: string) => ({
  site: 'site-1',
  agent: 'agent-1',
  certificate: await authority.sign(csr),
  authority: authority.pem,
  signer: authority.signer,
  issued: '2026-11-25T00:00:00.000Z',
  mqttUrl: 'mqtts://127.0.0.1:8883',
  gateUrl: 'https://127.0.0.1:8443',
});
const attempt = (more: object = {}) =>
  enrol({ collector, code: authority.code, dataFolder: folder, force: false, nowMs: 0, ...more });

test('keeps a key that only the owner can read, and the certificate for it', async () => {
  await attempt();
  expect(readIdentity(folder)).toMatchObject({ site: 'site-1', agent: 'agent-1', collectorUrl: collector });
  const path = join(folder, 'identity', 'key.pem');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(createPrivateKey(readFileSync(path)).asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
});

test('a typing error is found before anything is sent', async () => {
  const code = authority.code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  await expect(attempt({ code })).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
  expect(requests).toBe(0);
});

test('an authority that the code does not name is refused, and nothing is kept', async () => {
  const impostor = await makeAuthority();
  answer = async ({ csr }) => [
    200,
    { ...(await accepted(csr)), certificate: await impostor.sign(csr), authority: impostor.pem },
  ];
  await expect(attempt()).rejects.toMatchObject({
    code: 'ENROL_REFUSED',
    message: expect.stringMatching(/another computer/),
  });
  expect(() => readIdentity(folder)).toThrow(/no identity/);
});

test('a certificate for another key is refused', async () => {
  let first = '';
  answer = async ({ csr }) => [200, await accepted((first ||= csr))];
  await attempt();
  await expect(attempt({ force: true })).rejects.toMatchObject({ code: 'ENROL_REFUSED' });
});

test('a code that was used or has expired is said so', async () => {
  answer = async () => [400, { code: 'ENROL_CODE_INVALID', message: 'the code has expired', remedy: '' }];
  await expect(attempt()).rejects.toMatchObject({
    code: 'ENROL_CODE_INVALID',
    message: expect.stringMatching(/expired/),
  });
});

test('an identity is replaced only when that is asked for', async () => {
  await attempt();
  await expect(attempt()).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/--force/) });
  await attempt({ force: true });
  expect(requests).toBe(2);
});

test('a replacement that fails leaves the identity as it was', async () => {
  await attempt();
  const before = readIdentity(folder);
  const typo = authority.code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  await expect(attempt({ force: true, code: typo })).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
  answer = async () => [400, { code: 'ENROL_CODE_INVALID', message: 'this code was used', remedy: '' }];
  await expect(attempt({ force: true })).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
  answer = async ({ csr }) => [201, { ...(await accepted(csr)), certificate: 'nonsense' }];
  await expect(attempt({ force: true })).rejects.toMatchObject({ code: 'ENROL_REFUSED' });
  expect(readIdentity(folder)).toEqual(before);
});

test('an answer that makes no sense, or is endless, is refused', async () => {
  answer = async () => [200, { site: '../..' }];
  await expect(attempt()).rejects.toMatchObject({ code: 'ENROL_REFUSED' });
  answer = async () => [200, { site: 'x'.repeat(100_000) }];
  await expect(attempt()).rejects.toMatchObject({ code: 'PUBLISH_UNREACHABLE' });
});

test('a signer that the authority does not know is refused', async () => {
  const impostor = await makeAuthority();
  answer = async ({ csr }) => [200, { ...(await accepted(csr)), signer: impostor.signer }];
  await expect(attempt()).rejects.toMatchObject({ code: 'ENROL_REFUSED', message: expect.stringMatching(/signer/) });
});

test.each(['http://192.0.2.1:8080', 'http://collector.example', 'ftp://127.0.0.1', 'nonsense'])(
  'without TLS only this machine itself is asked: not %s',
  async (elsewhere) => {
    await expect(attempt({ collector: elsewhere })).rejects.toMatchObject({ code: 'USAGE' });
  },
);

test('a collector that is not there is said so', async () => {
  await expect(attempt({ collector: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'PUBLISH_UNREACHABLE' });
});
