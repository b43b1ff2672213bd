import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { tlsClientHello } from '../../../../scripts/traffic/applications.js';
import { Random } from '../../../../scripts/traffic/random.js';
import { overTcp, overUdp, recordsOf } from '../../../../scripts/traffic/records.js';

const of = (dataset: string, records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === dataset);

/** ITU-T X.690 8.1. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}
const field = (number: number, ...contents: Buffer[]): Buffer => der(0xa0 | number, ...contents);
const integer = (value: number): Buffer => der(2, Buffer.of(value));
const text = (value: string): Buffer => der(0x1b, Buffer.from(value));
const name = (...parts: string[]): Buffer => der(0x30, field(0, integer(1)), field(1, der(0x30, ...parts.map(text))));

const body = der(
  0x30,
  field(0, der(3, Buffer.alloc(5))),
  field(1, name('hanako')),
  field(2, text('OFFICE.JP')),
  field(3, name('krbtgt', 'OFFICE.JP')),
);
const request = der(0x6a, der(0x30, field(1, integer(5)), field(2, integer(10)), field(4, body)));
const error = der(
  0x7e,
  der(
    0x30,
    field(0, integer(5)),
    field(1, integer(30)),
    field(6, integer(24)),
    field(9, text('OFFICE.JP')),
    field(10, name('krbtgt', 'OFFICE.JP')),
  ),
);
const encrypted = der(0x30, field(0, integer(18)), field(2, der(4, Buffer.alloc(200, 0x5e))));
const ticket = der(
  0x61,
  der(
    0x30,
    field(0, integer(5)),
    field(1, text('OFFICE.JP')),
    field(2, name('krbtgt', 'OFFICE.JP')),
    field(3, encrypted),
  ),
);
const reply = der(
  0x6b,
  der(
    0x30,
    field(0, integer(5)),
    field(1, integer(11)),
    field(3, text('OFFICE.JP')),
    field(4, name('hanako')),
    field(5, ticket),
    field(6, encrypted),
  ),
);
const framed = (message: Buffer): Buffer => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(message.length);
  return Buffer.concat([b, message]);
};
const WHO = {
  'network.protocol': 'kerberos',
  'user.name': 'hanako',
  'user.domain': 'OFFICE.JP',
  'hinomi.session.operation': 'AS',
  'hinomi.session.service': 'krbtgt/OFFICE.JP',
};

test('Kerberos: who wanted a ticket for what, and got it', () => {
  const records = of(
    'session',
    recordsOf(
      overTcp(
        [
          ['client', framed(request)],
          ['server', framed(reply)],
        ],
        { serverPort: 88 },
      ),
    ),
  );
  expect(records).toMatchObject([
    { ...WHO, 'hinomi.session.outcome': 'success', 'hinomi.session.cipher': 'aes256-cts-hmac-sha1-96' },
  ]);
});

test('Kerberos: or did not, and why', () => {
  const records = of(
    'session',
    recordsOf(
      overUdp(
        [
          ['client', request],
          ['server', error],
        ],
        { serverPort: 88 },
      ),
    ),
  );
  expect(records).toMatchObject([
    { ...WHO, 'hinomi.session.outcome': 'failure', 'hinomi.session.error': 'KDC_ERR_PREAUTH_FAILED' },
  ]);
});

test('RDP: the cookie, what was agreed on, and the TLS behind it', () => {
  const x224 = (kind: number, rest: Buffer): Buffer => {
    const head = Buffer.from([3, 0, 0, 11 + rest.length, 6 + rest.length, kind, 0, 0, 0, 0, 0]);
    return Buffer.concat([head, rest]);
  };
  const asked = Buffer.concat([Buffer.from('Cookie: mstshash=hanako\r\n'), Buffer.from([1, 0, 8, 0, 3, 0, 0, 0])]);
  const records = recordsOf(
    overTcp(
      [
        ['client', x224(0xe0, asked)],
        ['server', x224(0xd0, Buffer.from([2, 0, 8, 0, 2, 0, 0, 0]))],
        ['client', tlsClientHello('rds.office.jp', new Random(1))],
      ],
      { serverPort: 3_389 },
    ),
  );
  expect(of('session', records)).toMatchObject([
    { 'network.protocol': 'rdp', 'hinomi.session.cookie': 'hanako', 'hinomi.session.cipher': 'credssp' },
  ]);
  expect(of('tls', records)).toMatchObject([{ 'tls.client.server_name': 'rds.office.jp' }]);
});

test('whatever its bytes say', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(request, reply, error),
      fc.nat(400),
      fc.nat(255),
      fc.nat(400),
      (message, at, value, end) => {
        const changed = Buffer.from(message);
        changed[at % changed.length] = value;
        recordsOf(
          overUdp(
            [
              ['client', changed],
              ['server', changed.subarray(0, end)],
            ],
            { serverPort: 88 },
          ),
        );
        recordsOf(
          overTcp(
            [
              ['client', framed(changed)],
              ['server', changed],
            ],
            { serverPort: 88 },
          ),
        );
      },
    ),
    { numRuns: 500 },
  );
});
