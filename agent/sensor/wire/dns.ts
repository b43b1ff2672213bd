import { type Bytes, u8, u16, u32 } from './bytes.js';
import { dataText } from './dns-data.js';
import { type Edns, readEdns } from './dns-edns.js';
import { DnsFlaw } from './dns-flaws.js';
import { nameCursor, readName } from './dns-names.js';
import { decodeNetbios, netbiosAddresses, netbiosStatus } from './dns-netbios.js';
import { dnsClassName, dnsTypeName, netbiosTypeName } from './dns-types.js';

// RFC 1035 4.1.1.
export const DNS_HEADER_BYTES = 12;
const RESPONSE = 0x8000;
const OPT = 41;
const UPDATE = 5;
const TYPE_A = 1;
const TYPE_AAAA = 28;
const NETBIOS_NB = 32;
const NETBIOS_NBSTAT = 33;
/** Records of one section that are read, and addresses that are kept. */
const RECORDS_MAX = 256;
/** Characters of names and data of one message: pointers let a small packet say a lot. */
const TEXT_MAX = 32_768;

/** Who uses the format: names and some numbers differ. */
export type DnsFlavour = 'dns' | 'mdns' | 'llmnr' | 'nbns';

export interface DnsQuestion {
  name: string;
  type: string;
  class: string;
}

export interface DnsResource extends DnsQuestion {
  ttl: number;
  data?: string;
}

export interface DnsMessage {
  id: number;
  isResponse: boolean;
  opcode: number;
  /** With the upper bits of EDNS, where there are some. */
  rcode: number;
  /** The flag bits of the header, and DO of EDNS, by name: AA TC RD RA AD CD DO. */
  flags: string[];
  questions: DnsQuestion[];
  answers: DnsResource[];
  /** Addresses among the answers. */
  addresses: string[];
  /** Of an update: what is to be changed. RFC 2136 2.5. */
  updates?: DnsResource[];
  edns?: Edns;
  /** Why it was not decoded to its end, or not kept whole; what came before stands. The first flaw counts. */
  flaw: DnsFlaw;
}

const cursor = nameCursor();
/** Characters that the message being decoded may still give. */
let textLeft = 0;

/**
 * Whether bytes on an odd port look like DNS: a header with a known opcode, few records, one question with a name
 * and a class that exist.
 */
export function looksLikeDns(b: Bytes, start: number, end: number): boolean {
  if (end - start < DNS_HEADER_BYTES + 5) return false;
  const flags = u16(b, start + 2);
  const opcode = (flags >> 11) & 15;
  const isResponse = (flags & RESPONSE) !== 0;
  if (opcode > 5 || opcode === 3 || (flags & 0x40) !== 0 || (!isResponse && (flags & 15) !== 0)) return false;
  if (u16(b, start + 4) !== 1 || u16(b, start + 6) > 64 || u16(b, start + 8) > 64 || u16(b, start + 10) > 64)
    return false;
  if (!isResponse && u16(b, start + 6) !== 0) return false;
  const name = readName(b, start, end, start + DNS_HEADER_BYTES, cursor);
  if (name === undefined || cursor.at + 4 > end) return false;
  const type = u16(b, cursor.at);
  const dnsClass = u16(b, cursor.at + 2);
  return type > 0 && type <= 260 && (dnsClass === 1 || dnsClass === 3 || dnsClass === 255);
}

/** RFC 1035 4.2.2: whether a stream may begin with a message: a length and a header that exist. Few bytes may be anything. */
export function mayBeDnsOverTcp(b: Bytes, start: number, end: number): boolean {
  if (end - start < 2 + DNS_HEADER_BYTES) return true;
  if (u16(b, start) < DNS_HEADER_BYTES) return false;
  const flags = u16(b, start + 4);
  const records = u16(b, start + 8) + u16(b, start + 10) + u16(b, start + 12);
  return ((flags >> 11) & 15) <= 6 && u16(b, start + 6) <= 16 && records <= u16(b, start) / 11;
}

