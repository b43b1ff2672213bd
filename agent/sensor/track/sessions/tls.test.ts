import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureVersion, TLSSocket } from 'node:tls';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { httpRequest, tlsClientHello, tlsData, tlsServerHello } from '../../../../scripts/traffic/applications.js';
import { quicInitials } from '../../../../scripts/traffic/quic.js';
import { Random } from '../../../../scripts/traffic/random.js';
import { overTcp, overUdp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Side, Step } from '../../../../scripts/traffic/tcp.js';

let certificate: string;
let key: string;

beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=www.example.jp, O=Example\\, Inc., C=JP',
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2027-01-01T00:00:00Z'),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'www.example.jp' }])],
  });
  certificate = made.toString('pem');
  key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
});

/** A packet of QUIC behind its handshake. RFC 9000 17.3.1. */
const SHORT = Buffer.concat([Buffer.of(0x43), Buffer.alloc(60, 7)]);

/** Two ends in memory; what each writes is noted, and read by the other. */
function pair(note: (from: Side, bytes: Buffer) => void): [Duplex, Duplex] {
  const end = (from: Side, other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        note(from, chunk);
        other().push(chunk);
        done();
      },
    });
  const client: Duplex = end('client', () => server);
  const server: Duplex = end('server', () => client);
  return [client, server];
}

/** A real handshake of Node's own TLS, and the bytes of both sides. */
async function handshake(version: SecureVersion, alpn: string[] = ['h2', 'http/1.1']): Promise<Step[]> {
  const steps: [Side, Buffer][] = [];
  const [client, server] = pair((from, bytes) => steps.push([from, Buffer.from(bytes)]));
  const secureContext = createSecureContext({ cert: certificate, key, minVersion: version, maxVersion: version });
  const accepted = new TLSSocket(server, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
  const socket = connect({
    socket: client,
    servername: 'www.example.jp',
    rejectUnauthorized: false,
    ALPNProtocols: alpn,
    minVersion: version,
    maxVersion: version,
  });
  accepted.on('data', () => accepted.end('answer'));
  socket.write('question');
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  socket.destroy();
  accepted.destroy();
  return steps;
}

const tlsOf = (records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === 'tls');

describe('a real handshake', () => {
  test('of 1.2 is told with its certificate', async () => {
    const [record, ...more] = tlsOf(recordsOf(overTcp(await handshake('TLSv1.2'))));
    const der = new x509.X509Certificate(certificate).rawData;
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      'tls.version': '1.2',
      'tls.version_protocol': 'tls',
      'tls.client.server_name': 'www.example.jp',
      'tls.next_protocol': 'http/1.1',
      'tls.established': true,
      'tls.resumed': false,
      'tls.server.subject': 'C=JP,O=Example\\, Inc.,CN=www.example.jp',
      'tls.server.not_after': '2027-01-01T00:00:00.000Z',
      'tls.server.hash.sha256': createHash('sha256').update(Buffer.from(der)).digest('hex').toUpperCase(),
      'hinomi.tls.alpn': ['h2', 'http/1.1'],
      'hinomi.tls.subject_alternative_names': ['www.example.jp'],
      'network.protocol': 'tls',
      'source.port': 40_000,
    });
    expect(record?.['tls.cipher']).toMatch(/^TLS_ECDHE_ECDSA_WITH_/);
    expect(record?.['tls.client.ja4']).toMatch(/^t12d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
  });

  test('of 1.3 hides its certificate', async () => {
    const [record] = tlsOf(recordsOf(overTcp(await handshake('TLSv1.3'), { serverPort: 8_443 })));
    expect(record).toMatchObject({
      'tls.version': '1.3',
      'tls.established': true,
      'tls.client.server_name': 'www.example.jp',
    });
    expect(record?.['tls.cipher']).toMatch(/^TLS_(AES|CHACHA20)/);
    expect(record).not.toHaveProperty(['tls.server.subject']);
  });

  test('in pieces of any size is the same', async () => {
    const steps = await handshake('TLSv1.2');
    const whole = tlsOf(recordsOf(overTcp(steps)))[0];
    for (const size of [1, 3, 7, 100]) {
      const pieces = steps.flatMap(([from, bytes]) => {
        const list: Step[] = [];
        for (let at = 0; at < bytes.length; at += size) list.push([from, bytes.subarray(at, at + size)]);
        return list;
      });
      // Its time is that of the piece by which it was known.
      const inPieces = { ...tlsOf(recordsOf(overTcp(pieces)))[0], '@timestamp': whole?.['@timestamp'] };
      expect(inPieces).toEqual(whole);
    }
  }, 30_000);

  test('behind STARTTLS of a protocol that nobody knows is seen', async () => {
    const greeting: Step[] = [
      ['server', Buffer.from('\x02\x01\x00hello, speak\n')],
      ['client', Buffer.from('\x01\x07\x00go over\n')],
    ];
    const records = recordsOf(overTcp([...greeting, ...(await handshake('TLSv1.2'))], { serverPort: 9_999 }));
    expect(tlsOf(records)).toMatchObject([{ 'tls.client.server_name': 'www.example.jp', 'tls.established': true }]);
  });

  test("behind a proxy's CONNECT is seen, beside the request", async () => {
    const proxy: Step[] = [
      ['client', Buffer.from('CONNECT www.example.jp:443 HTTP/1.1\r\nHost: www.example.jp:443\r\n\r\n')],
      ['server', Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n')],
    ];
    const records = recordsOf(overTcp([...proxy, ...(await handshake('TLSv1.3'))], { serverPort: 3_128 }));
    expect(tlsOf(records)).toMatchObject([{ 'tls.client.server_name': 'www.example.jp' }]);
    expect(records.find((record) => record['event.dataset'] === 'http')).toMatchObject({
      'http.request.method': 'CONNECT',
      'url.domain': 'www.example.jp',
      'url.port': 443,
      'http.response.status_code': 200,
    });
  });
});

test('a handshake that fails is told with its alert', () => {
  const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);
  const records = recordsOf(
    overTcp([
      ['client', tlsClientHello('www.example.jp', new Random(1))],
      ['server', alert],
    ]),
  );
  expect(tlsOf(records)).toMatchObject([{ 'tls.established': false, 'hinomi.tls.alert': 'handshake_failure' }]);
});

