import { type Bytes, u8, u16le, u32le } from './bytes.js';
import { Smb1, type Smb1Block, smb1Name, smb1Text } from './smb1.js';

/** What a request does to a file, or to a pipe. */
export type Smb1Action =
  | { readonly kind: 'open'; readonly name: string; readonly isDeletedOnClose: boolean }
  | { readonly kind: 'close' | 'delete-open'; readonly handle: number }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'rename-open'; readonly handle: number; readonly to: string }
  | { readonly kind: 'write' | 'exchange'; readonly handle: number; readonly start: number; readonly end: number }
  | { readonly kind: 'read'; readonly handle: number };

const DELETE_ON_CLOSE = 0x1000;
const TRANSACT_PIPE = 0x26;
/** [MS-CIFS] 2.2.6. */
const Trans2 = { Open: 0, SetPath: 6, SetFile: 8, CreateDirectory: 13 } as const;
/** [MS-CIFS] 2.2.2.3.4; [MS-SMB] 2.2.2.3.5: from 1000 on the classes of [MS-FSCC]. */
const DISPOSITIONS: ReadonlySet<number> = new Set([0x102, 1013]);
const RENAME = 1010;

/** 2.2.4: what a request is about, as far as it is told. */
export function smb1Action(b: Bytes, header: number, block: Smb1Block, isUnicode: boolean): Smb1Action | undefined {
  const { command, words, wordCount, bytes, end } = block;
  const name = (at: number): string => smb1Name(b, header, at, end, isUnicode);
  switch (command) {
    case Smb1.NtCreateAndX: {
      if (wordCount < 24) return undefined;
      const isDeletedOnClose = (u32le(b, words + 39) & DELETE_ON_CLOSE) !== 0;
      return { kind: 'open', name: name(bytes), isDeletedOnClose };
    }
    case Smb1.OpenAndX:
      return { kind: 'open', name: name(bytes), isDeletedOnClose: false };
    case Smb1.Open:
    case Smb1.Create:
    case Smb1.CreateNew:
    case Smb1.CreateDirectory:
      return { kind: 'open', name: name(bytes + 1), isDeletedOnClose: false };
    case Smb1.Delete:
    case Smb1.DeleteDirectory:
      return { kind: 'delete', name: name(bytes + 1) };
    case Smb1.Rename:
    case Smb1.NtRename: {
      const { next } = smb1Text(b, header, bytes + 1, end, isUnicode);
      return { kind: 'rename', name: name(bytes + 1), to: name(Math.min(end, next + 1)) };
    }
    case Smb1.Close:
      return wordCount < 1 ? undefined : { kind: 'close', handle: u16le(b, words) };
    case Smb1.ReadAndX:
      return wordCount < 10 ? undefined : { kind: 'read', handle: u16le(b, words + 4) };
    case Smb1.WriteAndX:
      return wordCount < 12 ? undefined : write(b, header, block);
    case Smb1.Transaction:
      return transaction(b, header, block);
    case Smb1.Transaction2:
      return transaction2(b, header, block, isUnicode);
    default:
      return undefined;
  }
}

/** 2.2.4.43.1. */
function write(b: Bytes, header: number, { words, end }: Smb1Block): Smb1Action {
  const start = header + u16le(b, words + 22);
  return { kind: 'write', handle: u16le(b, words + 4), start, end: Math.min(end, start + u16le(b, words + 20)) };
}

/** 2.2.4.33.1 and 2.2.5.6: bytes written to a pipe, whose answer comes back at once. */
function transaction(b: Bytes, header: number, { words, wordCount, end }: Smb1Block): Smb1Action | undefined {
  if (wordCount < 16 || u8(b, words + 26) < 2 || u16le(b, words + 28) !== TRANSACT_PIPE) return undefined;
  const start = header + u16le(b, words + 24);
  return { kind: 'exchange', handle: u16le(b, words + 30), start, end: Math.min(end, start + u16le(b, words + 22)) };
}

/** 2.2.4.46.1 and 2.2.6. */
function transaction2(b: Bytes, header: number, block: Smb1Block, isUnicode: boolean): Smb1Action | undefined {
  const { words, wordCount, end } = block;
  if (wordCount < 15) return undefined;
  const parameters = header + u16le(b, words + 20);
  const data = header + u16le(b, words + 24);
  const isData = data + 1 <= end && u16le(b, words + 22) > 0;
  if (parameters + 6 > end) return undefined;
  switch (u16le(b, words + 28)) {
    case Trans2.Open:
      return { kind: 'open', name: smb1Name(b, header, parameters + 28, end, isUnicode), isDeletedOnClose: false };
    case Trans2.CreateDirectory:
      return { kind: 'open', name: smb1Name(b, header, parameters + 4, end, isUnicode), isDeletedOnClose: false };
    case Trans2.SetPath:
      if (!DISPOSITIONS.has(u16le(b, parameters)) || !isData || u8(b, data) === 0) return undefined;
      return { kind: 'delete', name: smb1Name(b, header, parameters + 6, end, isUnicode) };
    case Trans2.SetFile: {
      const [handle, level] = [u16le(b, parameters), u16le(b, parameters + 2)];
      if (DISPOSITIONS.has(level)) return isData && u8(b, data) !== 0 ? { kind: 'delete-open', handle } : undefined;
      if (level !== RENAME || data + 12 > end) return undefined;
      const nameEnd = Math.min(end, data + 12 + u32le(b, data + 8));
      return { kind: 'rename-open', handle, to: smb1Name(b, data + 12, data + 12, nameEnd, isUnicode) };
    }
    default:
      return undefined;
  }
}

/** The handle in the response to an opening. 2.2.4.64.2 and 2.2.4.41.2. */
export function smb1Opened(b: Bytes, { command, words, wordCount }: Smb1Block): number | undefined {
  if (command === Smb1.NtCreateAndX) return wordCount >= 34 ? u16le(b, words + 5) : undefined;
  if (command === Smb1.OpenAndX) return wordCount >= 3 ? u16le(b, words + 4) : undefined;
  const hasHandle = command === Smb1.Open || command === Smb1.Create || command === Smb1.CreateNew;
  return hasHandle && wordCount >= 1 ? u16le(b, words) : undefined;
}

/** What was read from a pipe. 2.2.4.42.2 and 2.2.4.33.2. */
export function smb1PipeData(b: Bytes, header: number, block: Smb1Block): [number, number] | undefined {
  const { command, words, wordCount, end } = block;
  const isRead = command === Smb1.ReadAndX && wordCount >= 12;
  if (!isRead && (command !== Smb1.Transaction || wordCount < 10)) return undefined;
  const start = header + u16le(b, words + (isRead ? 12 : 14));
  const stop = Math.min(end, start + u16le(b, words + (isRead ? 10 : 12)));
  return start < stop ? [start, stop] : undefined;
}
