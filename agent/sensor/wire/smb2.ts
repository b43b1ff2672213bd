import { type Bytes, u8, u16le, u32le } from './bytes.js';
import { wellFormed } from './ntlm.js';

/** [MS-SMB2] 2.2.1.2. */
export const SMB2_HEADER_BYTES = 64;
const NAME_BYTES_MAX = 2_048;
const FILE_ID_BYTES = 16;
const TWO_TO_32 = 2 ** 32;

export const Smb2 = {
  Negotiate: 0,
  SessionSetup: 1,
  Logoff: 2,
  TreeConnect: 3,
  TreeDisconnect: 4,
  Create: 5,
  Close: 6,
  Read: 8,
  Write: 9,
  Ioctl: 11,
  SetInfo: 17,
} as const;

export interface Smb2Header {
  readonly command: number;
  readonly status: number;
  readonly isResponse: boolean;
  /** 3.2.4.1.4: chained to the message in front, and about the same. */
  readonly isRelated: boolean;
  readonly messageId: number;
  /** Of a request; an asynchronous response has none. */
  readonly treeId: number;
  /** As text: all 64 bits of it count. */
  readonly sessionId: string;
  /** Where the next of a chain begins, from this one; 0: none. */
  readonly next: number;
}

/** 2.2.4: what the server chose. 0x02ff asks for a second negotiation (3.3.5.3.2). */
const DIALECTS: Readonly<Record<number, string>> = {
  514: '2.0.2',
  528: '2.1',
  768: '3.0',
  770: '3.0.2',
  785: '3.1.1',
};
const WILDCARD = 0x02ff;

/** @param at of a header that is wholly there */
export function readSmb2Header(b: Bytes, at: number): Smb2Header {
  return {
    status: u32le(b, at + 8),
    command: u16le(b, at + 12),
    isResponse: (u32le(b, at + 16) & 1) !== 0,
    isRelated: (u32le(b, at + 16) & 4) !== 0,
    next: u32le(b, at + 20),
    messageId: u32le(b, at + 24) + (u32le(b, at + 28) & 0x1fffff) * TWO_TO_32,
    treeId: u32le(b, at + 36),
    sessionId: b.toString('hex', at + 40, at + 48),
  };
}

/** What a server answers to a negotiation. */
export interface Smb2Terms {
  readonly dialect: string | undefined;
  readonly isSigningRequired: boolean;
  readonly cipher: string | undefined;
  readonly signing: string | undefined;
}
const SIGNING_REQUIRED = 2;
const CONTEXTS_MAX = 16;
/** 2.2.3.1.2 and 2.2.3.1.7. */
const CIPHERS = ['', 'AES-128-CCM', 'AES-128-GCM', 'AES-256-CCM', 'AES-256-GCM'] as const;
const SIGNINGS = ['HMAC-SHA256', 'AES-CMAC', 'AES-GMAC'] as const;
const Context = { Encryption: 2, Signing: 8 } as const;

/** 2.2.4, of a message that ends at `end`. */
export function smb2Terms(b: Bytes, header: number, end: number): Smb2Terms {
  const at = header + SMB2_HEADER_BYTES;
  const dialect = at + 6 <= end ? u16le(b, at + 4) : WILDCARD;
  const isSigningRequired = at + 4 <= end && (u16le(b, at + 2) & SIGNING_REQUIRED) !== 0;
  let cipher: string | undefined;
  let signing: string | undefined;
  const hasContexts = dialect === 0x0311 && at + 64 <= end;
  const count = hasContexts ? Math.min(u16le(b, at + 6), CONTEXTS_MAX) : 0;
  let next = hasContexts ? header + u32le(b, at + 60) : end;
  for (let left = count; left > 0 && next + 8 <= end; left--) {
    const [type, bytes] = [u16le(b, next), u16le(b, next + 2)];
    const chosen = next + 12 <= end ? u16le(b, next + 10) : 0;
    if (type === Context.Encryption && chosen > 0) cipher = CIPHERS[chosen] ?? String(chosen);
    else if (type === Context.Signing) signing = SIGNINGS[chosen] ?? String(chosen);
    next += 8 + Math.ceil(bytes / 8) * 8;
  }
  const name = dialect === WILDCARD ? undefined : (DIALECTS[dialect] ?? `0x${dialect.toString(16).padStart(4, '0')}`);
  return { dialect: name, isSigningRequired, cipher, signing };
}

/** 2.2.5 and 2.2.6: where the login's token is; 2.2.4: where the server's first one is. */
export function smb2Token(b: Bytes, header: number, end: number, isResponse: boolean): [number, number] | undefined {
  return range(b, header, header + SMB2_HEADER_BYTES + (isResponse ? 4 : 12), end);
}

/** 2.2.6: what a login has become beside a success. */
export function smb2SessionFlags(b: Bytes, header: number, end: number): number {
  const at = header + SMB2_HEADER_BYTES + 2;
  return at + 2 <= end ? u16le(b, at) : 0;
}
export const Smb2SessionFlag = { Guest: 1, Anonymous: 2, Encrypted: 4 } as const;

