import { constants, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX, BATCH_UNPACKED_BYTES_MAX } from './base/limits.js';
import { Ack, AgentStatus, BatchHeader } from './envelope.js';

const LF = 0x0a;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const GZIP_LEVEL = 6;

/** A batch whose framing holds. The records themselves are not checked yet. */
export interface Batch {
  readonly header: BatchHeader;
  /** Parsed JSON, one value a record, in order. */
  readonly records: unknown[];
  /** Bytes when unpacked, header included. */
  readonly unpackedBytes: number;
}

/** A refusal names the batch where its header can still be read: it must be acknowledged, or it comes for ever. */
export type Decoded<T> = { ok: true; value: T } | { ok: false; reason: string; header?: BatchHeader };

const refuse = (reason: string, header?: BatchHeader): { ok: false; reason: string; header?: BatchHeader } =>
  header === undefined ? { ok: false, reason } : { ok: false, reason, header };

/**
 * Packs a batch: gzip of the header line and one line per record.
 * @param lines each one record as JSON, UTF-8, without the line feed; `header.count` of them
 */
export function encodeBatch(header: BatchHeader, lines: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from(`${JSON.stringify(header)}\n`)];
  const lf = Buffer.from('\n');
  for (const line of lines) parts.push(line, lf);
  return gzipSync(Buffer.concat(parts), { level: GZIP_LEVEL });
}

const checkHeader = Compile(BatchHeader);
const checkAck = Compile(Ack);
const checkStatus = Compile(AgentStatus);

/** Unpacks a batch within the limits of `base/limits.ts`. Never throws. */
export function decodeBatch(bytes: Uint8Array): Decoded<Batch> {
  if (bytes.length > BATCH_BYTES_MAX) return refuse('larger than a batch may be');
  let text: Buffer;
  try {
    text = gunzipSync(bytes, { maxOutputLength: BATCH_UNPACKED_BYTES_MAX });
  } catch {
    return refuse('not gzip, damaged, or too large when unpacked', salvageHeader(bytes));
  }
  const headerEnd = text.indexOf(LF);
  if (headerEnd < 0) return refuse('no header line');
  const header = parseAs(checkHeader, text.subarray(0, headerEnd));
  if (header === undefined) return refuse('bad header');
  const lines = parseLines(text, headerEnd + 1);
  if (!lines.ok) return refuse(lines.reason, header);
  const records = lines.value;
  if (records.length !== header.count)
    return refuse(`${records.length} records, the header says ${header.count}`, header);
  return { ok: true, value: { header, records, unpackedBytes: text.length } };
}

/** One JSON value a line. Overwrites the line feeds. */
function parseLines(text: Buffer, from: number): Decoded<unknown[]> {
  if (from < text.length && text[text.length - 1] !== LF) return refuse('last record has no line feed');
  const ends: number[] = [];
  for (let at = text.indexOf(LF, from); at >= 0; at = text.indexOf(LF, at + 1)) ends.push(at);
  if (ends.length > BATCH_RECORDS_MAX) return refuse('too many records');
  if (ends.length === 0) return { ok: true, value: [] };
  // As one array they are parsed faster than one by one; only when that fails it matters which one it is.
  for (const end of ends) text[end] = COMMA;
  text[from - 1] = OPEN;
  text[text.length - 1] = CLOSE;
  const all = parseJson(text.subarray(from - 1));
  return Array.isArray(all) && all.length === ends.length ? { ok: true, value: all } : parseEach(text, from, ends);
}

function parseEach(text: Buffer, from: number, ends: readonly number[]): Decoded<unknown[]> {
  const records: unknown[] = [];
  let start = from;
  for (const end of ends) {
    const record = parseJson(text.subarray(start, end));
    if (record === undefined) return refuse(`record ${records.length} is not JSON`);
    records.push(record);
    start = end + 1;
  }
  return { ok: true, value: records };
}

/** RFC 1952 2.3.1: the last four bytes are the length of what was packed. */
const GZIP_LENGTH_BYTES = 4;

/** Who a batch is, and how large it says that it is, from its first and last bytes alone. `decodeBatch` believes neither. */
export function peekBatch(bytes: Uint8Array): { header: BatchHeader; unpackedBytes: number } | undefined {
  if (bytes.length > BATCH_BYTES_MAX || bytes.length < GZIP_HEADER_BYTES + GZIP_LENGTH_BYTES) return undefined;
  const header = bytes[GZIP_FLAGS] === 0 ? salvageHeader(bytes) : undefined;
  if (header === undefined) return undefined;
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(
    bytes.length - GZIP_LENGTH_BYTES,
  );
  return { header, unpackedBytes: Math.min(length, BATCH_UNPACKED_BYTES_MAX) };
}

/** RFC 1952 2.3: without optional fields, as `encodeBatch` writes it. */
const GZIP_HEADER_BYTES = 10;
const GZIP_FLAGS = 3;
/** Enough compressed bytes to hold the header line, few enough to bound what they unpack to. */
const SALVAGE_BYTES = 1_024;

/** The header of a batch whose end or checksum is damaged, from its first bytes. */
function salvageHeader(bytes: Uint8Array): BatchHeader | undefined {
  try {
    const text = inflateRawSync(bytes.subarray(GZIP_HEADER_BYTES, SALVAGE_BYTES), {
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    const end = text.indexOf(LF);
    return end < 0 ? undefined : parseAs(checkHeader, text.subarray(0, end));
  } catch {
    return undefined;
  }
}

export const encodeAck = (ack: Ack): Buffer => Buffer.from(JSON.stringify(ack));
export const decodeAck = (bytes: Uint8Array): Ack | undefined => parseAs(checkAck, bytes);
export const encodeStatus = (status: AgentStatus): Buffer => Buffer.from(JSON.stringify(status));
export const decodeStatus = (bytes: Uint8Array): AgentStatus | undefined => parseAs(checkStatus, bytes);

const SMALL_BYTES_MAX = 4_096;

function parseAs<T extends TSchema>(
  check: Validator<Record<never, never>, T>,
  bytes: Uint8Array,
): Static<T> | undefined {
  if (bytes.length > SMALL_BYTES_MAX) return undefined;
  const value = parseJson(bytes);
  return value !== undefined && check.Check(value) ? (value as Static<T>) : undefined;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}
