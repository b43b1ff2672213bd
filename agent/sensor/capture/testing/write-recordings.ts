/** For tests: writes recordings field by field, so that every field can lie. */

export interface TestPacket {
  readonly seconds: number;
  /** Micro- or nanoseconds, as the file counts. */
  readonly fraction: number;
  readonly data: Buffer;
  readonly captured?: number;
  readonly original?: number;
}

export interface PcapOptions {
  readonly magic?: number;
  readonly isLittle?: boolean;
  readonly major?: number;
  readonly linkType?: number;
}

export function pcap(packets: readonly TestPacket[], options: PcapOptions = {}): Buffer {
  const { magic = 0xa1b2c3d4, isLittle = true, major = 2, linkType = 1 } = options;
  const put = writer(isLittle);
  const header = [
    put.u32(magic),
    put.u16(major),
    put.u16(4),
    put.u32(0),
    put.u32(0),
    put.u32(65_535),
    put.u32(linkType),
  ];
  const records = packets.flatMap((packet) => [
    put.u32(packet.seconds),
    put.u32(packet.fraction),
    put.u32(packet.captured ?? packet.data.length),
    put.u32(packet.original ?? packet.data.length),
    packet.data,
  ]);
  return Buffer.concat([...header, ...records]);
}

/** Blocks of pcapng in one byte order. */
export function pcapngBlocks(isLittle = true) {
  const put = writer(isLittle);
  const block = (type: number, body: Buffer, length = body.length + 12): Buffer =>
    Buffer.concat([put.u32(type), put.u32(length), body, put.u32(length)]);
  const option = (code: number, value: Buffer): Buffer =>
    Buffer.concat([put.u16(code), put.u16(value.length), padded(value)]);
  const timed = (ticks: bigint): Buffer[] => [put.u32(Number(ticks >> 32n)), put.u32(Number(ticks & 0xffffffffn))];
  return {
    block,
    option,
    section: (major = 1) =>
      block(
        0x0a0d0d0a,
        Buffer.concat([put.u32(0x1a2b3c4d), put.u16(major), put.u16(0), put.u32(0xffffffff), put.u32(0xffffffff)]),
      ),
    interface: (linkType: number, options: Buffer[] = [], snapBytes = 0) =>
      block(1, Buffer.concat([put.u16(linkType), put.u16(0), put.u32(snapBytes), ...options])),
    enhanced: (index: number, ticks: bigint, data: Buffer, lie: { captured?: number; original?: number } = {}) =>
      block(
        6,
        Buffer.concat([
          put.u32(index),
          ...timed(ticks),
          put.u32(lie.captured ?? data.length),
          put.u32(lie.original ?? data.length),
          padded(data),
        ]),
      ),
    simple: (data: Buffer, original = data.length) => block(3, Buffer.concat([put.u32(original), padded(data)])),
    obsolete: (index: number, ticks: bigint, data: Buffer) =>
      block(
        2,
        Buffer.concat([
          put.u16(index),
          put.u16(0),
          ...timed(ticks),
          put.u32(data.length),
          put.u32(data.length),
          padded(data),
        ]),
      ),
    i64: (value: bigint): Buffer => {
      const b = Buffer.alloc(8);
      if (isLittle) b.writeBigInt64LE(value);
      else b.writeBigInt64BE(value);
      return b;
    },
  };
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}

function writer(isLittle: boolean) {
  return {
    u16: (value: number): Buffer => {
      const b = Buffer.alloc(2);
      if (isLittle) b.writeUInt16LE(value);
      else b.writeUInt16BE(value);
      return b;
    },
    u32: (value: number): Buffer => {
      const b = Buffer.alloc(4);
      if (isLittle) b.writeUInt32LE(value >>> 0);
      else b.writeUInt32BE(value >>> 0);
      return b;
    },
  };
}
