/** A hello of Google's QUIC with padding in front, as it is sent. @param values by tag */
export function googleQuicClientHello(head: Buffer, values: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries({ 'PAD\0': '-'.repeat(200), ...values });
  const tags = Buffer.alloc(4 + entries.length * 8);
  tags.writeUInt16LE(entries.length, 0);
  let end = 0;
  entries.forEach(([name, value], index) => {
    end += value.length;
    tags.write(name, 4 + index * 8, 'latin1');
    tags.writeUInt32LE(end, 8 + index * 8);
  });
  return Buffer.concat([head, Buffer.from('CHLO'), tags, ...entries.map(([, value]) => Buffer.from(value))]);
}

const OLD = Buffer.concat([
  Buffer.of(0x0d),
  Buffer.alloc(8, 3),
  Buffer.from('Q043'),
  Buffer.of(1),
  Buffer.alloc(12, 4),
  Buffer.of(0xa0, 1, 4, 0),
]);
const NEW = Buffer.concat([
  Buffer.of(0xc3),
  Buffer.from('Q046'),
  Buffer.of(0x50),
  Buffer.alloc(8, 3),
  Buffer.alloc(20, 4),
]);

/** What stands in front of the hello: flags, an id, a version, a number, a hash, the head of a frame. */
export const GOOGLE_QUIC_HEADS = { Q043: OLD, Q046: NEW } as const;
