import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeDhcp4, isDhcp4 } from './dhcp4.js';
import { decodeDhcp6, isDhcp6 } from './dhcp6.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const text = (value: string): string => Buffer.from(value).toString('hex');

/** RFC 2131 2, with these options and old fields. */
function message4(operation: number, options: string, old: { file?: string; server?: string } = {}): Buffer {
  const b = Buffer.alloc(240);
  b.set([operation, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
  hex('02000000000a').copy(b, 28);
  hex(old.server ?? '').copy(b, 44);
  hex(old.file ?? '').copy(b, 108);
  b.writeUInt32BE(0x63825363, 236);
  return Buffer.concat([b, hex(options), hex('ff')]);
}
const read4 = (b: Buffer): Record<string, unknown> => decodeDhcp4(b, 0, b.length);
const read6 = (b: Buffer): Record<string, unknown> => decodeDhcp6(b, 0, b.length);

/** An option of version 6. */
function option6(code: number, body: string): string {
  const bytes = hex(body);
  return Buffer.concat([Buffer.of(code >> 8, code & 255, bytes.length >> 8, bytes.length & 255), bytes]).toString(
    'hex',
  );
}
function relayed(type: number, link: string, peer: string, options: string): string {
  return `${type.toString(16).padStart(2, '0')}00${link.padEnd(32, '0')}${peer.padEnd(32, '0')}${options}`;
}

describe('version 4', () => {
  test('goes on in the old fields when it says so, and an option in pieces is one', () => {
    const record = read4(
      message4(1, `350101 340103 0c04${text('host')} 3702 0103`, {
        file: `0c05${text('-name')}3701 06ff`,
        server: `3c03${text('abc')}ff`,
      }),
    );
    expect(record).toMatchObject({
      'hinomi.dhcp.hostname': 'host-name',
      'hinomi.dhcp.parameter_list': [1, 3, 6],
      'hinomi.dhcp.vendor_class': 'abc',
      'hinomi.dhcp.options': [53, 52, 12, 55, 12, 55, 60],
    });
    expect(record).not.toHaveProperty('hinomi.dhcp.boot_file');
  });

  test('of a machine that starts from the network', () => {
    const record = read4(message4(2, '350102 4d05 04 69505845', { file: text('pxelinux.0') }));
    expect(record).toMatchObject({ 'hinomi.dhcp.boot_file': 'pxelinux.0', 'hinomi.dhcp.user_class': 'iPXE' });
  });

  test('with what the switch says of the port', () => {
    const agent = `0104${text('ge-1')} 0202 0013 0603${text('abc')}`;
    expect(read4(message4(2, `350105 520f ${agent}`))).toMatchObject({
      'hinomi.dhcp.circuit_id': 'ge-1',
      'hinomi.dhcp.remote_id': '0013',
      'hinomi.dhcp.subscriber_id': 'abc',
    });
  });

  test('that is BOOTP still is known by its ports', () => {
    const b = message4(1, '');
    b.fill(0, 236);
    expect(isDhcp4(b, 0, b.length)).toBe(false);
    expect(isDhcp4(b, 0, b.length, 68, 67)).toBe(true);
    expect(read4(b)).toEqual({
      'hinomi.dhcp.transaction_id': 'deadbeef',
      'hinomi.dhcp.client_mac': '02:00:00:00:00:0a',
      'hinomi.dhcp.message_type': 'BOOTREQUEST',
    });
    b[0] = 2;
    expect(read4(b)['hinomi.dhcp.message_type']).toBe('BOOTREPLY');
  });

  test('is read to where it was cut', () => {
    const whole = message4(1, `350101 0c03${text('abc')}`);
    for (let size = 0; size < 240; size++) expect(isDhcp4(whole, 0, size, 68, 67)).toBe(false);
    for (let size = 240; size < whole.length; size++) {
      expect(['BOOTREQUEST', 'DISCOVER']).toContain(decodeDhcp4(whole, 0, size)['hinomi.dhcp.message_type']);
    }
  });
});

describe('version 6', () => {
  const lease = option6(3, `00000001 00000e10 00001518 ${option6(5, `20010db8${'0'.repeat(23)}5 00000e10 00001c20`)}`);
  const prefix = option6(
    25,
    `00000001 00000000 00000000 ${option6(26, `00000e10 00001c20 38 20010db8ff00${'0'.repeat(20)}`)}`,
  );

  test('what a client names it asks for, what a server names it gives', () => {
    expect(read6(hex(`03a1b2c3${lease}${prefix}`))).toMatchObject({
      'hinomi.dhcp.message_type': 'REQUEST',
      'hinomi.dhcp.requested_ip': '2001:db8::5',
      'hinomi.dhcp.prefix': '2001:db8:ff00::/56',
    });
    const reply = read6(hex(`07a1b2c3${option6(2, '0003000102000000000c')}${lease}${prefix}`));
    expect(reply).toMatchObject({
      'hinomi.dhcp.message_type': 'REPLY',
      'hinomi.dhcp.assigned_ip': '2001:db8::5',
      'hinomi.dhcp.lease_s': 7_200,
      'hinomi.dhcp.server_id': '0003000102000000000c',
    });
    expect(reply).not.toHaveProperty('hinomi.dhcp.requested_ip');
  });

  test('through two relays, each with its words', () => {
    const solicit = `01a1b2c3${option6(1, '0004000102030405060708090a0b0c0d0e0f10')}${option6(15, `0003${text('abc')}`)}`;
    const inner = relayed(
      12,
      '',
      'fe80',
      `${option6(18, text('port 7'))}${option6(79, '0001 02000000000d')}${option6(9, solicit)}`,
    );
    const outer = relayed(12, '20010db8', 'fe80', `${option6(37, `00000009${text('sw1')}`)}${option6(9, inner)}`);
    expect(read6(hex(outer))).toMatchObject({
      'hinomi.dhcp.message_type': 'RELAY-FORW',
      'hinomi.dhcp.relayed_type': 'SOLICIT',
      'hinomi.dhcp.relay_ip': '2001:db8::',
      'hinomi.dhcp.client_ip': 'fe80::',
      'hinomi.dhcp.circuit_id': 'port 7',
      'hinomi.dhcp.remote_id': 'sw1',
      'hinomi.dhcp.client_mac': '02:00:00:00:00:0d',
      'hinomi.dhcp.client_id': '0004000102030405060708090a0b0c0d0e0f10',
      'hinomi.dhcp.user_class': 'abc',
    });
  });

  test('refused, wherever the reason stands', () => {
    const none = option6(13, `0002${text('none left')}`);
    for (const options of [none, option6(3, `00000001 00000000 00000000 ${none}`)]) {
      expect(read6(hex(`07a1b2c3${options}`))).toMatchObject({
        'hinomi.dhcp.status': 'NoAddrsAvail',
        'hinomi.dhcp.message': 'none left',
      });
    }
  });

  test('relays in one another end somewhere', () => {
    let message = '01a1b2c3';
    for (let count = 0; count < 20; count++) message = relayed(12, '', '', option6(9, message));
    expect(read6(hex(message))).not.toHaveProperty('hinomi.dhcp.relayed_type');
  });

  test('is read to where it was cut, whatever its lengths say', () => {
    const whole = hex(
      relayed(13, '', '', option6(9, `07a1b2c3${lease}${prefix}${option6(16, `000000090003${text('abc')}`)}`)),
    );
    for (let size = 4; size < whole.length; size++) expect(decodeDhcp6(whole, 0, size)).toBeDefined();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const changed = Buffer.from(whole);
        changed[at] = value;
        if (isDhcp6(changed, 0, changed.length)) expect(read6(changed)).toHaveProperty('hinomi.dhcp.message_type');
      }),
    );
  });
});
