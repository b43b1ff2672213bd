import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { tlsClientHello } from '../../../../scripts/traffic/applications.js';
import { Random } from '../../../../scripts/traffic/random.js';
import { overTcp, overUdp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Step } from '../../../../scripts/traffic/tcp.js';
import { decodeRdpClient } from '../../wire/rdp-client.js';

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

/** [MS-RDPBCGR] 2.2.1.3: what MCS has in front of it is not read. */
function rdpClient(name: string, channels: readonly string[]): Buffer {
  const core = Buffer.alloc(216);
  core.writeUInt16LE(0xc001);
  core.writeUInt16LE(core.length, 2);
  core.writeUInt16LE(1_024, 8);
  core.writeUInt16LE(768, 10);
  core.writeUInt32LE(0x411, 16);
  core.writeUInt32LE(2_600, 20);
  core.write(name, 24, 'utf16le');
  core.write('69712-783', 146, 'utf16le');
  const network = Buffer.alloc(8 + channels.length * 12);
  network.writeUInt16LE(0xc003);
  network.writeUInt16LE(network.length, 2);
  network.writeUInt32LE(channels.length, 4);
  for (const [i, channel] of channels.entries()) network.write(channel, 8 + i * 12, 'latin1');
  const blocks = Buffer.concat([core, network]);
  const length = Buffer.of(0x80 | (blocks.length >> 8), blocks.length & 0xff);
  return Buffer.concat([Buffer.from('7f658201940401', 'hex'), Buffer.from('Duca'), length, blocks]);
}
const RDP_CLIENT = rdpClient('PC1', ['rdpdr', 'cliprdr']);

test('RDP without TLS: what the client says of itself', () => {
  const request = Buffer.from([3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 0, 0]);
  const confirm = Buffer.from([3, 0, 0, 11, 6, 0xd0, 0, 0, 0, 0, 0]);
  const head = Buffer.from([3, 0, 0, 0, 2, 0xf0, 0x80]);
  head.writeUInt16BE(head.length + RDP_CLIENT.length, 2);
  const initial = Buffer.concat([head, RDP_CLIENT]);
  const steps: Step[] = [
    ['client', request],
    ['server', confirm],
    ['client', initial.subarray(0, 100)],
    ['client', initial.subarray(100)],
  ];
  expect(of('session', recordsOf(overTcp(steps, { serverPort: 3_389 })))).toMatchObject([
    {
      'network.protocol': 'rdp',
      'host.name': 'PC1',
      'hinomi.session.cipher': 'rdp',
      'hinomi.session.details': [
        'client_build=2600',
        'keyboard_layout=0x00000411',
        'desktop=1024x768',
        'product_id=69712-783',
        'channels=rdpdr,cliprdr',
      ],
    },
  ]);
});

test('RDP: of a client that is cut or lies nothing is read that is not there', () => {
  for (let end = 0; end < RDP_CLIENT.length; end++) decodeRdpClient(RDP_CLIENT.subarray(0, end), 0, end);
  expect(decodeRdpClient(RDP_CLIENT.subarray(0, 60), 0, 60)).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(RDP_CLIENT.length - 1), fc.nat(255), fc.nat(RDP_CLIENT.length), (at, value, end) => {
      const changed = Buffer.from(RDP_CLIENT);
      changed[at] = value;
      const client = decodeRdpClient(changed, 0, end);
      expect(client?.channels?.length ?? 0).toBeLessThanOrEqual(31);
      expect((client?.name ?? '').length).toBeLessThanOrEqual(16);
    }),
  );
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
