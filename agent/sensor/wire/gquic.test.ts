import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GOOGLE_QUIC_HEADS, googleQuicClientHello } from '../../../scripts/traffic/gquic.js';
import { overUdp, recordsOf } from '../../../scripts/traffic/records.js';
import { googleQuicHello } from './gquic.js';

const { Q043: OLD, Q046: NEW } = GOOGLE_QUIC_HEADS;

const VALUES = { 'SNI\0': 'www.example.jp', UAID: 'browser 1' };
const hello = googleQuicClientHello;
const read = (b: Buffer) => googleQuicHello(b, 0, b.length);

test.each([
  ['Q043', OLD],
  ['Q046', NEW],
])('a hello of %s tells whom it wants', (version, head) => {
  expect(read(hello(head, VALUES))).toEqual({ version, serverName: 'www.example.jp', userAgent: 'browser 1' });
  const records = recordsOf(overUdp([['client', hello(head, VALUES)]]));
  expect(records.find((record) => record['event.dataset'] === 'tls')).toMatchObject({
    'network.protocol': 'quic',
    'tls.client.server_name': 'www.example.jp',
    'hinomi.quic.version': version,
  });
});

test('cut, or with places that lie, it is read as far as it goes', () => {
  const whole = hello(OLD, VALUES);
  for (let size = 0; size < whole.length; size++) {
    const name = read(whole.subarray(0, size))?.serverName;
    expect([undefined, 'www.example.jp']).toContain(name);
  }
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const changed = Buffer.from(whole);
      changed[at] = value;
      expect(read(changed)?.serverName?.length ?? 0).toBeLessThanOrEqual(255);
    }),
  );
});

test('what names no version, or says no hello, is none', () => {
  const other = Buffer.from(hello(OLD, VALUES));
  other.write('X043', 9);
  expect(read(other)).toBeUndefined();
  expect(read(Buffer.concat([OLD, Buffer.alloc(100)]))).toBeUndefined();
});
