import { ipv4Text, ipv6Text } from './addresses.js';
import { type Bytes, u8, u16 } from './bytes.js';

/** What the OPT record of a message says beside its flags. RFC 6891 6.1. */
export interface Edns {
  /** Largest datagram that its sender takes. */
  readonly udpBytes: number;
  /** RFC 7871 6: the network that the question is for. */
  readonly clientSubnet: string | undefined;
  /** RFC 8914 2: why there is no better answer. */
  readonly error: string | undefined;
}

const CLIENT_SUBNET = 8;
const EXTENDED_ERROR = 15;
const OPTIONS_MAX = 32;
const TEXT_BYTES_MAX = 255;

/** RFC 8914 5.2 and IANA. */
const ERRORS = [
  'Other',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
  'Signature Expired before Valid',
  'Too Early',
  'Unsupported NSEC3 Iterations Value',
  'Unable to conform to policy',
  'Synthesized',
  'Invalid Query Type',
];

/** @param at of the record's type, @param dataEnd of its data, inside of the message */
export function readEdns(b: Bytes, at: number, dataEnd: number): Edns {
  let clientSubnet: string | undefined;
  let error: string | undefined;
  let option = at + 10;
  for (let count = 0; option + 4 <= dataEnd && count < OPTIONS_MAX; count++) {
    const end = option + 4 + u16(b, option + 2);
    if (end > dataEnd) break;
    if (u16(b, option) === CLIENT_SUBNET) clientSubnet ??= subnet(b, option + 4, end);
    else if (u16(b, option) === EXTENDED_ERROR && end - option >= 6) error ??= errorText(b, option + 4, end);
    option = end;
  }
  return { udpBytes: u16(b, at + 2), clientSubnet, error };
}

/** Family, length of the prefix, another length, and as many bytes of the address as the prefix needs. */
function subnet(b: Bytes, at: number, end: number): string | undefined {
  if (end - at < 4) return undefined;
  const bytes = u16(b, at) === 1 ? 4 : u16(b, at) === 2 ? 16 : 0;
  const prefix = u8(b, at + 2);
  if (bytes === 0 || prefix > bytes * 8 || end - at - 4 > bytes) return undefined;
  const address = Buffer.alloc(bytes);
  b.copy(address, 0, at + 4, end);
  return `${bytes === 4 ? ipv4Text(address, 0) : ipv6Text(address, 0)}/${prefix}`;
}

function errorText(b: Bytes, at: number, end: number): string {
  const name = ERRORS[u16(b, at)] ?? String(u16(b, at));
  const text = b.toString('utf8', at + 2, Math.min(end, at + 2 + TEXT_BYTES_MAX));
  return text === '' ? name : `${name}: ${text}`;
}
