import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { ETHERTYPE, ethernet, type Host, ipv4, ipv6, udp, udpFrame } from '../../../../scripts/traffic/packet.js';
import { overTcp, overUdp, recordsOf } from '../../../../scripts/traffic/records.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const of = (dataset: string, records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === dataset);

/** RFC 2131: a message with these options. */
function dhcp4(operation: number, options: string): Buffer {
  const b = Buffer.alloc(240);
  b.set([operation, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
  hex('c0a80117').copy(b, 16);
  hex('02000000000a').copy(b, 28);
  b.writeUInt32BE(0x63825363, 236);
  return Buffer.concat([b, hex(options), hex('ff')]);
}
const DISCOVER =
  '350101 3204c0a80132 3707 01 03 06 0f 1f 21 2b 390205dc 3c08 4d53465420352e30 0c03 504331 3d07 0102000000000a 5107000000504331';
const DHCP = { clientPort: 68, serverPort: 67 };

describe('DHCP', () => {
  test('of version 4: what a device asks for, in its order', () => {
    const [record] = of('dhcp', recordsOf(overUdp([['client', dhcp4(1, DISCOVER.replace('5107', '5106'))]], DHCP)));
    expect(record).toMatchObject({
      'hinomi.dhcp.message_type': 'DISCOVER',
      'hinomi.dhcp.transaction_id': 'deadbeef',
      'hinomi.dhcp.client_mac': '02:00:00:00:00:0a',
      'hinomi.dhcp.requested_ip': '192.168.1.50',
      'hinomi.dhcp.parameter_list': [1, 3, 6, 15, 31, 33, 43],
      'hinomi.dhcp.max_size': 1_500,
      'hinomi.dhcp.vendor_class': 'MSFT 5.0',
      'hinomi.dhcp.hostname': 'PC1',
      'hinomi.dhcp.client_id': '0102000000000a',
      'hinomi.dhcp.fqdn': 'PC1',
      'hinomi.dhcp.options': [53, 50, 55, 57, 60, 12, 61, 81],
      'network.protocol': 'dhcp',
    });
  });

  test('of version 4: what it is given', () => {
    const ack =
      '350105 3604c0a80101 330400000e10 0104ffffff00 0304c0a80101 0608c0a80101c0a80102 0f0a 6f66666963652e6a7000';
    const [record] = of('dhcp', recordsOf(overUdp([['server', dhcp4(2, ack)]], DHCP)));
    expect(record).toMatchObject({
      'hinomi.dhcp.message_type': 'ACK',
      'hinomi.dhcp.assigned_ip': '192.168.1.23',
      'hinomi.dhcp.server_ip': '192.168.1.1',
      'hinomi.dhcp.lease_s': 3_600,
      'hinomi.dhcp.subnet_mask': '255.255.255.0',
      'hinomi.dhcp.router': ['192.168.1.1'],
      'hinomi.dhcp.dns': ['192.168.1.1', '192.168.1.2'],
      'hinomi.dhcp.domain': 'office.jp',
    });
  });

  test('of version 6, relayed too', () => {
    const solicit = hex(
      '01 a1b2c3 0001 000e 0001 0001 2c2c2c2c 02000000000b 0006 0004 0017 0018 0027 0005 00 03 504331' +
        '0003 0028 00000001 00000e10 00001518 0005 0018 20010db8000000000000000000000005 00000e10 00001c20',
    );
    const relay = Buffer.concat([
      hex(`0c 00 ${'20010db8'.padEnd(32, '0')} ${'fe80'.padEnd(32, '0')} 0009`),
      Buffer.of(0, solicit.length),
      solicit,
    ]);
    for (const [message, kind] of [
      [solicit, { 'hinomi.dhcp.message_type': 'SOLICIT' }],
      [relay, { 'hinomi.dhcp.message_type': 'RELAY-FORW', 'hinomi.dhcp.relayed_type': 'SOLICIT' }],
    ] as const) {
      const [record] = of('dhcp', recordsOf(overUdp([['client', message]], { clientPort: 546, serverPort: 547 })));
      expect(record).toMatchObject({
        ...kind,
        'hinomi.dhcp.transaction_id': 'a1b2c3',
        'hinomi.dhcp.client_mac': '02:00:00:00:00:0b',
        'hinomi.dhcp.parameter_list': [23, 24],
        'hinomi.dhcp.fqdn': 'PC1',
        'hinomi.dhcp.requested_ip': '2001:db8::5',
      });
    }
  });

  test('whatever its options say', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (options) => {
        const message = Buffer.concat([dhcp4(1, ''), Buffer.from(options)]);
        message[240] = 53;
        recordsOf(overUdp([['client', message]], DHCP));
        const six = Buffer.concat([hex('01a1b2c3'), Buffer.from(options)]);
        recordsOf(overUdp([['client', six]], { clientPort: 546, serverPort: 547 }));
      }),
      { numRuns: 500 },
    );
  });
});

test('DTLS in fragments is read', () => {
  const hello = Buffer.concat([
    hex('fefd'),
    Buffer.alloc(32, 3),
    hex('00 00 0002 c02b 01 00 0016 0000 0012 0010 00 000d'),
    Buffer.from('vpn.office.jp'),
  ]);
  const part = (from: number, to: number): Buffer => {
    const body = hello.subarray(from, to);
    const u24 = (value: number): Buffer => Buffer.of(0, value >> 8, value & 255);
    const message = Buffer.concat([Buffer.of(1), u24(hello.length), hex('0000'), u24(from), u24(body.length), body]);
    return Buffer.concat([hex('16 feff 0000 000000000000'), Buffer.of(0, message.length), message]);
  };
  const steps = [part(0, 30), part(30, hello.length)].map((bytes) => ['client', bytes] as const);
  expect(of('tls', recordsOf(overUdp(steps, { serverPort: 4_433 })))).toMatchObject([
    { 'network.protocol': 'dtls', 'tls.client.server_name': 'vpn.office.jp', 'tls.established': false },
  ]);
});