test('a hello alone is told when the flow ends', () => {
  const records = recordsOf(overTcp([['client', tlsClientHello('only.example.jp', new Random(1))]]));
  expect(tlsOf(records)).toMatchObject([{ 'tls.client.server_name': 'only.example.jp', 'tls.established': false }]);
  expect(tlsOf(records)[0]).not.toHaveProperty(['tls.version']);
});

test('QUIC tells its connection ids, and the protocol only where there was no choice', () => {
  const { client, server } = quicInitials('quic.example.jp', new Random(4));
  const [record] = tlsOf(
    recordsOf(
      overUdp([
        ['client', client],
        ['server', server],
        ['client', SHORT],
      ]),
    ),
  );
  const destination = client.subarray(6, 6 + client[5]!).toString('hex');
  const own = client.subarray(7 + client[5]!, 7 + client[5]! + client[6 + client[5]!]!).toString('hex');
  expect(record).toMatchObject({
    'hinomi.quic.client_initial_id': destination,
    'hinomi.quic.client_id': own,
    'hinomi.quic.server_id': destination,
    'hinomi.tls.alpn': ['h2', 'http/1.1'],
  });
  expect(record).not.toHaveProperty('tls.next_protocol');
});

test.each([
  [
    'sent anew after a Retry',
    (first: Buffer, retry: Buffer, again: Buffer) =>
      [
        ['client', first],
        ['server', retry],
        ['client', again],
      ] as const,
  ],
  [
    'sent twice',
    (first: Buffer) =>
      [
        ['client', first],
        ['client', first],
      ] as const,
  ],
])('a hello of QUIC %s is one', (_how, stepsOf) => {
  const first = quicInitials('quic.example.jp', new Random(4));
  const again = quicInitials('quic.example.jp', new Random(5));
  const retry = Buffer.concat([
    Buffer.from('f00000000108', 'hex'),
    Buffer.alloc(8, 1),
    Buffer.of(8),
    Buffer.alloc(60, 2),
  ]);
  const records = tlsOf(recordsOf(overUdp(stepsOf(first.client, retry, again.client))));
  expect(records).toMatchObject([{ 'tls.client.server_name': 'quic.example.jp', 'tls.established': false }]);
});

test('the Initials of QUIC are read, and the rest is left alone', () => {
  const { client, server } = quicInitials('quic.example.jp', new Random(4));
  const records = recordsOf(
    overUdp([
      ['client', client],
      ['server', server],
      ['server', Buffer.concat([Buffer.of(0x43), Buffer.alloc(900, 9)])],
      ['client', SHORT],
    ]),
  );
  expect(tlsOf(records)).toMatchObject([
    {
      'network.protocol': 'quic',
      'tls.client.server_name': 'quic.example.jp',
      'tls.version': '1.3',
      'tls.established': true,
      'hinomi.quic.version': '1',
    },
  ]);
  expect(tlsOf(records)[0]?.['tls.client.ja4']).toMatch(/^q13d/);
});

