import { type Bytes, u8, u16le, u32le } from './bytes.js';
import { wellFormed } from './ntlm.js';

/** [MS-CIFS] 2.2.3.1. */
export const SMB1_HEADER_BYTES = 32;
const TEXT_BYTES_MAX = 1_024;
const UNICODE = 0x8000;
const NT_STATUS = 0x4000;
const RESPONSE = 0x80;
const NO_MORE = 0xff;
const CHAIN_MAX = 8;
const DIALECTS_MAX = 32;

/** 2.2.2.1. */
export const Smb1 = {
  CreateDirectory: 0x00,
  DeleteDirectory: 0x01,
  Open: 0x02,
  Create: 0x03,
  Close: 0x04,
  Delete: 0x06,
  Rename: 0x07,
  CreateNew: 0x0f,
  Transaction: 0x25,
  OpenAndX: 0x2d,
  ReadAndX: 0x2e,
  WriteAndX: 0x2f,
  Transaction2: 0x32,
  TreeConnect: 0x70,
  TreeDisconnect: 0x71,
  Negotiate: 0x72,
  SessionSetupAndX: 0x73,
  LogoffAndX: 0x74,
  TreeConnectAndX: 0x75,
  NtRename: 0xa5,
  NtCreateAndX: 0xa2,
} as const;

const CHAINED: ReadonlySet<number> = new Set([0x24, 0x2d, 0x2e, 0x2f, 0x73, 0x74, 0x75, 0xa2]);

export interface Smb1Header {
  readonly command: number;
  /** As NT says it; of an error of DOS class and code. */
  readonly status: number;
  readonly isResponse: boolean;
  readonly isUnicode: boolean;
  readonly treeId: number;
  readonly userId: number;
  /** Process and message: what a response has of its request. */
  readonly exchange: number;
}

/** One command of a message, and where its words and bytes are. 2.2.3.2 and 2.2.3.3. */
export interface Smb1Block {
  readonly command: number;
  readonly wordCount: number;
  readonly words: number;
  readonly bytes: number;
  readonly end: number;
}

/** @param at of a header that is wholly there */
export function readSmb1Header(b: Bytes, at: number): Smb1Header {
  const flags = u16le(b, at + 10);
  const status = u32le(b, at + 5);
  return {
    command: u8(b, at + 4),
    status: (flags & NT_STATUS) === 0 && status !== 0 ? ((u16le(b, at + 7) << 16) | u8(b, at + 5)) >>> 0 : status,
    isResponse: (u8(b, at + 9) & RESPONSE) !== 0,
    isUnicode: (flags & UNICODE) !== 0,
    treeId: u16le(b, at + 24),
    userId: u16le(b, at + 28),
    exchange: u16le(b, at + 26) * 0x10000 + u16le(b, at + 30),
  };
}

/** The commands of a message: those that are chained lie one behind the other, each further on. 2.2.3.4. */
export function smb1Blocks(b: Bytes, header: number, end: number): Smb1Block[] {
  const blocks: Smb1Block[] = [];
  let command = u8(b, header + 4);
  for (let at = header + SMB1_HEADER_BYTES; at < end && blocks.length < CHAIN_MAX; ) {
    const wordCount = u8(b, at);
    const bytes = at + 1 + wordCount * 2 + 2;
    if (bytes > end) break;
    const blockEnd = Math.min(end, bytes + u16le(b, bytes - 2));
    blocks.push({ command, wordCount, words: at + 1, bytes, end: blockEnd });
    if (!CHAINED.has(command) || wordCount < 2 || u8(b, at + 1) === NO_MORE) break;
    command = u8(b, at + 1);
    const next = header + u16le(b, at + 3);
    if (next <= at) break;
    at = next;
  }
  return blocks;
}

/** A text and where it ends. @param header Unicode begins at an even distance from it (2.2.1.1) */
export function smb1Text(
  b: Bytes,
  header: number,
  at: number,
  end: number,
  isUnicode: boolean,
): { readonly text: string; readonly next: number } {
  if (!isUnicode) {
    const zero = b.indexOf(0, at);
    const stop = zero < 0 || zero >= end ? end : zero;
    return { text: b.toString('latin1', at, Math.min(stop, at + TEXT_BYTES_MAX)), next: Math.min(end, stop + 1) };
  }
  const start = at + ((at - header) & 1);
  let stop = start;
  while (stop + 2 <= end && u16le(b, stop) !== 0) stop += 2;
  const text = start < stop ? b.toString('utf16le', start, Math.min(stop, start + TEXT_BYTES_MAX)) : '';
  return { text: wellFormed(text), next: Math.min(end, stop + 2) };
}

/** A text that a message says the length of. */
export function smb1Name(b: Bytes, header: number, at: number, end: number, isUnicode: boolean): string {
  const { text } = smb1Text(b, header, at, end, isUnicode);
  return text.startsWith('\\') ? text.slice(1) : text;
}

