/** MQTT 3.1.1 packets as bytes, right and wrong ones alike. */

/** 2.2.3. */
export function frame(first: number, ...parts: ReadonlyArray<Buffer | string | readonly number[]>): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
  return Buffer.concat([Buffer.from([first]), lengthOf(body.length), body]);
}

export function lengthOf(length: number): Buffer {
  const bytes: number[] = [];
  let left = length;
  do {
    bytes.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.from(bytes);
}

/** 1.5.3. */
export const text = (value: string): Buffer => Buffer.concat([two(Buffer.byteLength(value)), Buffer.from(value)]);
export const two = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

export interface ConnectOptions {
  readonly level?: number;
  readonly protocol?: string;
  readonly flags?: number;
  readonly keepaliveS?: number;
  readonly more?: readonly Buffer[];
}
const CLEAN = 0x02;

export function connectFrame(id: string, options: ConnectOptions = {}): Buffer {
  const { level = 4, protocol = 'MQTT', flags = CLEAN, keepaliveS = 60, more = [] } = options;
  return frame(0x10, text(protocol), [level, flags], two(keepaliveS), text(id), ...more);
}

export const publishFrame = (topic: string, payload: string | Buffer, qos = 1, id = 1, retain = false): Buffer =>
  frame(0x30 | (qos << 1) | (retain ? 1 : 0), text(topic), qos > 0 ? two(id) : [], payload);

export const subscribeFrame = (id: number, ...topics: ReadonlyArray<readonly [string, number]>): Buffer =>
  frame(0x82, two(id), ...topics.flatMap(([topic, qos]) => [text(topic), Buffer.from([qos])]));

export const unsubscribeFrame = (id: number, ...topics: readonly string[]): Buffer =>
  frame(0xa2, two(id), ...topics.map(text));

export const PING = frame(0xc0);
export const DISCONNECT = frame(0xe0);
export const pubrel = (id: number): Buffer => frame(0x62, two(id));
export const puback = (id: number): Buffer => frame(0x40, two(id));
export const pubrec = (id: number): Buffer => frame(0x50, two(id));

export const ACCEPTED = '20020000';
export const refused = (code: number): string => `2002000${code}`;
