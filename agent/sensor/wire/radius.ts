import { ipv4Text } from './addresses.js';
import { type Bytes, u8, u16, u32 } from './bytes.js';
import { textAt } from './text.js';

/** RFC 2865 3. */
const HEADER_BYTES = 20;
const MESSAGE_BYTES_MAX = 4_096;
const ATTRIBUTES_MAX = 128;
const REPLY_CHARACTERS_MAX = 512;
const CODES: Readonly<Record<number, string>> = {
  1: 'access-request',
  2: 'access-accept',
  3: 'access-reject',
  4: 'accounting-request',
  5: 'accounting-response',
  11: 'access-challenge',
  12: 'status-server',
  40: 'disconnect-request',
  41: 'disconnect-ack',
  42: 'disconnect-nak',
  43: 'coa-request',
  44: 'coa-ack',
  45: 'coa-nak',
};
/** RFC 2865 5, RFC 2866 5, RFC 3579 3. */
const Attribute = {
  User: 1,
  Password: 2,
  Chap: 3,
  NasIp: 4,
  FramedIp: 8,
  Reply: 18,
  Vendor: 26,
  Called: 30,
  Calling: 31,
  NasName: 32,
  Accounting: 40,
  TunnelClient: 66,
  ConnectInfo: 77,
  Eap: 79,
} as const;
/** RFC 2866 5.1. */
const ACCOUNTING: Readonly<Record<number, string>> = { 1: 'start', 2: 'stop', 3: 'interim', 7: 'on', 8: 'off' };
/** RFC 2548: Microsoft's number, and of its attributes those that are a login by MS-CHAP. */
const MICROSOFT = 311;
const MSCHAP: Readonly<Record<number, string>> = { 1: 'mschap', 25: 'mschapv2' };
/** IANA, EAP method types. */
const EAP: Readonly<Record<number, string>> = {
  4: 'eap-md5',
  6: 'eap-gtc',
  13: 'eap-tls',
  18: 'eap-sim',
  21: 'eap-ttls',
  23: 'eap-aka',
  25: 'eap-peap',
  26: 'eap-mschapv2',
  43: 'eap-fast',
};

export interface Radius {
  readonly code: string;
  readonly id: number;
  user: string | undefined;
  /** How the user is proven: pap, chap, mschapv2, eap-peap ... The proof itself stays here. */
  method: string | undefined;
  nasIp: string | undefined;
  nasName: string | undefined;
  framedIp: string | undefined;
  called: string | undefined;
  calling: string | undefined;
  reply: string | undefined;
  tunnelClient: string | undefined;
  connectInfo: string | undefined;
  accounting: string | undefined;
}

/** Whether the code is one that there is, and the lengths fit. What stands behind the message is padding. */
export function looksLikeRadius(b: Bytes, start: number, end: number): boolean {
  if (end - start < HEADER_BYTES || CODES[u8(b, start)] === undefined) return false;
  const bytes = u16(b, start + 2);
  return bytes >= HEADER_BYTES && bytes <= MESSAGE_BYTES_MAX && bytes <= end - start;
}

/** @returns undefined for what is no message of RADIUS */
export function decodeRadius(b: Bytes, start: number, end: number): Radius | undefined {
  if (!looksLikeRadius(b, start, end)) return undefined;
  const message: Radius = { ...NOTHING, code: CODES[u8(b, start)]!, id: u8(b, start + 1) };
  const messageEnd = start + u16(b, start + 2);
  let at = start + HEADER_BYTES;
  for (let count = 0; count < ATTRIBUTES_MAX && messageEnd - at >= 2; count++) {
    const next = at + u8(b, at + 1);
    if (next < at + 2 || next > messageEnd) break;
    readAttribute(message, u8(b, at), b, at + 2, next);
    at = next;
  }
  return message;
}

const NOTHING = {
  user: undefined,
  method: undefined,
  nasIp: undefined,
  nasName: undefined,
  framedIp: undefined,
  called: undefined,
  calling: undefined,
  reply: undefined,
  tunnelClient: undefined,
  connectInfo: undefined,
  accounting: undefined,
} as const;

function readAttribute(message: Radius, type: number, b: Bytes, from: number, to: number): void {
  const text = (): string => textAt(b, from, to);
  const ip = (): string | undefined => (to - from === 4 ? ipv4Text(b, from) : undefined);
  switch (type) {
    case Attribute.User:
      message.user = text();
      break;
    case Attribute.Password:
      message.method = 'pap';
      break;
    case Attribute.Chap:
      message.method = 'chap';
      break;
    case Attribute.NasIp:
      message.nasIp = ip();
      break;
    case Attribute.FramedIp:
      message.framedIp = ip();
      break;
    case Attribute.Reply:
      // RFC 2865 5.18: several are shown in their order.
      message.reply =
        message.reply === undefined ? text() : `${message.reply} ${text()}`.slice(0, REPLY_CHARACTERS_MAX);
      break;
    case Attribute.Vendor:
      if (to - from >= 6 && u32(b, from) === MICROSOFT) message.method = MSCHAP[u8(b, from + 4)] ?? message.method;
      break;
    case Attribute.Called:
      message.called = text();
      break;
    case Attribute.Calling:
      message.calling = text();
      break;
    case Attribute.NasName:
      message.nasName = text();
      break;
    case Attribute.Accounting:
      if (to - from === 4) message.accounting = ACCOUNTING[u32(b, from)];
      break;
    case Attribute.TunnelClient:
      message.tunnelClient = text();
      break;
    case Attribute.ConnectInfo:
      message.connectInfo = text();
      break;
    case Attribute.Eap:
      // Code, identifier, length, and in requests and responses the type. RFC 3748 4.
      message.method = to - from < 5 ? (message.method ?? 'eap') : (EAP[u8(b, from + 4)] ?? message.method ?? 'eap');
      break;
  }
}
