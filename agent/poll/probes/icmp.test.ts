import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { probeOnce, targetOf } from '../testing/peers.js';
import { judgePing } from './icmp.js';

const hasPing = existsSync('/usr/bin/ping') || existsSync('/bin/ping');
if (!hasPing) console.warn('ping is missing: its tests are skipped. Run scripts/setup test');

test.skipIf(!hasPing)('this machine answers itself', async (context) => {
  const result = await probeOnce(targetOf({ timeoutMs: 3_000, icmp: { host: '127.0.0.1', count: 2 } }));
  if (result.reason === 'no-permission') context.skip('this user may not send pings');
  expect(result).toMatchObject({ outcome: 'good', sent: 2, lost: 0, facts: { 'host.ip': ['127.0.0.1'] } });
  expect(result.timesMs).toHaveLength(2);
});

test.skipIf(!hasPing)('an address that nobody has does not answer in time', async (context) => {
  const result = await probeOnce(targetOf({ timeoutMs: 800, icmp: { host: '240.0.0.1', count: 1 } }));
  if (result.reason === 'no-permission') context.skip('this user may not send pings');
  expect(result.outcome).toBe('bad');
});

const HEAD = 'PING gw (192.0.2.1) 56(84) bytes of data.\n';
const line = (number: number, ms: string): string =>
  `64 bytes from 192.0.2.1: icmp_seq=${number} ttl=64 time=${ms} ms\n`;

test('what ping prints is read', () => {
  expect(judgePing(HEAD + line(1, '0.5') + line(2, '1.5'), 0, 2, false)).toEqual({
    ...{ outcome: 'good', reason: 'ok', timesMs: [0.5, 1.5], sent: 2, lost: 0 },
    facts: { 'host.ip': ['192.0.2.1'], 'hinomi.endpoint.address': '192.0.2.1' },
  });
});

test.each([
  ['some packets are lost', HEAD + line(1, '1'), 0, 'warn', 'loss'],
  [
    'answers that came twice do not hide a loss',
    HEAD + line(1, '1') + line(1, '2').replace(' ms', ' ms (DUP!)'),
    0,
    'warn',
    'loss',
  ],
  ['nobody answers', HEAD, 1, 'bad', 'timeout'],
  ['a router says no', `${HEAD}From 192.0.2.9 icmp_seq=1 Destination Host Unreachable\n`, 1, 'bad', 'unreachable'],
  ['no such name', 'ping: gw: Name or service not known\n', 2, 'bad', 'name-not-found'],
  ['no right', 'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n', 2, 'unable', 'no-permission'],
  ['something else', 'time=5 ms', 0, 'bad', 'malformed'],
])('%s', (_name, output, code, outcome, reason) => {
  expect(judgePing(output, code, 2, false)).toMatchObject({ outcome, reason });
});
