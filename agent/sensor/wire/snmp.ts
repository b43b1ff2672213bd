import { ipv4Text } from './addresses.js';
import { type Bytes, u8 } from './bytes.js';
import { type DerElement, derChildren, derInteger, readDer } from './der.js';
import { hexAt, textAt } from './text.js';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const PDU_FIRST = 0xa0;
const PDU_LAST = 0xa8;
const TRAP_V1 = 0xa4;
const BINDINGS_MAX = 64;
const ARCS_MAX = 128;

/** RFC 3416 3, RFC 1157 4.1; by the number of the context tag. */
const PDU_NAMES: readonly string[] = [
  'get-request',
  'get-next-request',
  'get-response',
  'set-request',
  'trap',
  'get-bulk-request',
  'inform-request',
  'snmpv2-trap',
  'report',
];
/** Versions by the number on the wire. RFC 3412 6, RFC 1901 3, RFC 1157 4. */
const VERSIONS: Readonly<Record<number, string>> = { 0: '1', 1: '2c', 3: '3' };
/** Communities that devices leave the factory with. */
const COMMUNITIES_DEFAULT: ReadonlySet<string> = new Set(['public', 'private']);

export interface SnmpBinding {
  readonly name: string;
  /** Text, number, address or object id; undefined for what is none of these, or is not there. */
  readonly value: string | undefined;
}

export interface Snmp {
  readonly version: string;
  /** Whether the community is one that everybody knows. The community itself stays here. Undefined in version 3. */
  readonly isCommunityDefault: boolean | undefined;
  /** Version 3: who, and of which engine (hexadecimal). RFC 3414 2.4. */
  readonly user: string | undefined;
  readonly engineId: string | undefined;
  readonly security: 'none' | 'auth' | 'auth-priv' | undefined;
  /** Undefined when it is encrypted. */
  readonly pdu: string | undefined;
  readonly isRequest: boolean;
  readonly errorStatus: number;
  /** Of a trap: what happened. */
  readonly trapOid: string | undefined;
  readonly bindings: readonly SnmpBinding[];
}

/**
 * Whether a datagram begins as a message of one of the versions does.
 * @param isWhole that all of it must be there, and nothing else
 */
export function looksLikeSnmp(b: Bytes, start: number, end: number, isWhole: boolean): boolean {
  if (end - start < 12 || u8(b, start) !== SEQUENCE) return false;
  if (isWhole && readDer(b, start, end)?.end !== end) return false;
  const [version, second, pdu] = partsOf(b, start, end);
  const number = derInteger(b, version) ?? -1;
  if (version?.tag !== INTEGER || VERSIONS[number] === undefined) return false;
  if (second?.tag === SEQUENCE) return number === 3;
  return second?.tag === OCTET_STRING && pdu !== undefined && pdu.tag >= PDU_FIRST && pdu.tag <= PDU_LAST;
}

/** What a message holds; of one that is cut, or says that it is longer, what is there. */
function partsOf(b: Bytes, start: number, end: number): DerElement[] {
  const message = readCut(b, start, end);
  return message === undefined ? [] : childrenOf(b, message, 4);
}

function childrenOf(b: Bytes, parent: DerElement, max: number): DerElement[] {
  const list: DerElement[] = [];
  for (let at = parent.start; at < parent.end && list.length < max; ) {
    const child = readCut(b, at, parent.end);
    if (child === undefined) break;
    list.push(child);
    at = child.end;
  }
  return list;
}

/** As readDer, but the end is that of what is there. */
function readCut(b: Bytes, at: number, end: number): DerElement | undefined {
  const whole = readDer(b, at, end);
  if (whole !== undefined || at + 2 > end) return whole;
  const first = u8(b, at + 1);
  const start = at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  return first > 0x84 || first === 0x80 || start > end ? undefined : { tag: u8(b, at), start, end };
}

/** @returns undefined for what is no message of SNMP */
export function decodeSnmp(b: Bytes, start: number, end: number): Snmp | undefined {
  if (!looksLikeSnmp(b, start, end, false)) return undefined;
  const [version, second, third, fourth] = partsOf(b, start, end);
  const number = derInteger(b, version) ?? 0;
  const common = { version: VERSIONS[number]!, user: undefined, engineId: undefined, security: undefined };
  if (number !== 3) {
    const community = b.toString('latin1', second!.start, Math.min(second!.end, second!.start + 16));
    return { ...common, isCommunityDefault: COMMUNITIES_DEFAULT.has(community), ...readPdu(b, third) };
  }
  const scoped = fourth?.tag === SEQUENCE ? childrenOf(b, fourth, 3)[2] : undefined;
  return { ...common, isCommunityDefault: undefined, ...readSecurity(b, second, third), ...readPdu(b, scoped) };
}

