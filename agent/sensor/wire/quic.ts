import { createDecipheriv } from 'node:crypto';
import { encryptAesBlock } from './aes.js';
import { type Bytes, keepBytes, u8, u32 } from './bytes.js';
import { ShortHmac } from './sha256.js';

/** Type of a long header's packet, the same number for each version. RFC 9000 17.2, RFC 9369 3.2. */
export const QuicPacket = { Initial: 0, ZeroRtt: 1, Handshake: 2, Retry: 3 } as const;
export type QuicPacket = (typeof QuicPacket)[keyof typeof QuicPacket];

export interface QuicHeader {
  readonly version: number;
  readonly type: QuicPacket;
  /** Views, valid as long as the datagram is. */
  readonly destinationId: Buffer;
  readonly sourceId: Buffer;
  readonly start: number;
  /** Where the protected packet number begins. */
  readonly numberAt: number;
  /** Where this packet ends; another may follow in the datagram. */
  readonly end: number;
}

const ID_BYTES_MAX = 20;
const SAMPLE_BYTES = 16;
const TAG_BYTES = 16;
const VERSION_2 = 0x6b3343cf;
/** What a version makes keys with: the salt's HMAC and the labels, as they stand in HkdfLabel. */
interface Recipe {
  readonly salt: ShortHmac;
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly headerKey: Buffer;
}

