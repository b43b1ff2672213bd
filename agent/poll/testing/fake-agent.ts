import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

// X.690 8.1 and RFC 3416: as little of BER as a test needs, written apart from the library that is tested.
const SEQUENCE = 0x30;
const OID = 0x06;
const GET = 0xa0;
const RESPONSE = 0xa2;
const NO_SUCH_OBJECT = 0x80;
const END_OF_MIB = 0x82;

export interface Value {
  readonly tag: number;
  readonly bytes: Buffer;
}

export const tlv = (tag: number, bytes: Buffer): Buffer => {
  const { length } = bytes;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), bytes]);
};

function unsigned(tag: number, value: bigint): Value {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return { tag, bytes: (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes };
}
export const integer = (value: number): Value => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return { tag: 0x02, bytes };
};
export const text = (value: string): Value => ({ tag: 0x04, bytes: Buffer.from(value) });
export const counter32 = (value: bigint): Value => unsigned(0x41, value);
export const gauge = (value: number): Value => unsigned(0x42, BigInt(value));
export const ticks = (value: number): Value => unsigned(0x43, BigInt(value));
export const counter64 = (value: bigint): Value => unsigned(0x46, value);

function encodeOid(oid: string): Buffer {
  const [first = 1, second = 3, ...rest] = oid.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const septets = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift((left & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return Buffer.from(bytes);
}

function decodeOid(bytes: Buffer): string {
  const parts = [Math.floor((bytes[0] ?? 0) / 40), (bytes[0] ?? 0) % 40];
  let part = 0;
  for (const byte of bytes.subarray(1)) {
    part = part * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    }
  }
  return parts.join('.');
}

/** The elements in a row. Requests come from our own side: they are not distrusted. */
function read(bytes: Buffer): { tag: number; body: Buffer }[] {
  const found: { tag: number; body: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at + 1] ?? 0;
    const count = first < 0x80 ? 0 : first - 0x80;
    const length = count === 0 ? first : bytes.readUIntBE(at + 2, count);
    const start = at + 2 + count;
    found.push({ tag: bytes[at] ?? 0, body: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

const before = (a: string, b: string): number => {
  const [x, y] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let index = 0; index < Math.max(x.length, y.length); index++) {
    const difference = (x[index] ?? -1) - (y[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** An agent of version 2c that says whatever it is told to say. */
export class FakeAgent {
  values = new Map<string, Value>();
  questions = 0;
  /** Of the last question. */
  lastId = Buffer.alloc(0);
  /** In place of its answer; undefined: it says nothing. */
  mangle: (answer: Buffer) => Buffer | undefined = (answer) => answer;
  /** What comes after an OID; by default the next of `values`. */
  next = (oid: string): [string, Value] => {
    const after = [...this.values.keys()].filter((key) => before(key, oid) > 0).sort(before)[0];
    const value = after === undefined ? undefined : this.values.get(after);
    return after === undefined || value === undefined
      ? [oid, { tag: END_OF_MIB, bytes: Buffer.alloc(0) }]
      : [after, value];
  };
  readonly #socket: Socket = createSocket('udp4');

  async listen(): Promise<number> {
    this.#socket.on('message', (bytes, from) => this.#answer(bytes, from));
    await new Promise<void>((resolve) => this.#socket.bind(0, '127.0.0.1', resolve));
    return this.#socket.address().port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #answer(bytes: Buffer, from: RemoteInfo): void {
    this.questions += 1;
    const [version, community, pdu] = read(read(bytes)[0]?.body ?? Buffer.alloc(0));
    const [id, , repetitions, list] = read(pdu?.body ?? Buffer.alloc(0));
    this.lastId = Buffer.from(id?.body ?? Buffer.alloc(1));
    const oids = read(list?.body ?? Buffer.alloc(0)).map(({ body }) =>
      decodeOid(read(body)[0]?.body ?? Buffer.alloc(1)),
    );
    const pairs =
      pdu?.tag === GET
        ? oids.map((oid) => this.#get(oid))
        : this.#bulk(oids, repetitions?.body.readUIntBE(0, repetitions.body.length) ?? 1);
    const varbinds = pairs.map(([oid, value]) =>
      tlv(SEQUENCE, Buffer.concat([tlv(OID, encodeOid(oid)), tlv(value.tag, value.bytes)])),
    );
    const zero = tlv(0x02, Buffer.from([0]));
    const body = Buffer.concat([
      tlv(0x02, id?.body ?? Buffer.alloc(1)),
      zero,
      zero,
      tlv(SEQUENCE, Buffer.concat(varbinds)),
    ]);
    const head = [tlv(0x02, version?.body ?? Buffer.alloc(1)), tlv(0x04, community?.body ?? Buffer.alloc(0))];
    const answer = this.mangle(tlv(SEQUENCE, Buffer.concat([...head, tlv(RESPONSE, body)])));
    if (answer !== undefined) this.#socket.send(answer, from.port, from.address);
  }

  #get(oid: string): [string, Value] {
    return [oid, this.values.get(oid) ?? { tag: NO_SUCH_OBJECT, bytes: Buffer.alloc(0) }];
  }

  #bulk(oids: readonly string[], repetitions: number): [string, Value][] {
    const pairs: [string, Value][] = [];
    let cursors = oids;
    for (let round = 0; round < repetitions; round++) {
      const found = cursors.map((oid) => this.next(oid));
      pairs.push(...found);
      cursors = found.map(([oid]) => oid);
    }
    return pairs;
  }
}
