import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../protocol/records/records.js';
import { tlsClientHello } from '../../../scripts/traffic/applications.js';
import { Random } from '../../../scripts/traffic/random.js';
import { overTcp, overUdp, recordsOf } from '../../../scripts/traffic/records.js';
import { encode, hex, name, QR, string, type TestRecord, words } from '../testing/dns-message.js';

const QUESTION = { name: name('www.example.jp'), type: 1 };
const ASK = encode({ questions: [QUESTION] });
const ANSWER = encode({ flags: QR | 0x180, questions: [QUESTION], answers: [{ type: 1, data: hex('c0000201') }] });
const framed = (message: Buffer): Buffer => Buffer.concat([words(message.length), message]);
const of = (dataset: string, records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === dataset);

/** RFC 6891 6.1.2. */
function opt(udpBytes: number, ...options: readonly (readonly [code: number, data: string])[]): TestRecord {
  const data = options.map(([code, bytes]) => Buffer.concat([words(code, hex(bytes).length), hex(bytes)]));
  return { name: name(''), type: 41, class: udpBytes, ttl: 0, data: Buffer.concat(data) };
}

function answered(query: TestRecord, response: TestRecord): AnyRecord | undefined {
  const ask = encode({ questions: [QUESTION], additional: [query] });
  const answer = encode({ flags: QR, questions: [QUESTION], additional: [response] });
  return of(
    'dns',
    recordsOf(
      overUdp(
        [
          ['client', ask],
          ['server', answer],
        ],
        { serverPort: 53 },
      ),
    ),
  )[0];
}

describe('EDNS', () => {
  test('tells what the asking side takes, and for whom it asks', () => {
    expect(answered(opt(1_232, [10, '0102030405060708'], [8, '0001 18 00 c63364']), opt(4_096))).toMatchObject({
      'hinomi.dns.udp_size': 1_232,
      'hinomi.dns.client_subnet': '198.51.100.0/24',
    });
    expect(answered(opt(512, [8, '0002 20 00 20010db8']), opt(512))).toMatchObject({
      'hinomi.dns.client_subnet': '2001:db8::/32',
    });
  });

  test('tells why there is no better answer', () => {
    const told = (data: string): unknown => answered(opt(512), opt(512, [15, data]))?.['hinomi.dns.extended_error'];
    expect(told(`000f ${Buffer.from('by policy').toString('hex')}`)).toBe('Blocked: by policy');
    expect(told('0011')).toBe('Filtered');
    expect(told('fff0')).toBe('65520');
    expect(told('00')).toBeUndefined();
  });

  test('whatever its options say', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const record = answered({ ...opt(512), data: Buffer.from(bytes) }, opt(512));
        expect(record?.['hinomi.dns.udp_size']).toBe(512);
      }),
      { numRuns: 50 },
    );
  });
});

test('a dynamic update tells what is to be changed', () => {
  const update = encode({
    flags: 5 << 11,
    questions: [{ name: name('example.jp'), type: 6 }],
    authority: [{ name: name('pc1.example.jp'), type: 1, ttl: 1_200, data: hex('c0a80117') }],
  });
  const done = encode({ flags: QR | (5 << 11), questions: [{ name: name('example.jp'), type: 6 }] });
  expect(
    of(
      'dns',
      recordsOf(
        overUdp(
          [
            ['client', update],
            ['server', done],
          ],
          { serverPort: 53 },
        ),
      ),
    ),
  ).toMatchObject([
    {
      'dns.op_code': 'UPDATE',
      'dns.question.name': 'example.jp',
      'hinomi.dns.updates': [{ name: 'pc1.example.jp', type: 'A', class: 'IN', ttl: 1_200, data: '192.168.1.23' }],
    },
  ]);
});

test('a query of mDNS tells all that it asks; the bits for unicast and cache are none of the class', () => {
  const questions = [
    { name: name('_ipp._tcp.local'), type: 12, class: 0x8001 },
    { name: name('_smb._tcp.local'), type: 12 },
  ];
  const answers = [{ name: name('pc.local'), type: 1, class: 0x8001, data: hex('c0a80117') }];
  const steps = [
    ['client', encode({ questions })],
    ['client', encode({ flags: QR, answers })],
  ] as const;
  const records = of('dns', recordsOf(overUdp(steps, { clientPort: 5_353, serverPort: 5_353 })));
  expect(records[0]).toMatchObject({
    'dns.question.class': 'IN',
    'hinomi.dns.questions': ['_ipp._tcp.local PTR', '_smb._tcp.local PTR'],
  });
  expect(records[1]?.['dns.answers']).toMatchObject([{ class: 'IN', data: '192.168.1.23' }]);
});

describe('over TCP', () => {
  test('messages of one connection, on an odd port as well', () => {
    for (const serverPort of [53, 5_300]) {
      const second = encode({ id: 7, questions: [{ name: name('b.example.jp'), type: 16 }] });
      const text = encode({
        id: 7,
        flags: QR,
        questions: [{ name: name('b.example.jp'), type: 16 }],
        answers: [{ type: 16, data: string('v=spf1') }],
      });
      const records = recordsOf(
        overTcp(
          [
            ['client', framed(ASK)],
            ['client', framed(second)],
            ['server', Buffer.concat([framed(ANSWER), framed(text)])],
          ],
          { serverPort },
        ),
      );
      expect(of('dns', records).map((record) => [record['dns.question.name'], record['dns.type']])).toEqual([
        ['www.example.jp', 'answer'],
        ['b.example.jp', 'answer'],
      ]);
      expect(of('flow', records)).toMatchObject([{ 'network.protocol': 'dns' }]);
    }
  });

  test('what port 53 carries otherwise is known for what it is', () => {
    const hello = tlsClientHello('tunnel.example.jp', new Random(1));
    const records = recordsOf(overTcp([['client', hello]], { serverPort: 53 }));
    expect(of('tls', records)).toMatchObject([{ 'tls.client.server_name': 'tunnel.example.jp' }]);
    const http = Buffer.from('GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(of('http', recordsOf(overTcp([['client', http]], { serverPort: 53 })))).toHaveLength(1);
  });

  test('what is no DNS on an odd port is left alone', () => {
    const noise = framed(Buffer.alloc(40, 0x55));
    expect(of('dns', recordsOf(overTcp([['client', noise]], { serverPort: 5_300 })))).toEqual([]);
  });
});

test('TLS that both sides agreed on in a way of their own is read', () => {
  const random = new Random(2);
  const request = hex('00000008 04d2162f');
  const records = recordsOf(
    overTcp(
      [
        ['client', request],
        ['server', Buffer.from('S')],
        ['client', tlsClientHello('db.example.jp', random)],
      ],
      { serverPort: 5_432 },
    ),
  );
  expect(of('tls', records)).toMatchObject([{ 'tls.client.server_name': 'db.example.jp' }]);
});
