import { type Bytes, u8, u16 } from './bytes.js';
import { textAt } from './text.js';

/** Types of control packets: MQTT 3.1.1 2.2.1, 5.0 2.1.2. */
export const MqttType = { Connect: 1, ConnAck: 2, Publish: 3, Subscribe: 8, Disconnect: 14 } as const;
const TYPE_LAST = 15;
const LENGTH_BYTES_MAX = 4;
const TOPICS_MAX = 32;
/** Protocol names by their level: 3.1 (3), 3.1.1 (4) and 5.0 (5); a bridge sets the highest bit. */
const VERSIONS: Readonly<Record<number, string>> = { 3: '3.1', 4: '3.1.1', 5: '5.0' };
const BRIDGE = 0x80;

/** The fixed header: where the rest of the packet begins and ends. */
export interface MqttPacket {
  readonly type: number;
  readonly flags: number;
  readonly start: number;
  readonly end: number;
}

/** @returns 'more' when the header is not all there, undefined when it is none */
export function mqttPacket(b: Bytes, start: number, end: number): MqttPacket | 'more' | undefined {
  if (end - start < 2) return 'more';
  const type = u8(b, start) >> 4;
  if (type === 0 || type > TYPE_LAST) return undefined;
  let length = 0;
  for (let index = 0; index < LENGTH_BYTES_MAX; index++) {
    const at = start + 1 + index;
    if (at >= end) return 'more';
    length += (u8(b, at) & 0x7f) * 128 ** index;
    if (u8(b, at) < 0x80) return { type, flags: u8(b, start) & 0x0f, start: at + 1, end: at + 1 + length };
  }
  return undefined;
}

export interface MqttConnect {
  readonly level: number;
  readonly version: string;
  readonly clientId: string;
  readonly keepAliveS: number;
  readonly willTopic: string | undefined;
  readonly user: string | undefined;
  /** Whether one was sent. */
  readonly hasPassword: boolean;
}

/** The variable header and payload of a CONNECT. 3.1.1 3.1, 5.0 3.1. @returns undefined when it is none */
export function decodeMqttConnect(b: Bytes, start: number, end: number): MqttConnect | undefined {
  const name = lengthText(b, start, end);
  if (name === undefined || (name.text !== 'MQTT' && name.text !== 'MQIsdp') || name.end + 4 > end) return undefined;
  const level = u8(b, name.end) & ~BRIDGE;
  const flags = u8(b, name.end + 1);
  const isFive = level === 5;
  const client = lengthText(b, isFive ? propertiesEnd(b, name.end + 4, end) : name.end + 4, end);
  if (client === undefined) return undefined;
  let at = client.end;
  let willTopic: string | undefined;
  if ((flags & 0x04) !== 0) {
    const topic = lengthText(b, isFive ? propertiesEnd(b, at, end) : at, end);
    willTopic = topic?.text;
    // The words of the will are of no interest.
    at = topic === undefined ? end : (lengthEnd(b, topic.end, end) ?? end);
  }
  const user = (flags & 0x80) === 0 ? undefined : lengthText(b, at, end);
  return {
    level,
    version: VERSIONS[level] ?? String(level),
    clientId: client.text,
    keepAliveS: u16(b, name.end + 2),
    willTopic,
    user: user?.text,
    hasPassword: (flags & 0x40) !== 0,
  };
}

/** The return code of 3.1.1, or the reason code of 5.0. */
export function mqttConnAckCode(b: Bytes, start: number, end: number): number | undefined {
  return end - start < 2 ? undefined : u8(b, start + 1);
}

/** 3.1.1 3.3.2.1. */
export function mqttPublishTopic(b: Bytes, start: number, end: number): string | undefined {
  return lengthText(b, start, end)?.text;
}

/** Topic filters of a SUBSCRIBE. 3.1.1 3.8.3. */
export function mqttFilters(b: Bytes, start: number, end: number, level: number): string[] {
  const list: string[] = [];
  let at = start + 2;
  if (level === 5) at = propertiesEnd(b, at, end);
  while (at < end && list.length < TOPICS_MAX) {
    const filter = lengthText(b, at, end);
    if (filter === undefined) break;
    list.push(filter.text);
    at = filter.end + 1;
  }
  return list;
}

/** 5.0 2.2.2: a length of one to four bytes in front. Never past `end`. */
function propertiesEnd(b: Bytes, start: number, end: number): number {
  let length = 0;
  for (let index = 0; index < LENGTH_BYTES_MAX && start + index < end; index++) {
    length += (u8(b, start + index) & 0x7f) * 128 ** index;
    if (u8(b, start + index) < 0x80) return Math.min(end, start + index + 1 + length);
  }
  return end;
}

function lengthEnd(b: Bytes, at: number, end: number): number | undefined {
  if (at + 2 > end) return undefined;
  const next = at + 2 + u16(b, at);
  return next > end ? undefined : next;
}

/** 3.1.1 1.5.3. */
function lengthText(b: Bytes, at: number, end: number): { text: string; end: number } | undefined {
  const next = lengthEnd(b, at, end);
  return next === undefined ? undefined : { text: textAt(b, at + 2, next), end: next };
}