/** 2.2.9: `\\server\share`. */
export function smb2Path(b: Bytes, header: number, end: number): string | undefined {
  return wide(b, range(b, header, header + SMB2_HEADER_BYTES + 4, end));
}

/** 2.2.10: 1 a disk, 2 pipes, 3 a printer. */
export function smb2ShareType(b: Bytes, header: number, end: number): number {
  const at = header + SMB2_HEADER_BYTES + 2;
  return at < end ? u8(b, at) : 0;
}

export interface Smb2Create {
  readonly name: string;
  readonly isDeletedOnClose: boolean;
}
const DELETE_ON_CLOSE = 0x1000;

/** 2.2.13: the file's name below its share; the root of it has none. */
export function smb2Create(b: Bytes, header: number, end: number): Smb2Create | undefined {
  const at = header + SMB2_HEADER_BYTES;
  if (at + 48 > end) return undefined;
  const name = wide(b, range(b, header, at + 44, end)) ?? '';
  return { name, isDeletedOnClose: (u32le(b, at + 40) & DELETE_ON_CLOSE) !== 0 };
}

/** 2.2.14: the handle of what was opened. */
export const SMB2_CREATED_ID = 64;
/** 2.2.15, 2.2.19, 2.2.21, 2.2.31, 2.2.39: the handle of what is asked about. */
export const SMB2_FILE_ID: Readonly<Record<number, number>> = {
  [Smb2.Close]: 8,
  [Smb2.Read]: 16,
  [Smb2.Write]: 16,
  [Smb2.Ioctl]: 8,
  [Smb2.SetInfo]: 16,
};
/** 3.2.4.1.4: the handle of the message in front. */
export const SMB2_SAME_ID = '\xff'.repeat(FILE_ID_BYTES);

/** A handle as text. @param offset of it in the body */
export function smb2FileId(b: Bytes, header: number, offset: number, end: number): string | undefined {
  const at = header + SMB2_HEADER_BYTES + offset;
  return at + FILE_ID_BYTES <= end ? b.toString('latin1', at, at + FILE_ID_BYTES) : undefined;
}

/** Bytes that pass through a pipe: 2.2.21 written, 2.2.20 read, 2.2.31 and 2.2.32 both at once. */
export function smb2PipeData(b: Bytes, header: number, end: number, message: Smb2Header): [number, number] | undefined {
  const at = header + SMB2_HEADER_BYTES;
  if (message.command === Smb2.Ioctl) {
    if (at + 44 > end || u32le(b, at + 4) !== PIPE_TRANSCEIVE) return undefined;
    const place = message.isResponse ? at + 32 : at + 24;
    return within(header + u32le(b, place), u32le(b, place + 4), end);
  }
  if (at + 8 > end) return undefined;
  const offset = message.command === Smb2.Read ? u8(b, at + 2) : u16le(b, at + 2);
  return within(header + offset, u32le(b, at + 4), end);
}
/** [MS-FSCC] 2.3. */
const PIPE_TRANSCEIVE = 0x0011c017;

/** What is changed of a file. */
export type Smb2Change = { readonly kind: 'delete' } | { readonly kind: 'rename'; readonly name: string };
/** 2.2.39 and [MS-FSCC] 2.4. */
const FILE = 1;
const FileClass = { Rename: 10, Disposition: 13, DispositionEx: 64, RenameEx: 65 } as const;

/** 2.2.39: a deletion or a new name. */
export function smb2Change(b: Bytes, header: number, end: number): Smb2Change | undefined {
  const at = header + SMB2_HEADER_BYTES;
  if (at + 33 > end || u8(b, at + 2) !== FILE) return undefined;
  const place = within(header + u16le(b, at + 8), u32le(b, at + 4), end);
  if (place === undefined) return undefined;
  const [start, stop] = place;
  switch (u8(b, at + 3)) {
    case FileClass.Disposition:
    case FileClass.DispositionEx:
      return (u8(b, start) & 1) === 0 ? undefined : { kind: 'delete' };
    case FileClass.Rename:
    case FileClass.RenameEx: {
      const name = start + 20 <= stop ? wide(b, within(start + 20, u32le(b, start + 16), stop)) : undefined;
      return name === undefined ? undefined : { kind: 'rename', name };
    }
    default:
      return undefined;
  }
}

/** Offset from the header and length, two bytes each. */
function range(b: Bytes, header: number, at: number, end: number): [number, number] | undefined {
  return at + 4 > end ? undefined : within(header + u16le(b, at), u16le(b, at + 2), end);
}

function within(from: number, bytes: number, end: number): [number, number] | undefined {
  return bytes > 0 && from + bytes <= end ? [from, from + bytes] : undefined;
}

function wide(b: Bytes, place: [number, number] | undefined): string | undefined {
  if (place === undefined) return undefined;
  return wellFormed(b.toString('utf16le', place[0], Math.min(place[1], place[0] + NAME_BYTES_MAX)));
}
