import type { Bytes } from './bytes.js';
import { wellFormed } from './ntlm.js';

/** [MS-SMB2] 2.2.1.2. */
export const SMB2_HEADER_BYTES = 64;
const NAME_BYTES_MAX = 2_048;

export const Smb2 = { Negotiate: 0, SessionSetup: 1, TreeConnect: 3, Create: 5 } as const;

export interface Smb2Header {
  readonly command: number;
  readonly status: number;
  readonly isResponse: boolean;
  readonly messageId: number;
  readonly treeId: number;
  /** Where the next of a chain begins, from this one; 0: none. */
  readonly next: number;
}

const DIALECTS: Readonly<Record<number, string>> = {
  514: '2.0.2',
  528: '2.1',
  768: '3.0',
  770: '3.0.2',
  785: '3.1.1',
};

/** @param at of a header that is wholly there */
export function readSmb2Header(b: Bytes, at: number): Smb2Header {
  return {
    status: b.readUInt32LE(at + 8),
    command: b.readUInt16LE(at + 12),
    isResponse: (b.readUInt32LE(at + 16) & 1) !== 0,
    next: b.readUInt32LE(at + 20),
    messageId: b.readUInt32LE(at + 24),
    treeId: b.readUInt32LE(at + 36),
  };
}

/** 2.2.4: the dialect that the server chose. */
export function smb2Dialect(b: Bytes, header: number, end: number): string | undefined {
  const at = header + SMB2_HEADER_BYTES + 4;
  if (at + 2 > end) return undefined;
  const dialect = b.readUInt16LE(at);
  return DIALECTS[dialect] ?? `0x${dialect.toString(16).padStart(4, '0')}`;
}

/** 2.2.5 and 2.2.6: where the login's token is. */
export function smb2Token(b: Bytes, header: number, end: number, isResponse: boolean): [number, number] | undefined {
  return range(b, header, header + SMB2_HEADER_BYTES + (isResponse ? 4 : 12), end);
}

/** 2.2.9: `\\server\share`. */
export function smb2Path(b: Bytes, header: number, end: number): string | undefined {
  return wide(b, range(b, header, header + SMB2_HEADER_BYTES + 4, end));
}

/** 2.2.13: the file's name below its share. */
export function smb2FileName(b: Bytes, header: number, end: number): string | undefined {
  return wide(b, range(b, header, header + SMB2_HEADER_BYTES + 44, end));
}

/** Offset from the header and length, two bytes each. */
function range(b: Bytes, header: number, at: number, end: number): [number, number] | undefined {
  if (at + 4 > end) return undefined;
  const from = header + b.readUInt16LE(at);
  const to = from + b.readUInt16LE(at + 2);
  return to <= end && to > from ? [from, to] : undefined;
}

function wide(b: Bytes, place: [number, number] | undefined): string | undefined {
  if (place === undefined) return undefined;
  return wellFormed(b.toString('utf16le', place[0], Math.min(place[1], place[0] + NAME_BYTES_MAX)));
}

/** [MS-ERREF] 2.3: those that a login or an access meets. */
const STATUSES: Readonly<Record<number, string>> = {
  3221225581: 'STATUS_LOGON_FAILURE',
  3221225582: 'STATUS_ACCOUNT_RESTRICTION',
  3221225585: 'STATUS_PASSWORD_EXPIRED',
  3221225586: 'STATUS_ACCOUNT_DISABLED',
  3221226036: 'STATUS_ACCOUNT_LOCKED_OUT',
  3221225572: 'STATUS_NO_SUCH_USER',
  3221225506: 'STATUS_ACCESS_DENIED',
  3221225676: 'STATUS_BAD_NETWORK_NAME',
  3221225494: 'STATUS_MORE_PROCESSING_REQUIRED',
};

export function ntStatusName(status: number): string {
  return STATUSES[status] ?? `0x${status.toString(16).padStart(8, '0')}`;
}