test('a QUIC server may grease the fixed bit', () => {
  const { client, server } = quicInitials('quic.example.jp', new Random(4), 0);
  const records = recordsOf(
    overUdp([
      ['client', client],
      ['server', server],
    ]),
  );
  expect(tlsOf(records)).toMatchObject([{ 'tls.client.server_name': 'quic.example.jp', 'tls.version': '1.3' }]);
});

describe('whatever comes', () => {
  const random = new Random(9);
  const streams: readonly Step[][] = [
    [
      ['client', tlsClientHello('www.example.jp', random)],
      ['server', tlsServerHello(random)],
      ['client', tlsData(100, 1)],
    ],
    [['client', httpRequest('www.example.jp', '/')]],
  ];
  test('changed bytes make no crash and no wrong record', () => {
    const change = fc.record({ step: fc.nat(2), at: fc.nat(2_000), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.nat(1), fc.array(change, { minLength: 1, maxLength: 10 }), (index, changes) => {
        const steps = streams[index]!.map(([from, bytes]): [Side, Buffer] => [from, Buffer.from(bytes)]);
        for (const { step, at, value } of changes) {
          const bytes = steps[step % steps.length]![1];
          bytes[at % bytes.length] = value;
        }
        recordsOf(overTcp(steps));
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  test('of QUIC as well', () => {
    const { client, server } = quicInitials('quic.example.jp', random);
    fc.assert(
      fc.property(fc.nat(1_199), fc.integer({ min: 0, max: 255 }), fc.nat(1_200), (at, value, end) => {
        const changed = Buffer.from(client);
        changed[at] = value;
        recordsOf(
          overUdp([
            ['client', changed],
            ['client', client.subarray(0, end)],
            ['server', server],
          ]),
        );
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

describe('SSL 2.0', () => {
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
  const HELLO = hex('801f 01 0002 0006 0000 0010 010080 0700c0 000102030405060708090a0b0c0d0e0f');
  const SECRET = hex('0008 02 a1b2c3d4e5f6a7b8');
  const KEY = hex('800e 02 0700c0 0000 0004 0000 00000000');
  const serverHello = (der: Buffer): Buffer => {
    const body = Buffer.concat([
      hex('04 00 01 0002'),
      Buffer.of(der.length >> 8, der.length & 255),
      hex('0003 0002'),
      der,
      hex('0700c0 0000'),
    ]);
    return Buffer.concat([Buffer.of(0x80 | (body.length >> 8), body.length & 255), body]);
  };
  const tlsOf = (steps: Step[]): AnyRecord[] =>
    recordsOf(overTcp(steps)).filter((record) => record['event.dataset'] === 'tls');
  const der = (): Buffer => Buffer.from(certificate.replaceAll(/-----[A-Z ]*-----|\s/g, ''), 'base64');

  test('is told with its cipher and certificate', () => {
    const steps: Step[] = [
      ['client', HELLO],
      ['server', serverHello(der())],
      ['client', KEY],
      ['server', SECRET],
      ['client', SECRET],
    ];
    expect(tlsOf(steps)).toMatchObject([
      {
        'tls.version': '2.0',
        'tls.version_protocol': 'ssl',
        'tls.cipher': 'SSL_CK_DES_192_EDE3_CBC_WITH_MD5',
        'tls.established': true,
        'tls.resumed': false,
        'tls.server.subject': 'C=JP,O=Example\\, Inc.,CN=www.example.jp',
      },
    ]);
  });

  test('cut or with lengths that lie is told as far as it came', () => {
    const answer = serverHello(der());
    for (let size = 0; size < answer.length; size += 11) {
      const steps: Step[] = [
        ['client', HELLO],
        ['server', answer.subarray(0, size)],
      ];
      expect(tlsOf(steps).map((record) => record['tls.version'])).toEqual([undefined]);
    }
    const liar = Buffer.from(answer);
    liar.writeUInt16BE(0xffff, 7);
    expect(
      tlsOf([
        ['client', HELLO],
        ['server', liar],
      ]),
    ).toMatchObject([{ 'tls.established': false }]);
  });
});
