import { expect, test } from 'vitest';
import { decodeHostile } from '../../../scripts/traffic/hostile.js';
import {
  der,
  derNumber,
  derOid,
  derText,
  SNMP_TAG,
  snmp,
  snmp3,
  snmpGet,
  snmpPdu,
} from '../../../scripts/traffic/services.js';
import { decodeSnmp, looksLikeSnmp } from './snmp.js';

const NAME = '1.3.6.1.2.1.1.5.0';
const all = (b: Buffer) => decodeSnmp(b, 0, b.length);

test('a request of version 2c, and that its community is a known one', () => {
  expect(all(snmpGet('public', NAME))).toMatchObject({
    version: '2c',
    isCommunityDefault: true,
    pdu: 'get-request',
    isRequest: true,
    bindings: [{ name: NAME, value: undefined }],
  });
  expect(all(snmpGet('Geheim99', NAME))).toMatchObject({ isCommunityDefault: false });
});

test('a community is nowhere in what is decoded', () => {
  expect(JSON.stringify(all(snmpGet('Geheim99', NAME)))).not.toContain('Geheim');
});

test.each([
  ['text', derText('sw1'), 'sw1'],
  ['an object id with a long arc', derOid('1.3.6.1.4.1.4294967295.2'), '1.3.6.1.4.1.4294967295.2'],
  ['an address', der(0x40, Buffer.of(10, 0, 0, 1)), '10.0.0.1'],
  ['a counter', derNumber(70_000, 0x41), '70000'],
])('a value that is %s', (_what, value, expected) => {
  const response = snmp(1, 'x', snmpPdu(SNMP_TAG.response, [[NAME, value]]));
  expect(all(response)?.bindings).toEqual([{ name: NAME, value: expected }]);
});

test('a trap of version 1 has the object id that version 2 gives it', () => {
  const trap = (general: number, specific: number): Buffer =>
    snmp(
      0,
      'x',
      der(
        SNMP_TAG.trap1,
        derOid('1.3.6.1.4.1.9'),
        der(0x40, Buffer.of(10, 0, 0, 1)),
        derNumber(general),
        derNumber(specific),
        derNumber(1, 0x43),
        der(0x30),
      ),
    );
  expect(all(trap(2, 0))).toMatchObject({ pdu: 'trap', version: '1', trapOid: '1.3.6.1.6.3.1.1.5.3', errorStatus: 0 });
  expect(all(trap(6, 42))).toMatchObject({ trapOid: '1.3.6.1.4.1.9.0.42' });
});

test('version 3: who, whose engine, how it is protected', () => {
  expect(all(snmp3('hanako', snmpPdu(SNMP_TAG.get, [])))).toMatchObject({
    version: '3',
    user: 'hanako',
    engineId: '8000000001020304',
    security: 'auth',
    pdu: 'get-request',
    isCommunityDefault: undefined,
  });
  expect(all(snmp3('hanako', undefined))).toMatchObject({ security: 'auth-priv', pdu: undefined });
});

test('no more than 64 bindings are read', () => {
  const many = Array.from({ length: 100 }, () => NAME);
  expect(all(snmpGet('x', ...many))?.bindings).toHaveLength(64);
});

test('what only looks like it is not', () => {
  const ldap = der(0x30, derNumber(1), der(0x63, derText('')));
  for (const other of [ldap, der(0x30, derNumber(2), derText('x'), der(SNMP_TAG.get)), Buffer.alloc(40)])
    expect(looksLikeSnmp(other, 0, other.length, true)).toBe(false);
  const request = snmpGet('public', NAME);
  expect(looksLikeSnmp(Buffer.concat([request, Buffer.of(0)]), 0, request.length + 1, true)).toBe(false);
  expect(looksLikeSnmp(request, 0, request.length, true)).toBe(true);
});

test('of a message that is cut, what is there is read', () => {
  const response = snmp(1, 'x', snmpPdu(SNMP_TAG.response, [[NAME, derText('sw1.office.jp')]]));
  const cut = response.subarray(0, response.length - 3);
  expect(looksLikeSnmp(cut, 0, cut.length, true)).toBe(false);
  expect(all(cut)).toMatchObject({ pdu: 'get-response', bindings: [{ name: NAME, value: 'sw1.office' }] });
});

test('cut anywhere, lying anywhere', () => {
  const response = snmp(1, 'x', snmpPdu(SNMP_TAG.response, [[NAME, derText('sw1')]]));
  for (const message of [response, snmp3('hanako', snmpPdu(SNMP_TAG.report, [[NAME, derNumber(3)]]))])
    decodeHostile(decodeSnmp, message);
});