/** Whether a stream on an odd port begins with a whole message of DNS, and nothing else. */
export function isDnsOverTcp(b: Bytes, start: number, end: number): boolean {
  return end - start > 2 && u16(b, start) === end - start - 2 && looksLikeDns(b, start + 2, end);
}

/** Whether a message says that it answers. One without a header does not. */
export function isDnsResponse(b: Bytes, start: number, end: number): boolean {
  return end - start >= DNS_HEADER_BYTES && (u16(b, start + 2) & RESPONSE) !== 0;
}

/** Decodes the message [start, end), or undefined when not even its header is there. Never throws. */
export function decodeDns(b: Bytes, start: number, end: number, flavour: DnsFlavour): DnsMessage | undefined {
  if (end - start < DNS_HEADER_BYTES) return undefined;
  const bits = u16(b, start + 2);
  const message: DnsMessage = {
    id: u16(b, start),
    isResponse: (bits & RESPONSE) !== 0,
    opcode: (bits >> 11) & 15,
    rcode: bits & 15,
    flags: flagNames(bits, flavour),
    questions: [],
    answers: [],
    addresses: [],
    flaw: DnsFlaw.None,
  };
  textLeft = TEXT_MAX;
  let at = start + DNS_HEADER_BYTES;
  at = readQuestions(b, start, end, at, u16(b, start + 4), flavour, message);
  at = readRecords(b, start, end, at, u16(b, start + 6), flavour, message, message.answers);
  const isUpdate = message.opcode === UPDATE && flavour === 'dns' && !message.isResponse;
  if (isUpdate) message.updates = [];
  at = readRecords(b, start, end, at, u16(b, start + 8), flavour, message, isUpdate ? message.updates : undefined);
  readRecords(b, start, end, at, u16(b, start + 10), flavour, message, undefined);
  return message;
}

/** RFC 1035 4.1.1, RFC 4035 3.1.6 and 3.2; LLMNR's and NBNS's bits mean other things, only the shared ones count. */
function flagNames(bits: number, flavour: DnsFlavour): string[] {
  const flags: string[] = [];
  if ((bits & 0x400) !== 0 && flavour !== 'llmnr') flags.push('AA');
  if ((bits & 0x200) !== 0) flags.push('TC');
  if ((bits & 0x100) !== 0 && flavour !== 'llmnr') flags.push('RD');
  if ((bits & 0x80) !== 0) flags.push('RA');
  if ((bits & 0x20) !== 0) flags.push('AD');
  if ((bits & 0x10) !== 0 && flavour !== 'nbns') flags.push('CD');
  return flags;
}

function nameText(name: string, flavour: DnsFlavour): string {
  if (flavour !== 'nbns') return name;
  return decodeNetbios(name)?.name ?? name;
}

function typeText(type: number, flavour: DnsFlavour): string {
  return flavour === 'nbns' ? netbiosTypeName(type) : dnsTypeName(type);
}

/** mDNS uses the top bit of the class for itself (RFC 6762 5.4, 10.2). */
function classText(dnsClass: number, flavour: DnsFlavour): string {
  return dnsClassName(flavour === 'mdns' ? dnsClass & 0x7fff : dnsClass);
}

/** Notes the first flaw. @returns -1, the place behind a damaged section */
function damaged(message: DnsMessage, flaw: DnsFlaw): number {
  if (message.flaw === DnsFlaw.None) message.flaw = flaw;
  return -1;
}

/** Why no more records of a section are read. */
function limitPassed(index: number): DnsFlaw {
  if (index >= RECORDS_MAX) return DnsFlaw.TooManyRecords;
  return textLeft < 0 ? DnsFlaw.TooMuchText : DnsFlaw.None;
}

