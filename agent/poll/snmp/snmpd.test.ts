import { afterAll, beforeAll, expect, test } from 'vitest';
import { depsOf, probeOnce, targetOf } from '../testing/peers.js';
import { AUTH_KEY, COMMUNITY, hasSnmpd, PRIVACY_KEY, type Snmpd, startSnmpd } from '../testing/snmpd.js';

if (!hasSnmpd) console.warn('snmpd is missing: its tests are skipped. Run scripts/setup test');
const real = test.skipIf(!hasSnmpd);

const UPS = '1.3.6.1.2.1.33.1';
const FORTIGATE = '1.3.6.1.4.1.12356';
const SYNOLOGY = '1.3.6.1.4.1.6574';
const SUPPLY = '1.3.6.1.2.1.43.11.1.1';
/** Devices of an office, all in one: `override OID TYPE VALUE` of snmpd.conf. */
const DEVICES = [
  `${UPS}.1.2.0 octet_str "Smart 1500"`,
  `${UPS}.2.1.0 integer 2`,
  `${UPS}.2.4.0 integer 88`,
  `${UPS}.2.5.0 integer 273`,
  `${UPS}.4.1.0 integer 5`,
  `${FORTIGATE}.100.1.1.1.0 octet_str "FGT60F0000000001"`,
  `${FORTIGATE}.101.4.1.1.0 octet_str "v7.4.3,build2573"`,
  `${FORTIGATE}.101.4.1.3.0 integer 17`,
  `${FORTIGATE}.101.4.1.8.0 integer 1234`,
  `${SYNOLOGY}.1.1.0 integer 1`,
  `${SYNOLOGY}.2.1.1.2.0 octet_str "Drive 1"`,
  `${SYNOLOGY}.2.1.1.2.1 octet_str "Drive 2"`,
  `${SYNOLOGY}.2.1.1.5.0 integer 1`,
  `${SYNOLOGY}.2.1.1.5.1 integer 5`,
  `${SYNOLOGY}.2.1.1.6.0 integer 38`,
  '1.3.6.1.2.1.43.5.1.1.1.1 integer 1',
  '1.3.6.1.2.1.43.5.1.1.17.1 octet_str "PR-0001"',
  `${SUPPLY}.4.1.1 integer 3`,
  `${SUPPLY}.6.1.1 octet_str "Black Toner"`,
  `${SUPPLY}.8.1.1 integer 20000`,
  `${SUPPLY}.9.1.1 integer 600`,
  '1.3.6.1.4.1.1182.2.2.3.0 octet_str "RTX830 Rev.15.02.20"',
  '1.3.6.1.4.1.1182.2.1.6.0 integer 9',
];

let plain: Snmpd;
let devices: Snmpd;
beforeAll(async () => {
  if (!hasSnmpd) return;
  plain = await startSnmpd();
  devices = await startSnmpd(DEVICES.map((line) => `override ${line}`));
});
afterAll(async () => {
  await plain?.close();
  await devices?.close();
});

const SECRETS = { c: COMMUNITY, a: AUTH_KEY, p: PRIVACY_KEY, wrong: 'not-the-password' };
const v2 = (port: number) => ({ host: '127.0.0.1', port, version: '2c', communitySecret: 'c', supplyPercentMin: 5 });
const v3 = (authSecret: string, privacySecret: string, user = 'watcher') => ({
  ...{ host: '127.0.0.1', port: plain.port, version: '3' },
  ...{ user, authSecret, privacySecret },
});
const ask = (snmp: object, more: object = {}) =>
  probeOnce(targetOf({ timeoutMs: 8_000, ...more, snmp }), depsOf(SECRETS));

real('version 2c: the system group and its interfaces', async () => {
  const result = await ask(v2(plain.port));
  expect(result).toMatchObject({
    outcome: 'good',
    facts: { 'host.name': 'box.example', 'hinomi.endpoint.location': 'the shelf', 'host.ip': ['127.0.0.1'] },
  });
  expect(result.facts?.['hinomi.endpoint.description']).toContain('Linux');
});

real('version 3 with authentication and encryption', async () => {
  expect(await ask(v3('a', 'p'))).toMatchObject({ outcome: 'good', facts: { 'host.name': 'box.example' } });
});

real('a wrong user or password is told as that', async () => {
  expect(await ask(v3('wrong', 'p'))).toMatchObject({ outcome: 'bad', reason: 'auth-failed' });
  expect(await ask(v3('a', 'p', 'stranger'))).toMatchObject({ outcome: 'bad', reason: 'auth-failed' });
});

real('a password that is not on the box is no failure of the device', async () => {
  expect(await ask(v3('a', 'none'))).toEqual({ outcome: 'unable', reason: 'secret-missing' });
});

real('a device that ended does not answer', async () => {
  const gone = await startSnmpd();
  await gone.close();
  expect((await ask(v2(gone.port), { timeoutMs: 1_000 })).outcome).toBe('bad');
});

real('what a UPS, a firewall, a NAS, a printer and a router tell', async () => {
  const { outcome, reason, facts, samples = [] } = await ask(v2(devices.port));
  expect([outcome, reason]).toEqual(['warn', 'ups-on-battery']);
  expect(facts?.['hinomi.endpoint.troubles']).toBe(
    'ups-on-battery: ups; supply-low: Black Toner; disk-failed: Drive 2',
  );
  const figures = Object.fromEntries(samples.map(({ name, instance = '', value }) => [`${name}/${instance}`, value]));
  expect(figures).toMatchObject({
    'ups.charge/': 88,
    'sessions/': 1_234,
    'disk.temperature/Drive 1': 38,
    'printer.supply/Black Toner': 3,
  });
  expect(figures['ups.battery_voltage/']).toBeCloseTo(27.3);
  expect(samples.filter(({ name }) => name === 'cpu.usage').map(({ value }) => value)).toEqual([17, 9]);
  expect(facts).toMatchObject({ 'observer.version': 'RTX830 Rev.15.02.20' });
});
