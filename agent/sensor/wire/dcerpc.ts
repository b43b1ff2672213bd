import { type Bytes, u8, u16, u16le, u32, u32le } from './bytes.js';

/** Connection-oriented DCE-RPC: the common header. C706 12.6.3.1. */
export const RPC_HEADER_BYTES = 16;
/** With the context and the operation of a request, or the status of a fault. 12.6.4.9. */
export const RPC_CALL_BYTES = 28;
/** [MS-RPCE] 2.2.2.11: in front of the proof at the end of a message. */
const AUTH_TRAILER_BYTES = 8;
const UUID_BYTES = 16;
const SYNTAX_BYTES = 20;
const CONTEXTS_MAX = 32;
const ADDRESS_BYTES_MAX = 64;
const FIRST_FRAGMENT = 1;
const BIG_ENDIAN = 0;

/** 12.6.1 and [MS-RPCE] 2.2.2.6. */
export const RpcKind = {
  Request: 0,
  Response: 2,
  Fault: 3,
  Bind: 11,
  BindAck: 12,
  BindNak: 13,
  AlterContext: 14,
  AlterContextResponse: 15,
  Auth3: 16,
} as const;
const KIND_LAST = 19;

export interface RpcHeader {
  readonly kind: number;
  readonly isFirst: boolean;
  readonly isBigEndian: boolean;
  /** Of the whole message. */
  readonly bytes: number;
  readonly authBytes: number;
  readonly callId: number;
}

/** An interface that a client binds to. */
export interface RpcContext {
  readonly id: number;
  readonly uuid: string;
  /** Major and minor, as `1.0`. */
  readonly version: string;
}

export interface RpcAuth {
  /** [MS-RPCE] 2.2.1.1.7. */
  readonly type: number;
  readonly level: number;
  readonly start: number;
  readonly end: number;
}

/** @returns undefined when these are no such header; at least 16 bytes have to be there */
export function readRpcHeader(b: Bytes, at: number): RpcHeader | undefined {
  const order = u8(b, at + 4) >> 4;
  const kind = u8(b, at + 2);
  // 14.1: integers of either order, characters ASCII or EBCDIC, one of four kinds of numbers.
  const isHeader =
    u8(b, at) === 5 &&
    u8(b, at + 1) <= 1 &&
    kind <= KIND_LAST &&
    order <= 1 &&
    u8(b, at + 5) <= 3 &&
    u16(b, at + 6) === 0;
  if (!isHeader) return undefined;
  const isBigEndian = order === BIG_ENDIAN;
  const [bytes, authBytes] = [word(b, at + 8, isBigEndian), word(b, at + 10, isBigEndian)];
  if (bytes < RPC_HEADER_BYTES || (authBytes > 0 && authBytes + AUTH_TRAILER_BYTES > bytes - RPC_HEADER_BYTES)) {
    return undefined;
  }
  const isFirst = (u8(b, at + 3) & FIRST_FRAGMENT) !== 0;
  return { kind, isFirst, isBigEndian, bytes, authBytes, callId: long(b, at + 12, isBigEndian) };
}

/** The interfaces of a bind or alter-context. 12.6.4.3. */
export function rpcContexts(b: Bytes, at: number, end: number, isBigEndian: boolean): RpcContext[] {
  const contexts: RpcContext[] = [];
  const count = at + 28 <= end ? Math.min(u8(b, at + 24), CONTEXTS_MAX) : 0;
  let next = at + 28;
  while (contexts.length < count && next + 4 + SYNTAX_BYTES <= end) {
    const syntax = next + 4;
    const version = `${word(b, syntax + UUID_BYTES, isBigEndian)}.${word(b, syntax + UUID_BYTES + 2, isBigEndian)}`;
    contexts.push({ id: word(b, next, isBigEndian), uuid: rpcUuid(b, syntax, isBigEndian), version });
    next = syntax + SYNTAX_BYTES + u8(b, next + 2) * SYNTAX_BYTES;
  }
  return contexts;
}

/** What the server says to each context, in the order of the bind: 0 accepts. 12.6.4.4. */
export function rpcBindAnswer(
  b: Bytes,
  at: number,
  end: number,
  isBigEndian: boolean,
): { readonly address: string; readonly results: number[] } {
  const addressBytes = at + 26 <= end ? word(b, at + 24, isBigEndian) : 0;
  const addressEnd = at + 26 + addressBytes;
  const listAt = at + Math.ceil((addressEnd - at) / 4) * 4;
  if (listAt + 4 > end) return { address: '', results: [] };
  const results: number[] = [];
  const count = Math.min(u8(b, listAt), CONTEXTS_MAX);
  for (let next = listAt + 4; results.length < count && next + 4 + SYNTAX_BYTES <= end; next += 4 + SYNTAX_BYTES) {
    results.push(word(b, next, isBigEndian));
  }
  const shown = Math.min(addressEnd, at + 26 + ADDRESS_BYTES_MAX);
  return { address: b.toString('latin1', at + 26, shown).replace(/\0.*$/s, ''), results };
}

