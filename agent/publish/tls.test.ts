import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { createServer, type TLSSocket } from 'node:tls';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { Aedes } from 'aedes';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { dialBroker } from '../enrol/dial.js';
import { TrustedTime } from '../enrol/trusted-time.js';
import { PublishConfig, Publisher } from './publisher.js';

const crypto = webcrypto as Crypto;
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const PERIOD = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
const NOTHING = { epoch: 'e', backlog: [], next: () => undefined, read: async () => undefined };
const EMPTY_SOURCE = { ...NOTHING, ack: () => true, onStored() {}, beginGeneration() {} };

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const makeKeys = () => crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
const keyPem = (key: CryptoKey): string =>
  String(KeyObject.from(key as webcrypto.CryptoKey).export({ type: 'pkcs8', format: 'pem' }));

async function makeAuthority() {
  const keys = await makeKeys();
  const extensions = [new BasicConstraintsExtension(true, 0, true)];
  const name = { name: 'CN=authority', keys, signingAlgorithm: P256, extensions };
  const certificate = await X509CertificateGenerator.createSelfSigned({ ...name, ...PERIOD }, crypto);
  return {
    pem: certificate.toString('pem'),
    async issue(usage: ExtendedKeyUsage, host: string) {
      const own = await makeKeys();
      const extensions = [
        new ExtendedKeyUsageExtension([usage]),
        new SubjectAlternativeNameExtension([{ type: 'ip', value: host }]),
      ];
      const subject = {
        subject: 'CN=x',
        issuer: 'CN=authority',
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
      };
      const issued = await X509CertificateGenerator.create(
        { ...subject, signingAlgorithm: P256, extensions, ...PERIOD },
        crypto,
      );
      return { key: keyPem(own.privateKey), cert: issued.toString('pem') };
    },
  };
}

type Authority = Awaited<ReturnType<typeof makeAuthority>>;

/** A broker that asks for client certificates. @returns its port and the protocols of the connections it took */
async function startBroker(authority: Authority, host = '127.0.0.1', usage = ExtendedKeyUsage.serverAuth) {
  const aedes = await Aedes.createBroker();
  const identity = await authority.issue(usage, host);
  const taken: (string | null)[] = [];
  const options = { ...identity, ca: authority.pem, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (socket: TLSSocket) => {
    taken.push(socket.getProtocol());
    aedes.handle(socket);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  });
  return { port: (server.address() as { port: number }).port, taken };
}

async function startPublisher(port: number, authority: Authority, issuer = authority): Promise<Publisher> {
  const { key, cert: certificate } = await issuer.issue(ExtendedKeyUsage.clientAuth, '127.0.0.2');
  const names = { site: 'site', agent: 'agent', mqttUrl: `mqtts://127.0.0.1:${port}` };
  const publisher = new Publisher(loadConfig(PublishConfig, { overrides: { drainMsMax: 0, firstMsMax: 0 } }), {
    clock: systemClock,
    random: Math.random,
    log: silentLogger,
    source: EMPTY_SOURCE,
    identity: names,
    dial: (url, msMax) =>
      dialBroker(
        url,
        { key, certificate, authority: authority.pem },
        new TrustedTime(systemClock),
        msMax,
        async () => {},
      ),
    version: '0',
    boot: 'b',
  });
  await publisher.start();
  cleanUps.push(() => publisher.close());
  return publisher;
}

test('connects by TLS 1.3 with its certificate, to a collector of its authority', async () => {
  const authority = await makeAuthority();
  const { port, taken } = await startBroker(authority);
  const publisher = await startPublisher(port, authority);
  await expect.poll(() => publisher.stats().state).toBe('connected');
  expect(taken).toEqual(['TLSv1.3']);
});

test.each([
  ['another authority', /signature of our authority/, async () => startBroker(await makeAuthority())],
  ['another address', /other names/, async (own: Authority) => startBroker(own, '127.0.0.9')],
  [
    'an agent’s certificate',
    /another purpose/,
    async (own: Authority) => startBroker(own, '127.0.0.1', ExtendedKeyUsage.clientAuth),
  ],
])('a collector with %s is not spoken to', async (_name, reason, start) => {
  const authority = await makeAuthority();
  const { port } = await start(authority);
  const publisher = await startPublisher(port, authority);
  await expect.poll(() => publisher.stats().lastError).toMatch(reason);
  expect(publisher.stats().connections).toBe(0);
});

test('a certificate that the collector refuses is said, and tried again', async () => {
  const authority = await makeAuthority();
  const { port } = await startBroker(authority);
  const publisher = await startPublisher(port, authority, await makeAuthority());
  await expect.poll(() => publisher.stats().failedAttempts, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(publisher.stats().connections).toBe(0);
});
