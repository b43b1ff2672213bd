/** Messages of SMB 1. [MS-CIFS] 2.2. */
import { wide } from './login.js';
import { framed } from './smb2.js';

export interface Smb1Options {
  readonly isResponse?: boolean;
  readonly status?: number;
  readonly isUnicode?: boolean;
  readonly treeId?: number;
  readonly userId?: number;
  readonly messageId?: number;
}

/** 2.2.3: a message of one command; `next` is chained behind it. */
export function smb1(
  command: number,
  words: Buffer,
  bytes: Buffer,
  options: Smb1Options = {},
  next?: Smb1Chained,
): Buffer {
  const { isResponse = false, status = 0, isUnicode = true, treeId = 0, userId = 0, messageId = 1 } = options;
  const b = Buffer.alloc(32);
  b.set([0xff, 0x53, 0x4d, 0x42, command]);
  b.writeUInt32LE(status, 5);
  b[9] = isResponse ? 0x80 : 0;
  b.writeUInt16LE(isUnicode ? 0xc000 : 0x4000, 10);
  b.writeUInt16LE(treeId, 24);
  b.writeUInt16LE(7, 26);
  b.writeUInt16LE(userId, 28);
  b.writeUInt16LE(messageId, 30);
  const first = block(words, bytes);
  if (next === undefined) return framed(b, first);
  first[1] = next.command;
  first.writeUInt16LE(b.length + first.length, 3);
  return framed(b, first, block(next.words, next.bytes));
}

export interface Smb1Chained {
  readonly command: number;
  readonly words: Buffer;
  readonly bytes: Buffer;
}

function block(words: Buffer, bytes: Buffer): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16LE(bytes.length);
  return Buffer.concat([Buffer.of(words.length / 2), words, size, bytes]);
}

/** Words with some of them set, by the byte at which they begin; the first two end the chain. */
export function words(count: number, values: Readonly<Record<number, number>> = {}): Buffer {
  const b = Buffer.alloc(count * 2);
  if (count > 1) b[0] = 0xff;
  for (const [at, value] of Object.entries(values)) b.writeUInt16LE(value, Number(at));
  return b;
}

/** 2.2.4.52.1. */
export const smb1Dialects = (...names: readonly string[]): Buffer =>
  Buffer.concat(names.map((name) => Buffer.from(`\x02${name}\0`, 'latin1')));

/** Texts one behind the other, the first at an even distance from the header when `isOdd` says where it would be. */
export function texts(isUnicode: boolean, isOdd: boolean, ...list: readonly string[]): Buffer {
  if (!isUnicode) return Buffer.from(list.map((text) => `${text}\0`).join(''), 'latin1');
  return Buffer.concat([Buffer.alloc(isOdd ? 1 : 0), ...list.map((text) => wide(`${text}\0`))]);
}

/** 2.2.4.33.1: bytes for a pipe, whose answer comes back at once. */
export function smb1Transact(handle: number, bytes: Buffer, options: Smb1Options): Buffer {
  const name = texts(true, false, '\\PIPE\\');
  // Words end at 32 + 1 + 32 + 2 = 67, one byte of padding, then the name.
  const offset = 68 + name.length;
  const setup = words(16, {
    0: 0,
    2: bytes.length,
    18: 0,
    20: offset,
    22: bytes.length,
    24: offset,
    26: 2,
    28: 0x26,
    30: handle,
  });
  return smb1(0x25, setup, Buffer.concat([Buffer.alloc(1), name, bytes]), options);
}

/** 2.2.4.33.2. */
export function smb1TransactAnswer(bytes: Buffer, options: Smb1Options): Buffer {
  // Words end at 32 + 1 + 20 + 2 = 55, one byte of padding.
  const head = words(10, { 0: 0, 2: bytes.length, 12: bytes.length, 14: 56 });
  return smb1(0x25, head, Buffer.concat([Buffer.alloc(1), bytes]), { ...options, isResponse: true });
}
