import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { openVpnFrame, openVpnHandshake } from '../../../../scripts/traffic/openvpn.js';
import { Random } from '../../../../scripts/traffic/random.js';
import { overTcp, overUdp, recordsOf } from '../../../../scripts/traffic/records.js';

const NAME = 'vpn.office.jp';
const handshake = (hmacBytes: number) => openVpnHandshake(NAME, new Random(3), hmacBytes);
const of = (dataset: string, records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === dataset);
const TOLD = { 'network.protocol': 'tls', 'tls.client.server_name': NAME, 'tls.version': '1.3' };

describe('the handshake inside of OpenVPN', () => {
  test.each([0, 20, 32, 64])('over UDP, with an HMAC of %i bytes', (hmacBytes) => {
    const records = recordsOf(overUdp(handshake(hmacBytes), { serverPort: 4_444 }));
    expect(of('tls', records)).toMatchObject([TOLD]);
    expect(of('flow', records)).toMatchObject([{ 'network.protocol': 'openvpn' }]);
    expect(String(of('tls', records)[0]?.['tls.client.ja4'])).toMatch(/^t13d/);
  });

  test('over TCP', () => {
    const steps = handshake(20).map(([from, packet]) => [from, openVpnFrame(packet)] as const);
    const records = recordsOf(overTcp(steps, { serverPort: 8_443 }));
    expect(of('tls', records)).toMatchObject([TOLD]);
    expect(of('flow', records)).toMatchObject([{ 'network.protocol': 'openvpn' }]);
  });

  test('in any order, and sent again', () => {
    const [reset, answer, ...rest] = handshake(0);
    const [client, server] = (['client', 'server'] as const).map((side) => rest.filter(([from]) => from === side));
    const swapped = server!.flatMap((_, index) => (index % 8 === 0 ? server!.slice(index, index + 8).reverse() : []));
    const records = recordsOf(
      overUdp([reset!, answer!, ...client!.reverse(), ...swapped, ...rest], { serverPort: 1_194 }),
    );
    expect(of('tls', records)).toMatchObject([TOLD]);
  });

  test('is not looked for where all is encrypted', () => {
    const crypt = Buffer.concat([Buffer.of(0x38), Buffer.alloc(8, 5), Buffer.of(0, 0, 0, 1), Buffer.alloc(41, 9)]);
    const records = recordsOf(overUdp([['client', crypt], ...handshake(0).slice(2)], { serverPort: 4_444 }));
    expect(of('tls', records)).toEqual([]);
    expect(of('flow', records)).toMatchObject([{ 'network.protocol': 'openvpn' }]);
  });

  test('never breaks, wherever it is cut or changed', () => {
    const steps = handshake(20);
    fc.assert(
      fc.property(fc.nat(steps.length - 1), fc.nat(140), fc.integer({ min: 0, max: 255 }), (which, at, value) => {
        const changed = steps.map(([from, packet]) => [from, Buffer.from(packet)] as const);
        const packet = changed[which]![1];
        packet[at % packet.length] = value;
        const cut = changed.map(
          ([from, bytes], index) => [from, index === which ? bytes.subarray(0, at) : bytes] as const,
        );
        for (const list of [changed, cut]) {
          expect(of('tls', recordsOf(overUdp(list, { serverPort: 1_194 }))).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