const CLIENT_LABEL = hkdfLabel('client in', 32);
const SERVER_LABEL = hkdfLabel('server in', 32);
const RECIPE_1 = recipe('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'quic');
const RECIPE_2 = recipe('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'quicv2');
const RECIPE_DRAFT_29 = recipe('afbfec289993d24c9e9786f19c6111e04390a899', 'quic');
const RECIPE_DRAFT_23 = recipe('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'quic');

function recipe(salt: string, prefix: string): Recipe {
  return {
    salt: new ShortHmac(Buffer.from(salt, 'hex')),
    key: hkdfLabel(`${prefix} key`, 16),
    iv: hkdfLabel(`${prefix} iv`, 12),
    headerKey: hkdfLabel(`${prefix} hp`, 16),
  };
}

/** What HKDF-Expand-Label hashes for one block: RFC 8446 7.1, RFC 5869 2.3. */
function hkdfLabel(label: string, bytes: number): Buffer {
  const name = `tls13 ${label}`;
  return Buffer.concat([Buffer.of(0, bytes, name.length), Buffer.from(name), Buffer.of(0, 1)]);
}

/** RFC 9001 5.2, RFC 9369 3.3.1, and the last drafts. Undefined: a version whose Initials cannot be read. */
function recipeOf(version: number): Recipe | undefined {
  if (version === 1) return RECIPE_1;
  if (version === VERSION_2) return RECIPE_2;
  if (version >= 0xff00001d && version <= 0xff000022) return RECIPE_DRAFT_29;
  return version >= 0xff000017 && version <= 0xff00001c ? RECIPE_DRAFT_23 : undefined;
}

/** Whether a version's Initials can be read. */
export const isKnownQuic = (version: number): boolean => recipeOf(version) !== undefined;

/** `1`, `2`, `draft-29`, or hexadecimal. */
export function quicVersionName(version: number): string {
  if (version === 1) return '1';
  if (version === VERSION_2) return '2';
  if (version >>> 8 === 0xff0000) return `draft-${version & 0xff}`;
  return `0x${version.toString(16).padStart(8, '0')}`;
}

/** A long header of a known version. @returns undefined when it is none, or damaged */
export function decodeQuicHeader(b: Bytes, start: number, end: number): QuicHeader | undefined {
  // The fixed bit says nothing: whoever knows the other to allow it may send either (RFC 9287).
  if (end - start < 7 || (u8(b, start) & 0x80) === 0) return undefined;
  const version = u32(b, start + 1);
  if (!isKnownQuic(version)) return undefined;
  const destination = readId(b, start + 5, end);
  const source = destination === undefined ? undefined : readId(b, destination.at, end);
  if (destination === undefined || source === undefined) return undefined;
  const wireType = (u8(b, start) >> 4) & 3;
  const type = (version === VERSION_2 ? (wireType + 3) & 3 : wireType) as QuicPacket;
  const ids = { version, type, destinationId: destination.id, sourceId: source.id, start };
  if (type === QuicPacket.Retry) return { ...ids, numberAt: end, end };
  let at = source.at;
  if (type === QuicPacket.Initial) {
    const token = readInteger(b, at, end);
    if (token === undefined) return undefined;
    at = token.at + token.value;
  }
  const length = readInteger(b, at, end);
  if (length === undefined || length.at + length.value > end || length.value < 4) return undefined;
  return { ...ids, numberAt: length.at, end: length.at + length.value };
}

function readId(b: Bytes, at: number, end: number): { id: Buffer; at: number } | undefined {
  if (at >= end) return undefined;
  const idEnd = at + 1 + u8(b, at);
  if (idEnd > end || u8(b, at) > ID_BYTES_MAX) return undefined;
  return { id: b.subarray(at + 1, idEnd), at: idEnd };
}

/** RFC 9000 16. */
function readInteger(b: Bytes, at: number, end: number): { value: number; at: number } | undefined {
  if (at >= end) return undefined;
  const bytes = 1 << (u8(b, at) >> 6);
  if (at + bytes > end) return undefined;
  let value = u8(b, at) & 0x3f;
  for (let i = 1; i < bytes; i++) value = value * 256 + u8(b, at + i);
  return { value, at: at + bytes };
}

/** Keys of one side's Initials. */
export interface QuicKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly headerKey: Buffer;
}

/**
 * RFC 9001 5.2: anybody who sees the client's first connection id can make them.
 * @returns undefined for a version whose Initials cannot be read
 */
export const clientKeys = (version: number, clientId: Buffer): QuicKeys | undefined =>
  keysOf(version, clientId, CLIENT_LABEL);
/** The same for the server's Initials, also from the client's first id. */
export const serverKeys = (version: number, clientId: Buffer): QuicKeys | undefined =>
  keysOf(version, clientId, SERVER_LABEL);

function keysOf(version: number, clientId: Buffer, label: Buffer): QuicKeys | undefined {
  const recipe = recipeOf(version);
  if (recipe === undefined) return undefined;
  const secret = new ShortHmac(recipe.salt.digest(clientId));
  const side = new ShortHmac(secret.digest(label));
  return {
    key: keepBytes(side.digest(recipe.key), 0, 16),
    iv: keepBytes(side.digest(recipe.iv), 0, 12),
    headerKey: keepBytes(side.digest(recipe.headerKey), 0, 16),
  };
}

/** The frames of an Initial. @returns undefined when the keys are not its own, or it was changed */
export function openInitial(b: Bytes, header: QuicHeader, keys: QuicKeys): Buffer | undefined {
  const { start, numberAt, end } = header;
  if (numberAt + 4 + SAMPLE_BYTES > end) return undefined;
  const mask = encryptAesBlock(keys.headerKey, b, numberAt + 4);
  const numberBytes = ((u8(b, start) ^ u8(mask, 0)) & 3) + 1;
  const associated = Buffer.from(b.subarray(start, numberAt + numberBytes));
  associated[0] = u8(associated, 0) ^ (u8(mask, 0) & 0x0f);
  const nonce = Buffer.from(keys.iv);
  for (let i = 0; i < numberBytes; i++) {
    const at = numberAt - start + i;
    associated[at] = u8(associated, at) ^ u8(mask, 1 + i);
    const place = nonce.length - numberBytes + i;
    nonce[place] = u8(nonce, place) ^ u8(associated, at);
  }
  const bodyEnd = end - TAG_BYTES;
  if (bodyEnd < numberAt + numberBytes) return undefined;
  try {
    const cipher = createDecipheriv('aes-128-gcm', keys.key, nonce).setAAD(associated);
    cipher.setAuthTag(b.subarray(bodyEnd, end));
    const plain = cipher.update(b.subarray(numberAt + numberBytes, bodyEnd));
    cipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

// RFC 9000 19.
const PADDING = 0;
const PING = 1;
const ACK = 2;
const ACK_ECN = 3;
const CRYPTO = 6;
const RANGES_MAX = 256;

/** Gives each piece of the handshake in the frames of an Initial. Stops at a frame that has no place there. */
export function eachCryptoFrame(frames: Buffer, onPiece: (offset: number, start: number, end: number) => void): void {
  let at = 0;
  const end = frames.length;
  while (at < end) {
    const type = u8(frames, at);
    at += 1;
    if (type === PADDING || type === PING) continue;
    if (type === ACK || type === ACK_ECN) {
      const next = skipAck(frames, at, type === ACK_ECN);
      if (next === undefined) return;
      at = next;
      continue;
    }
    const offset = type === CRYPTO ? readInteger(frames, at, end) : undefined;
    const length = offset === undefined ? undefined : readInteger(frames, offset.at, end);
    if (offset === undefined || length === undefined || length.at + length.value > end) return;
    onPiece(offset.value, length.at, length.at + length.value);
    at = length.at + length.value;
  }
}

/** RFC 9000 19.3. */
function skipAck(frames: Buffer, start: number, hasEcn: boolean): number | undefined {
  let at = start;
  const next = (): number | undefined => {
    const field = readInteger(frames, at, frames.length);
    if (field !== undefined) at = field.at;
    return field?.value;
  };
  next();
  next();
  const ranges = next();
  if (ranges === undefined || ranges > RANGES_MAX || next() === undefined) return undefined;
  for (let field = 0; field < ranges * 2 + (hasEcn ? 3 : 0); field++) if (next() === undefined) return undefined;
  return at;
}

/** Whether a datagram may begin with a long header of a version whose Initials can be read. */
export function looksLikeQuic(b: Bytes, start: number, end: number): boolean {
  return end - start >= 7 && (u8(b, start) & 0xc0) === 0xc0 && isKnownQuic(u32(b, start + 1));
}
