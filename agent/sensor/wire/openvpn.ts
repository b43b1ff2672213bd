import { type Bytes, u8, u16, u32 } from './bytes.js';

// OpenVPN's wire protocol (draft-openvpn-wire-protocol): opcode and key, session, [HMAC, number, time], acknowledged
// numbers, the number of the message, and what it carries.
const RESET_BYTES = 14;
const SESSION_BYTES = 8;
/** Of a packet that is encrypted as a whole (tls-crypt): number, time, a tag of 32, five bytes of ciphertext. */
const CRYPT_BYTES = 54;
/** Number and time behind an HMAC. */
const REPLAY_BYTES = 8;
/** Sizes of the digests that can be chosen. */
const HMAC_BYTES: ReadonlySet<number> = new Set([16, 20, 28, 32, 48, 64]);
const PACKET_BYTES_MAX = 1_200;
const ACKS_MAX = 8;

export const OpenVpn = {
  ClientResetV1: 1,
  ServerResetV1: 2,
  SoftReset: 3,
  Control: 4,
  Ack: 5,
  DataV1: 6,
  ClientReset: 7,
  ServerReset: 8,
  DataV2: 9,
  ClientResetV3: 10,
} as const;

export const openVpnOpcode = (b: Bytes, at: number): number => u8(b, at) >> 3;

/** Whether a packet opens a session. @param isOwnPort where other sizes are believed, too */
export function isOpenVpnReset(b: Bytes, start: number, end: number, isOwnPort: boolean): boolean {
  const bytes = end - start;
  if (bytes < RESET_BYTES || (u8(b, start) & 7) !== 0) return false;
  const opcode = openVpnOpcode(b, start);
  const isReset = opcode === OpenVpn.ClientReset || opcode === OpenVpn.ServerReset || opcode === OpenVpn.ClientResetV3;
  if (!isReset) return false;
  const isCrypt = bytes === CRYPT_BYTES && u32(b, start + 1 + SESSION_BYTES) === 1;
  return openVpnAuthBytes(b, start, end) !== undefined || isCrypt || (isOwnPort && bytes <= PACKET_BYTES_MAX);
}

/**
 * Bytes that a session puts in front of its acknowledgements (tls-auth): the size of its first packet tells.
 * @returns undefined when the packet is encrypted, or no first one
 */
export function openVpnAuthBytes(b: Bytes, start: number, end: number): number | undefined {
  const bytes = end - start;
  // Nothing is acknowledged yet, and it is the first message.
  if (bytes < RESET_BYTES || u8(b, end - 5) !== 0 || u32(b, end - 4) !== 0) return undefined;
  if (bytes === RESET_BYTES) return 0;
  const hmacBytes = bytes - RESET_BYTES - REPLAY_BYTES;
  const isSigned = HMAC_BYTES.has(hmacBytes) && u32(b, start + 1 + SESSION_BYTES + hmacBytes) === 1;
  return isSigned ? hmacBytes + REPLAY_BYTES : undefined;
}

export interface OpenVpnMessage {
  /** In the order of the sender, from 0. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** What a packet of the control channel carries. @returns undefined when it has no number, or is damaged */
export function openVpnMessage(b: Bytes, start: number, end: number, authBytes: number): OpenVpnMessage | undefined {
  const at = start + 1 + SESSION_BYTES + authBytes;
  if (at >= end) return undefined;
  const acks = u8(b, at);
  const numberAt = at + 1 + acks * 4 + (acks > 0 ? SESSION_BYTES : 0);
  if (acks > ACKS_MAX || numberAt + 4 > end) return undefined;
  return { number: u32(b, numberAt), start: numberAt + 4, end };
}

/** Over TCP each packet has its length in front. @returns the packet's end, or undefined when it is not there yet */
export function openVpnFrameEnd(b: Bytes, at: number, end: number): number | undefined {
  if (end - at < 2) return undefined;
  const frameEnd = at + 2 + u16(b, at);
  return frameEnd > end ? undefined : frameEnd;
}
