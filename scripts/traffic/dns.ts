/** DNS messages. RFC 1035 4. */
import { ipBytes } from './packet.js';

export const DNS_TYPE = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 } as const;
export type DnsType = keyof typeof DNS_TYPE;
export const RCODE_NXDOMAIN = 3;
const CLASS_IN = 1;
const RESPONSE = 0x8180;
const QUERY = 0x0100;
/** Of multicast DNS: no recursion, and answers are authoritative. RFC 6762 18. */
const MULTICAST_RESPONSE = 0x8400;

export interface DnsAnswer {
  readonly name: string;
  readonly type: DnsType;
  /** An address, a name (`10 mail.example.jp` for MX) or a text. */
  readonly data: string;
}

export interface DnsMessage {
  readonly id: number;
  readonly name: string;
  readonly type: DnsType;
  readonly answers?: readonly DnsAnswer[];
  readonly rcode?: number;
}

export function dnsQuery(message: DnsMessage): Buffer {
  return Buffer.concat([header(message.id, QUERY, 1, 0), question(message)]);
}

export function dnsResponse(message: DnsMessage): Buffer {
  const answers = message.answers ?? [];
  const head = header(message.id, RESPONSE | (message.rcode ?? 0), 1, answers.length);
  return Buffer.concat([head, question(message), ...answers.map(record)]);
}

export function mdnsQuery(name: string): Buffer {
  return Buffer.concat([header(0, 0, 1, 0), question({ id: 0, name, type: 'A' })]);
}

export function mdnsResponse(answer: DnsAnswer): Buffer {
  return Buffer.concat([header(0, MULTICAST_RESPONSE, 0, 1), record(answer)]);
}

/** As TCP carries it, with its length in front. RFC 1035 4.2.2. */
export function dnsOverTcp(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function header(id: number, flags: number, questions: number, answers: number): Buffer {
  const b = Buffer.alloc(12);
  [id, flags, questions, answers].forEach((value, index) => {
    b.writeUInt16BE(value, index * 2);
  });
  return b;
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function question(message: DnsMessage): Buffer {
  return Buffer.concat([nameBytes(message.name), Buffer.from([0, DNS_TYPE[message.type], 0, CLASS_IN])]);
}

function record(answer: DnsAnswer): Buffer {
  const data = recordData(answer);
  const fixed = Buffer.from([0, DNS_TYPE[answer.type], 0, CLASS_IN, 0, 0, 0x01, 0x2c, 0, 0]);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(answer.name), fixed, data]);
}

function recordData({ type, data }: DnsAnswer): Buffer {
  if (type === 'A' || type === 'AAAA') return ipBytes(data);
  if (type === 'CNAME') return nameBytes(data);
  if (type === 'MX') {
    const [preference, exchange] = data.split(' ');
    return Buffer.concat([Buffer.from([0, Number(preference)]), nameBytes(exchange!)]);
  }
  const texts = data.match(/.{1,255}/g) ?? [''];
  return Buffer.concat(texts.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])));
}