/** @returns where the section ended, or -1 when it was damaged */
function readQuestions(
  b: Bytes,
  start: number,
  end: number,
  from: number,
  count: number,
  flavour: DnsFlavour,
  message: DnsMessage,
): number {
  let at = from;
  for (let i = 0; i < count; i++) {
    const limit = limitPassed(i);
    if (limit !== DnsFlaw.None) return damaged(message, limit);
    const name = readName(b, start, end, at, cursor);
    if (name === undefined) return damaged(message, cursor.flaw);
    at = cursor.at;
    if (at + 4 > end) return damaged(message, DnsFlaw.Truncated);
    textLeft -= name.length;
    message.questions.push({
      name: nameText(name, flavour),
      type: typeText(u16(b, at), flavour),
      class: classText(u16(b, at + 2), flavour),
    });
    at += 4;
  }
  return at;
}

/** @param kept where they are to be kept; of the other sections only EDNS matters (RFC 6891 6.1) */
function readRecords(
  b: Bytes,
  start: number,
  end: number,
  from: number,
  count: number,
  flavour: DnsFlavour,
  message: DnsMessage,
  kept: DnsResource[] | undefined,
): number {
  let at = from;
  for (let i = 0; i < count && at >= 0; i++) {
    const limit = limitPassed(i);
    if (limit !== DnsFlaw.None) return damaged(message, limit);
    const name = readName(b, start, end, at, cursor);
    if (name === undefined) return damaged(message, cursor.flaw);
    at = cursor.at;
    if (at + 10 > end || at + 10 + u16(b, at + 8) > end) return damaged(message, DnsFlaw.Truncated);
    const dataEnd = at + 10 + u16(b, at + 8);
    if (u16(b, at) === OPT) onEdns(b, at, dataEnd, message);
    else kept?.push(readAnswer(b, start, end, name, at, dataEnd, flavour, message));
    at = dataEnd;
  }
  return at;
}

/** RFC 6891 6.1.3: eight more bits of the response code, and flags. */
function onEdns(b: Bytes, at: number, dataEnd: number, message: DnsMessage): void {
  message.edns ??= readEdns(b, at, dataEnd);
  message.rcode |= u8(b, at + 4) << 4;
  if ((u16(b, at + 6) & 0x8000) !== 0) message.flags.push('DO');
}

function readAnswer(
  b: Bytes,
  start: number,
  end: number,
  name: string,
  at: number,
  dataEnd: number,
  flavour: DnsFlavour,
  message: DnsMessage,
): DnsResource {
  const type = u16(b, at);
  const answer: DnsResource = {
    name: nameText(name, flavour),
    type: typeText(type, flavour),
    class: classText(u16(b, at + 2), flavour),
    ttl: u32(b, at + 4),
  };
  textLeft -= name.length;
  const data = answerData(b, start, end, type, at + 10, dataEnd, flavour, message);
  if (data === undefined) {
    // Updates (RFC 2136 2.4) have records without data.
    if (dataEnd > at + 10) damaged(message, DnsFlaw.BadData);
    return answer;
  }
  textLeft -= data.length;
  answer.data = data;
  if (type === TYPE_A || type === TYPE_AAAA) addAddress(message, data);
  return answer;
}

function answerData(
  b: Bytes,
  start: number,
  end: number,
  type: number,
  at: number,
  dataEnd: number,
  flavour: DnsFlavour,
  message: DnsMessage,
): string | undefined {
  if (flavour === 'nbns' && type === NETBIOS_NBSTAT) return netbiosStatus(b, at, dataEnd);
  if (flavour !== 'nbns' || type !== NETBIOS_NB) return dataText(b, start, end, type, at, dataEnd);
  const addresses = netbiosAddresses(b, at, dataEnd, RECORDS_MAX);
  for (const address of addresses) addAddress(message, address);
  return addresses.length === 0 ? undefined : addresses.join(' ');
}

function addAddress(message: DnsMessage, address: string): void {
  if (message.addresses.length < RECORDS_MAX) message.addresses.push(address);
}