test('SOCKS: where a proxy was asked to connect, and what passed', () => {
  const records = recordsOf(
    overTcp(
      [
        ['client', hex('05 02 00 02')],
        ['server', hex('05 02')],
        ['client', Buffer.concat([hex('01 06'), Buffer.from('hanako'), hex('06'), Buffer.from('secret')])],
        ['server', hex('01 00')],
        ['client', Buffer.concat([hex('05 01 00 03 0e'), Buffer.from('www.example.jp'), hex('0050')])],
        ['server', hex('05 00 00 01 00000000 0000')],
        ['client', Buffer.from('GET /inside HTTP/1.1\r\nHost: www.example.jp\r\n\r\n')],
        ['server', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
      ],
      { serverPort: 1_080 },
    ),
  );
  expect(of('session', records)).toMatchObject([
    {
      'network.protocol': 'socks',
      'hinomi.session.target': 'www.example.jp:80',
      'hinomi.session.auth_method': 'password',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'success',
      'user.name': 'hanako',
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('secret');
  expect(of('http', records)).toMatchObject([{ 'url.path': '/inside' }]);
});

test('SOCKS: a client that does not wait, on a connection that the other side opened', () => {
  const records = recordsOf(
    overTcp(
      [
        ['client', hex('4e5a8d08874e')],
        ['server', hex('050100')],
        ['server', hex('05010001c00002070050')],
        ['client', hex('0500')],
        ['client', hex('05000001c00002070050')],
        ['server', Buffer.from('GET /inside HTTP/1.1\r\nHost: www.example.jp\r\n\r\n')],
        ['client', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
      ],
      { serverPort: 8_855 },
    ),
  );
  expect(of('session', records)).toMatchObject([
    { 'hinomi.session.target': '192.0.2.7:80', 'hinomi.session.outcome': 'success' },
  ]);
  expect(of('http', records)).toMatchObject([{ 'url.path': '/inside', 'http.response.status_code': 200 }]);
});

describe('a tunnel over UDP is a conversation with others inside', () => {
  const A: Host = { mac: '02:00:00:00:00:0a', ip: '10.0.0.1' };
  const B: Host = { mac: '02:00:00:00:00:0b', ip: '10.0.0.2' };
  const inner4 = ipv4(A.ip, B.ip, 17, udp(A.ip, B.ip, 5_000, 6_000, Buffer.from('inner')));
  const inner6 = ipv6(
    '2001:0::1',
    '2001:db8::2',
    17,
    udp('2001:0::1', '2001:db8::2', 5_000, 6_000, Buffer.from('inner')),
  );
  const frame = ethernet(A, B, ETHERTYPE.ipv4, inner4);
  test.each([
    ['vxlan', 4_789, Buffer.concat([hex('08000000 00000a00'), frame])],
    ['vxlan-gpe', 4_790, Buffer.concat([hex('0c000001 00000a00'), inner4])],
    ['geneve', 6_081, Buffer.concat([hex('01006558 00000a00 00000000'), frame])],
    ['gtp', 2_152, Buffer.concat([hex('30ff0021 00000001'), inner4])],
    ['gtp', 2_152, Buffer.concat([hex('34ff0029 00000001 00000085 01000000'), inner4])],
    ['teredo', 3_544, Buffer.concat([hex('0000 0000 0000 00000000'.slice(0, 20)), inner6])],
    ['gre', 4_754, Buffer.concat([hex('00000800'), inner4])],
  ])('%s over port %i', (name, serverPort, payload) => {
    const records = of('flow', recordsOf(overUdp([['client', payload]], { serverPort })));
    expect(records).toHaveLength(2);
    const inner = records.find((record) => record['hinomi.flow.tunnel'] !== undefined);
    const outer = records.find((record) => record['hinomi.flow.tunnel'] === undefined);
    expect(outer).toMatchObject({ 'destination.port': serverPort });
    expect(inner).toMatchObject({
      'source.port': 5_000,
      'destination.port': 6_000,
      'hinomi.flow.tunnel': [name],
      'hinomi.flow.outer_source': '192.168.1.10',
      'hinomi.flow.source_payload_bytes': 5,
    });
  });

  test('what is none is one conversation', () => {
    for (const serverPort of [4_789, 4_790, 6_081, 2_152, 3_544, 4_754, 5_072]) {
      const noise = of('flow', recordsOf(overUdp([['client', Buffer.alloc(60, 0xff)]], { serverPort })));
      expect(noise).toHaveLength(1);
    }
    expect(udpFrame(A, B, 1, 2, Buffer.alloc(0))).toHaveLength(42);
  });
});

test('SOCKS: a client that says all at once, and a proxy that it called itself', () => {
  const request = hex('05 01 00 05 01 00 01 c0000205 0050');
  const said = recordsOf(
    overTcp(
      [
        ['client', hex('4e5a8d08874e')],
        ['server', request],
        ['client', hex('05 00 05 00 00 01 00000000 0000')],
        ['server', Buffer.from('GET /inside HTTP/1.1\r\nHost: x\r\n\r\n')],
        ['client', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
      ],
      { serverPort: 8_855 },
    ),
  );
  expect(of('session', said)).toMatchObject([
    {
      'hinomi.session.target': '192.0.2.5:80',
      'hinomi.session.auth_method': 'none',
      'hinomi.session.outcome': 'success',
    },
  ]);
  expect(of('http', said)).toMatchObject([{ 'url.path': '/inside' }]);
});