/** RFC 3412 6 and RFC 3414 2.4: flags of the header, and the user-based model's parameters in their own encoding. */
function readSecurity(
  b: Bytes,
  header: DerElement | undefined,
  wrapped: DerElement | undefined,
): Pick<Snmp, 'user' | 'engineId' | 'security'> {
  const flags = header === undefined ? undefined : derChildren(b, header, 4)[2];
  const bits = flags !== undefined && flags.end > flags.start ? u8(b, flags.start) & 3 : 0;
  const parameters = wrapped === undefined ? undefined : readDer(b, wrapped.start, wrapped.end);
  const parts = parameters?.tag === SEQUENCE ? derChildren(b, parameters, 6) : [];
  const [engine, , , user] = parts;
  return {
    security: bits === 3 ? 'auth-priv' : bits === 1 ? 'auth' : 'none',
    engineId: engine === undefined ? undefined : hexAt(b, engine.start, engine.end),
    user: user === undefined ? undefined : textAt(b, user.start, user.end),
  };
}

function readPdu(
  b: Bytes,
  pdu: DerElement | undefined,
): Pick<Snmp, 'pdu' | 'isRequest' | 'errorStatus' | 'trapOid' | 'bindings'> {
  if (pdu === undefined || pdu.tag < PDU_FIRST || pdu.tag > PDU_LAST)
    return { pdu: undefined, isRequest: false, errorStatus: 0, trapOid: undefined, bindings: [] };
  const parts = childrenOf(b, pdu, 6);
  const name = PDU_NAMES[pdu.tag - PDU_FIRST]!;
  const isRequest = name.endsWith('-request');
  const list = pdu.tag === TRAP_V1 ? parts[5] : parts[3];
  const bindings = list?.tag === SEQUENCE ? childrenOf(b, list, BINDINGS_MAX).map((each) => binding(b, each)) : [];
  // What stands there in GETBULK is a count, and in a trap of version 1 an address.
  const isAnswer = name === 'get-response' || name === 'report';
  const errorStatus = isAnswer ? (derInteger(b, parts[1]) ?? 0) : 0;
  const trapOid = pdu.tag === TRAP_V1 ? trapOfV1(b, parts) : bindings.find((each) => each.name === TRAP_OID)?.value;
  return { pdu: name, isRequest, errorStatus, trapOid, bindings };
}

/** RFC 3418 2: snmpTrapOID.0. */
const TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0';

/** RFC 3584 3.1: the six general traps have object ids of their own; others are below the maker's. */
function trapOfV1(b: Bytes, parts: readonly DerElement[]): string | undefined {
  const general = derInteger(b, parts[2]) ?? -1;
  if (general >= 0 && general < 6) return `1.3.6.1.6.3.1.1.5.${general + 1}`;
  const enterprise = parts[0] === undefined ? undefined : objectId(b, parts[0]);
  return enterprise === undefined ? undefined : `${enterprise}.0.${derInteger(b, parts[3]) ?? 0}`;
}

function binding(b: Bytes, pair: DerElement): SnmpBinding {
  const [name, value] = childrenOf(b, pair, 2);
  return {
    name: name === undefined ? '' : (objectId(b, name) ?? ''),
    value: value === undefined ? undefined : valueText(b, value),
  };
}

/** RFC 2578 7.1: counters, gauges and times are numbers. */
function valueText(b: Bytes, { tag, start, end }: DerElement): string | undefined {
  if (tag === OCTET_STRING) return textAt(b, start, end);
  if (tag === OBJECT_ID) return objectId(b, { tag, start, end });
  if (tag === 0x40 && end - start === 4) return ipv4Text(b, start);
  const isNumber = tag === INTEGER || (tag >= 0x41 && tag <= 0x43) || tag === 0x46;
  return isNumber ? derInteger(b, { tag, start, end })?.toString() : undefined;
}

/** ITU-T X.690 8.19, each arc of at most 32 bits. */
export function objectId(b: Bytes, { tag, start, end }: DerElement): string | undefined {
  if (tag !== OBJECT_ID || end === start) return undefined;
  const arcs: number[] = [];
  let arc = 0;
  for (let at = start; at < end && arcs.length < ARCS_MAX; at++) {
    arc = arc * 128 + (u8(b, at) & 0x7f);
    if (arc > 0xffff_ffff) return undefined;
    if (u8(b, at) >= 0x80) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - first * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}
