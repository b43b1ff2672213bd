import { expect, test } from 'vitest';
import type { Fields } from './dialect.js';
import { put, putAll, putInt, putIp, putMac, putPort, transportOf } from './fields.js';

test('what says nothing is left out', () => {
  const fields: Fields = {};
  for (const value of ['', '-', 'N/A', undefined, Number.NaN]) put(fields, 'a', value);
  put(fields, 'none', 'none');
  put(fields, 'zero', 0);
  put(fields, 'no', false);
  expect(fields).toEqual({ none: 'none', zero: 0, no: false });
});

test('addresses, without brackets and zones', () => {
  const fields: Fields = {};
  expect(putIp(fields, 'a', '192.0.2.1')).toBe(true);
  expect(putIp(fields, 'b', 'fe80::1%eth0')).toBe(true);
  expect(putIp(fields, 'c', '[2001:db8::1]')).toBe(true);
  for (const text of ['', '-', 'host', '192.0.2', '192.0.2.256', '1.2.3.4:80', undefined])
    expect(putIp(fields, 'x', text)).toBe(false);
  expect(fields).toEqual({ a: '192.0.2.1', b: 'fe80::1', c: '2001:db8::1' });
});

test('ports, whole numbers, MAC addresses', () => {
  const fields: Fields = {};
  expect([
    putPort(fields, 'p', '65535'),
    putPort(fields, 'x', '65536'),
    putPort(fields, 'x', '-1'),
    putPort(fields, 'x', 'http'),
  ]).toEqual([true, false, false, false]);
  expect([
    putInt(fields, 'i', '9007199254740991'),
    putInt(fields, 'x', '9007199254740992'),
    putInt(fields, 'x', '1.5'),
    putInt(fields, 'x', ''),
  ]).toEqual([true, false, false, false]);
  for (const text of ['00:00:5e:00:53:23', '0000.5e00.5323', '00005E005323']) {
    expect(putMac(fields, 'm', text)).toBe(true);
    expect(fields['m']).toBe('00-00-5E-00-53-23');
  }
  expect([
    putMac(fields, 'x', '00:00:5e:00:53'),
    putMac(fields, 'x', 'zz:00:5e:00:53:23'),
    putMac(fields, 'x', undefined),
  ]).toEqual([false, false, false]);
  expect(Object.keys(fields).sort()).toEqual(['i', 'm', 'p']);
});

test('by a table; the rest, and what is not what the table says, is the vendor’s', () => {
  const fields: Fields = {};
  const table = {
    src: { ip: 'source.ip' },
    spt: { port: 'source.port' },
    user: 'user.name',
    to: { list: 'email.to.address' },
    skip: null,
  } as const;
  const pairs = [
    ['src', 'host'],
    ['spt', '80'],
    ['user', 'a'],
    ['to', 'a@example.jp; b@example.jp'],
    ['skip', 'x'],
    ['other', 'y'],
    ['empty', ''],
    ['constructor', 'z'],
  ] as const;
  putAll(fields, pairs, table);
  expect(fields).toEqual({
    'vendor.src': 'host',
    'source.port': 80,
    'user.name': 'a',
    'email.to.address': ['a@example.jp', 'b@example.jp'],
    'vendor.other': 'y',
    'vendor.constructor': 'z',
  });
});

test.each([
  ['6', { 'network.transport': 'tcp', 'network.iana_number': '6' }],
  ['UDP', { 'network.transport': 'udp', 'network.iana_number': '17' }],
  ['icmp6', { 'network.transport': 'ipv6-icmp', 'network.iana_number': '58' }],
  ['200', { 'network.iana_number': '200' }],
  ['256', {}],
  ['http', {}],
  [undefined, {}],
])('transport %s', (text, fields) => expect(transportOf(text)).toEqual(fields));