/** 2.2.4.52.1: what the client offers, each behind a byte of 2. */
export function smb1Dialects(b: Bytes, { bytes, end }: Smb1Block): string[] {
  const dialects: string[] = [];
  for (let at = bytes; at < end && u8(b, at) === 2 && dialects.length < DIALECTS_MAX; ) {
    const { text, next } = smb1Text(b, at, at + 1, end, false);
    dialects.push(text);
    at = next;
  }
  return dialects;
}

/** 2.2.4.52.2: which one the server chose, and how passwords are sent. */
export function smb1Chosen(
  b: Bytes,
  { words, wordCount }: Smb1Block,
): { readonly index: number; readonly isPlain: boolean | undefined; readonly isSigningRequired: boolean } {
  const mode = wordCount >= 17 ? u8(b, words + 2) : wordCount >= 13 ? u16le(b, words + 2) : undefined;
  return {
    index: wordCount === 0 ? 0xffff : u16le(b, words),
    // Bit 1: passwords are answers to a challenge.
    isPlain: mode === undefined ? undefined : (mode & 2) === 0,
    isSigningRequired: wordCount >= 17 && ((mode ?? 0) & 8) !== 0,
  };
}

/** What a login says. 2.2.4.53.1 and [MS-SMB] 2.2.4.6.1. */
export interface Smb1Login {
  /** With extended security: where the token is. */
  readonly token: readonly [number, number] | undefined;
  readonly user: string;
  readonly domain: string;
  readonly system: string;
  readonly manager: string;
  /** Of the two answers, or of the password. */
  readonly oemBytes: number;
  readonly unicodeBytes: number;
}

export function smb1Login(b: Bytes, header: number, block: Smb1Block, isUnicode: boolean): Smb1Login | undefined {
  const { words, wordCount, bytes, end } = block;
  const take = texts(b, header, end, isUnicode);
  if (wordCount === 12) {
    const blobEnd = Math.min(end, bytes + u16le(b, words + 14));
    const [system, manager, domain] = take(blobEnd, 3);
    return {
      token: [bytes, blobEnd],
      user: '',
      domain: domain!,
      system: system!,
      manager: manager!,
      oemBytes: 0,
      unicodeBytes: 0,
    };
  }
  if (wordCount !== 13 && wordCount !== 10) return undefined;
  const oemBytes = u16le(b, words + 14);
  const unicodeBytes = wordCount === 13 ? u16le(b, words + 16) : 0;
  const [user, domain, system, manager] = take(Math.min(end, bytes + oemBytes + unicodeBytes), 4);
  return { token: undefined, user: user!, domain: domain!, system: system!, manager: manager!, oemBytes, unicodeBytes };
}

/** 2.2.4.53.2 and [MS-SMB] 2.2.4.6.2. */
export function smb1LoginAnswer(
  b: Bytes,
  header: number,
  { words, wordCount, bytes, end }: Smb1Block,
  isUnicode: boolean,
): {
  readonly token: readonly [number, number] | undefined;
  readonly system: string;
  readonly manager: string;
  readonly isGuest: boolean;
} {
  const blobEnd = wordCount === 4 ? Math.min(end, bytes + u16le(b, words + 6)) : bytes;
  const [system, manager] = texts(b, header, end, isUnicode)(blobEnd, 2);
  const isGuest = wordCount >= 3 && (u16le(b, words + 4) & 1) !== 0;
  return { token: blobEnd > bytes ? [bytes, blobEnd] : undefined, system: system!, manager: manager!, isGuest };
}

/** 2.2.4.55.1 and 2.2.4.50.1: which share. */
export function smb1Path(b: Bytes, header: number, block: Smb1Block, isUnicode: boolean): string {
  const { command, words, wordCount, bytes, end } = block;
  if (command === Smb1.TreeConnect) return smb1Text(b, header, bytes + 1, end, isUnicode).text;
  const passwordBytes = wordCount >= 4 ? u16le(b, words + 6) : 0;
  return smb1Text(b, header, Math.min(end, bytes + passwordBytes), end, isUnicode).text;
}

/** 2.2.4.55.2: `A:`, `IPC`, `LPT1:`, and the file system. */
export function smb1Service(
  b: Bytes,
  header: number,
  { bytes, end }: Smb1Block,
  isUnicode: boolean,
): { readonly service: string; readonly fileSystem: string } {
  const { text: service, next } = smb1Text(b, header, bytes, end, false);
  return { service, fileSystem: smb1Text(b, header, next, end, isUnicode).text };
}

function texts(b: Bytes, header: number, end: number, isUnicode: boolean): (from: number, count: number) => string[] {
  return (from, count) => {
    const list: string[] = [];
    let at = from;
    for (let left = count; left > 0; left--) {
      const { text, next } = smb1Text(b, header, at, end, isUnicode);
      list.push(at < end ? text : '');
      at = next;
    }
    return list;
  };
}
