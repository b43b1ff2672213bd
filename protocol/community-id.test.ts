import fc from 'fast-check';
import { expect, test } from 'vitest';
import { communityIdOfText } from './community-id.js';

test('both directions have the same id, of IPv4 and IPv6', () => {
  const ip = fc.oneof(fc.ipV4(), fc.ipV6());
  const port = fc.nat(65_535);
  fc.assert(
    fc.property(ip, ip, port, port, fc.constantFrom(6, 17, 132), (a, b, p, q, protocol) => {
      const there = communityIdOfText(a, b, protocol, p, q);
      expect(communityIdOfText(b, a, protocol, q, p)).toBe(there);
      expect(there === undefined).toBe(a.includes(':') !== b.includes(':'));
    }),
  );
});

// The specification's own example.
test('the id of a known tuple', () => {
  expect(communityIdOfText('128.232.110.120', '66.35.250.204', 6, 34_855, 80)).toBe('1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
});

test('however an IPv6 address is written, it is the same', () => {
  const id = communityIdOfText('2001:db8::1', 'fe80::1', 17, 1_000, 53);
  expect(communityIdOfText('2001:0db8:0:0:0:0:0:1', 'fe80:0::0:1', 17, 1_000, 53)).toBe(id);
  expect(communityIdOfText('::ffff:192.0.2.1', '::1', 17, 1, 2)).toBe(
    communityIdOfText('::ffff:c000:201', '::1', 17, 1, 2),
  );
});

test('an echo and its answer are one', () => {
  expect(communityIdOfText('192.0.2.1', '192.0.2.2', 1, 8, 0)).toBe(
    communityIdOfText('192.0.2.2', '192.0.2.1', 1, 0, 0),
  );
  expect(communityIdOfText('192.0.2.1', '192.0.2.2', 1, 3, 1)).not.toBe(
    communityIdOfText('192.0.2.2', '192.0.2.1', 1, 3, 1),
  );
});