/** The context and operation of a request. */
export function rpcCall(
  b: Bytes,
  at: number,
  isBigEndian: boolean,
): { readonly context: number; readonly operation: number } {
  return { context: word(b, at + 20, isBigEndian), operation: word(b, at + 22, isBigEndian) };
}

/** The status of a fault. 12.6.4.7. */
export function rpcFault(b: Bytes, at: number, isBigEndian: boolean): number {
  return long(b, at + 24, isBigEndian);
}

/** Where the proof of a message is, whose end is `end`. */
export function rpcAuth(b: Bytes, header: RpcHeader, end: number): RpcAuth | undefined {
  if (header.authBytes === 0) return undefined;
  const start = end - header.authBytes;
  return { type: u8(b, start - AUTH_TRAILER_BYTES), level: u8(b, start - AUTH_TRAILER_BYTES + 1), start, end };
}

/** A.1: the first three parts are numbers, in the sender's order. */
export function rpcUuid(b: Bytes, at: number, isBigEndian: boolean): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const parts = [
    hex(long(b, at, isBigEndian), 8),
    hex(word(b, at + 4, isBigEndian), 4),
    hex(word(b, at + 6, isBigEndian), 4),
  ];
  return [...parts, b.toString('hex', at + 8, at + 10), b.toString('hex', at + 10, at + UUID_BYTES)].join('-');
}

function word(b: Bytes, at: number, isBigEndian: boolean): number {
  return isBigEndian ? u16(b, at) : u16le(b, at);
}

function long(b: Bytes, at: number, isBigEndian: boolean): number {
  return isBigEndian ? u32(b, at) : u32le(b, at);
}

/** C706 E and [MS-RPCE] 2.2.1.1.7: who vouches for the caller. */
const AUTH_TYPES: Readonly<Record<number, string>> = {
  9: 'negotiate',
  10: 'ntlm',
  14: 'schannel',
  16: 'kerberos',
  68: 'netlogon',
};
export const rpcAuthName = (type: number): string => AUTH_TYPES[type] ?? String(type);

/** [MS-RPCE] 2.2.1.1.8. */
const LEVELS = ['default', 'none', 'connect', 'call', 'packet', 'integrity', 'privacy'] as const;
export const rpcLevelName = (level: number): string => LEVELS[level] ?? String(level);

/** C706 E, [MS-RPCE] 2.2.2.9 and [MS-ERREF] 2.2: why a call failed before or inside of the interface. */
const FAULTS: ReadonlyMap<number, string> = new Map([
  [0x00000005, 'ERROR_ACCESS_DENIED'],
  [0x000006c6, 'RPC_S_INVALID_BOUND'],
  [0x000006d1, 'RPC_S_PROCNUM_OUT_OF_RANGE'],
  [0x000006d8, 'EPT_S_CANT_PERFORM_OP'],
  [0x000006e4, 'RPC_S_CANNOT_SUPPORT'],
  [0x000006f7, 'RPC_X_BAD_STUB_DATA'],
  [0x00000721, 'RPC_S_SEC_PKG_ERROR'],
  [0x1c000006, 'nca_s_fault_invalid_tag'],
  [0x1c00001a, 'nca_s_fault_context_mismatch'],
  [0x1c00001b, 'nca_s_fault_remote_no_memory'],
  [0x1c010001, 'nca_s_comm_failure'],
  [0x1c010002, 'nca_s_op_rng_error'],
  [0x1c010003, 'nca_s_unk_if'],
  [0x1c010009, 'nca_s_bad_actid'],
  [0x1c01000b, 'nca_s_proto_error'],
  [0x1c010014, 'nca_s_server_too_busy'],
  [0x1c010017, 'nca_s_unsupported_type'],
]);
export function rpcFaultName(status: number): string {
  return FAULTS.get(status) ?? `0x${status.toString(16).padStart(8, '0')}`;
}

/** C706 12.6.3.1 and [MS-RPCE] 2.2.2.5: why a bind was refused as a whole. */
const REFUSALS = [
  'reason_not_specified',
  'temporary_congestion',
  'local_limit_exceeded',
  'called_paddr_unknown',
  'protocol_version_not_supported',
  'default_context_not_supported',
  'user_data_not_readable',
  'no_psap_available',
  'authentication_type_not_recognized',
  'invalid_checksum',
] as const;
export function rpcRefusal(b: Bytes, at: number, isBigEndian: boolean): string {
  const reason = word(b, at + RPC_HEADER_BYTES, isBigEndian);
  return REFUSALS[reason] ?? String(reason);
}
