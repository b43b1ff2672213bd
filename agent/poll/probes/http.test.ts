import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import { createServer as createRaw, type Socket } from 'node:net';
import { X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { probeOnce, targetOf } from '../testing/peers.js';

const DAY_MS = 86_400_000;
type Serve = (request: IncomingMessage, response: ServerResponse) => void;

interface Pair {
  readonly key: string;
  readonly cert: string;
  readonly sha256: string;
}

async function makePair(days: number): Promise<Pair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=nas.example',
    notBefore: new Date(Date.now() - 30 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS + 3_600_000),
    signingAlgorithm: algorithm,
    keys,
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const print = Buffer.from(await webcrypto.subtle.digest('SHA-256', certificate.rawData));
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`,
    cert: new X509Certificate(certificate.rawData).toString('pem'),
    sha256: print.toString('hex').toUpperCase(),
  };
}

let long: Pair;
let short: Pair;
let past: Pair;
beforeAll(async () => {
  [long, short, past] = await Promise.all([makePair(90), makePair(5), makePair(-2)]);
});

const servers: { close(done: () => void): unknown; closeAllConnections?(): void }[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    await new Promise<void>((resolve) => server.close(resolve));
  }
});

async function portOf(server: Server | ReturnType<typeof createRaw>): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}
const plain = async (serve: Serve): Promise<string> => `http://127.0.0.1:${await portOf(createPlain(serve))}/`;
const tls = async ({ key, cert }: Pair, serve: Serve = (_, response) => void response.end('ok')): Promise<string> =>
  `https://127.0.0.1:${await portOf(createTls({ key, cert }, serve))}/`;
const ask = (url: string, more: object = {}, timeoutMs = 8_000) =>
  probeOnce(targetOf({ timeoutMs, http: { url, ...more } }));

test('a page is up, with its status and time; what stands behind the question mark is not told', async () => {
  const url = await plain((_, response) => void response.end('ok'));
  const result = await ask(`${url}a?token=himitsu`);
  expect(result).toMatchObject({
    outcome: 'good',
    facts: { 'http.response.status_code': 200, 'url.original': `${url}a`, 'host.ip': ['127.0.0.1'] },
  });
  expect(JSON.stringify(result)).not.toContain('himitsu');
});

test('an error of the server is a failure, unless it is what is expected', async () => {
  const url = await plain((_, response) => void response.writeHead(503).end());
  expect(await ask(url)).toMatchObject({ outcome: 'bad', reason: 'status-unexpected' });
  expect(await ask(url, { status: [503] })).toMatchObject({ outcome: 'good' });
});

test('a certificate that nobody vouches for is refused, accepted without verify, and by its pin', async () => {
  const url = await tls(long);
  expect(await ask(url)).toMatchObject({ outcome: 'bad', reason: 'certificate-untrusted' });
  expect(await ask(url, { verify: false })).toMatchObject({
    outcome: 'good',
    facts: {
      'hinomi.endpoint.certificate_days': 90,
      'tls.server.hash.sha256': long.sha256,
      'tls.server.subject': 'CN=nas.example',
      'tls.version': '1.3',
    },
  });
  expect(await ask(url, { pinSha256: long.sha256.toLowerCase() })).toMatchObject({ outcome: 'good' });
});

test('another certificate than the pinned one is told', async () => {
  const result = await ask(await tls(short), { pinSha256: long.sha256 });
  expect(result).toMatchObject({ outcome: 'bad', reason: 'certificate-changed' });
});

test('a certificate that expires soon is a trouble, one that has expired a failure', async () => {
  expect(await ask(await tls(short), { verify: false })).toMatchObject({
    ...{ outcome: 'warn', reason: 'certificate-expiring' },
    facts: { 'hinomi.endpoint.certificate_days': 5 },
  });
  expect(await ask(await tls(past), { verify: false })).toMatchObject({
    outcome: 'bad',
    reason: 'certificate-expired',
  });
});

test('a redirect is followed on the same host only', async () => {
  let asked = 0;
  const other = await plain((_, response) => {
    asked += 1;
    response.end();
  });
  const url = await plain((request, response) => {
    const to = request.url === '/' ? '/in' : other.replace('127.0.0.1', 'localhost');
    response.writeHead(302, { location: to }).end();
  });
  expect(await ask(url)).toMatchObject({ outcome: 'good', facts: { 'http.response.status_code': 302 } });
  expect(asked).toBe(0);
});

test('a redirect without an end is left', async () => {
  const url = await plain((_, response) => void response.writeHead(302, { location: '/' }).end());
  expect(await ask(url)).toMatchObject({ outcome: 'bad', reason: 'redirects-many' });
});

test('a page without an end is not read to its end', async () => {
  let sent = 0;
  const url = await plain((_, response) => {
    const pour = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
    };
    response.on('drain', pour);
    pour();
  });
  expect(await ask(url)).toMatchObject({ outcome: 'good' });
  expect(sent).toBeLessThan(16 * 2 ** 20);
});

test.each([
  ['never answers', () => {}, 'timeout'],
  ['closes', (socket: Socket) => socket.destroy(), 'closed-early|reset'],
  ['speaks something else', (socket: Socket) => socket.write('SSH-2.0-x\r\n\r\n'), 'malformed'],
  ['stops in the head', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nA: '), 'timeout'],
  ['stops in the page', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'), 'timeout'],
  ['has a head without an end', (socket: Socket) => void pourHead(socket), 'too-large|malformed'],
])('a server that %s is down', async (_name, serve, reason) => {
  const url = `http://127.0.0.1:${await portOf(createRaw((socket) => void socket.once('data', () => serve(socket))))}/`;
  const result = await ask(url, {}, 1_500);
  expect(result.outcome).toBe('bad');
  expect(result.reason).toMatch(new RegExp(`^(${reason})$`));
});

function pourHead(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n');
  const pour = (): void => {
    while (!socket.destroyed && socket.write(`x-${'a'.repeat(1_000)}: b\r\n`));
  };
  socket.on('drain', pour);
  pour();
}

test('a port without TLS is told as that', async () => {
  const url = await plain((_, response) => void response.end());
  expect(await ask(url.replace('http:', 'https:'), { verify: false })).toMatchObject({
    outcome: 'bad',
    reason: 'tls-failed',
  });
});
