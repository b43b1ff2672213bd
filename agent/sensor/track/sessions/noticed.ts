import { u8, u16, u32 } from '../../wire/bytes.js';
import type { ApplicationName } from '../application.js';
import { DONE, type Protocol, type Session, Verdict } from '../session.js';

/** Protocols that are named in the flow and not followed: what they carry is encrypted, or nobody's business. */

type Is = (b: Buffer, start: number, end: number, fromPort: number, toPort: number) => boolean;

const NOTHING_MORE: Session = { onBytes: () => DONE, onEnd: () => {} };

function noticed(name: ApplicationName, transport: 'tcp' | 'udp', is: Is): Protocol {
  return {
    name,
    transport,
    datasets: ['flow', 'session'],
    recognise: (b, start, end, fromPort, toPort) => (is(b, start, end, fromPort, toPort) ? Verdict.Yes : Verdict.No),
    open: () => NOTHING_MORE,
  };
}

const either = (a: number, b: number, port: number): boolean => a === port || b === port;
const begins = (b: Buffer, start: number, end: number, text: string): boolean =>
  end - start >= text.length && b.toString('latin1', start, start + text.length) === text;

/** RFC 8489 5: two zero bits, the magic cookie, and a length of whole words. */
const isStun: Is = (b, start, end) =>
  end - start >= 20 &&
  u8(b, start) < 0x40 &&
  u32(b, start + 4) === 0x2112a442 &&
  u16(b, start + 2) % 4 === 0 &&
  u16(b, start + 2) <= end - start - 20;

/** WireGuard, protocol description 5.4: type, three zeros, and a length that each handshake message has. */
const isWireGuard: Is = (b, start, end) => {
  const bytes = end - start;
  if (bytes < 32 || u8(b, start + 1) !== 0 || u16(b, start + 2) !== 0) return false;
  return (u8(b, start) === 1 && bytes === 148) || (u8(b, start) === 2 && bytes === 92);
};

/** RFC 7296 3.1, RFC 2408 3.1; four zeros in front on port 4500 (RFC 3948 2.2). */
const isIke: Is = (b, start, end, from, to) => {
  const at = either(from, to, 4500) && end - start >= 32 && u32(b, start) === 0 ? start + 4 : start;
  if (end - at < 28 || (at === start && !either(from, to, 500))) return false;
  const version = u8(b, at + 17) >> 4;
  const hasSpi = u32(b, at) !== 0 || u32(b, at + 4) !== 0;
  return hasSpi && (version === 1 || version === 2) && u32(b, at + 24) === end - at;
};

/** RFC 2661 3.1: a control message of version 2. */
const isL2tp: Is = (b, start, end, from, to) =>
  either(from, to, 1701) && end - start >= 12 && u16(b, start) === 0xc802 && u16(b, start + 2) === end - start;

/** BEP 3: the handshake. BEP 5: bencoded questions and answers with an id of twenty bytes. */
const isBitTorrent: Is = (b, start, end) => u8(b, start) === 0x13 && begins(b, start, end, '\x13BitTorrent protocol');
const isDht: Is = (b, start, end) =>
  u8(b, start) === 0x64 && (begins(b, start, end, 'd1:ad2:id20:') || begins(b, start, end, 'd1:rd2:id20:'));

/** RFC 5424 6.2.1, RFC 3164 4.1.1: `<PRI>`; RFC 6587 3.4.1: a count in front, over TCP. */
/** Many a device leaves the number out, but text it is. */
const isSyslog: Is = (b, start, end, _from, to) =>
  (to === 514 || to === 601) && /^[\t\x20-\x7e]+$/.test(b.toString('latin1', start, Math.min(end, start + 16)));
const isSyslogTcp: Is = (b, start, end, _from, to) =>
  (to === 514 || to === 601 || to === 1514) &&
  /^(?:\d{1,5} )?<\d{1,3}>/.test(b.toString('latin1', start, Math.min(end, start + 11)));

/** OASIS WS-Discovery 1.1: SOAP over UDP, by which Windows, printers and cameras are found. */
const isWsDiscovery: Is = (b, start, end, from, to) =>
  either(from, to, 3702) && end > start && u8(b, start) === 0x3c && b.indexOf('discovery', start) < end;

export const STUN = noticed('stun', 'udp', isStun);
export const WIREGUARD = noticed('wireguard', 'udp', isWireGuard);
export const IKE = noticed('ike', 'udp', isIke);
export const L2TP = noticed('l2tp', 'udp', isL2tp);
export const BITTORRENT = noticed('bittorrent', 'tcp', isBitTorrent);
export const BITTORRENT_DHT = noticed('bittorrent', 'udp', isDht);
export const SYSLOG = noticed('syslog', 'udp', isSyslog);
export const SYSLOG_TCP = noticed('syslog', 'tcp', isSyslogTcp);
export const WS_DISCOVERY = noticed('ws-discovery', 'udp', isWsDiscovery);
