import { expect, test } from 'vitest';
import { Directions, LOCAL_DEFAULT, wordsOf } from './direction.js';

const between = (directions: Directions, source: string, destination: string): string =>
  directions.of(Uint32Array.from([...wordsOf(source), ...wordsOf(destination)]), 0, source.includes(':'));

test.each([
  ['192.168.1.10', '10.1.2.3', 'internal'],
  ['192.168.1.10', '203.0.113.7', 'outbound'],
  ['203.0.113.7', '172.31.255.255', 'inbound'],
  ['203.0.113.7', '172.32.0.0', 'external'],
  ['192.168.1.10', '239.255.255.250', 'internal'],
  ['0.0.0.0', '255.255.255.255', 'internal'],
  ['fe80::1', 'ff02::fb', 'internal'],
  ['fd00::1', '2001:db8::1', 'outbound'],
  ['2001:db8::1', '2001:db8::2', 'external'],
])('%s to %s is %s', (source, destination, direction) => {
  expect(between(new Directions(LOCAL_DEFAULT), source, destination)).toBe(direction);
});

test('an office may have public addresses inside', () => {
  expect(between(new Directions(['203.0.113.0/25']), '203.0.113.127', '203.0.113.128')).toBe('outbound');
  expect(between(new Directions(['203.0.113.5']), '203.0.113.5', '10.0.0.1')).toBe('outbound');
});

test.each(['', 'office', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fe80::/129', '10.0.0/8'])(
  '%j is no network',
  (network) => {
    expect(() => new Directions([network])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  },
);
