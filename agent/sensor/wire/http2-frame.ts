import { type Bytes, u8, u16, u32 } from './bytes.js';

/** RFC 9113 3.4: what a client says first. */
export const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const HTTP2_HEADER_BYTES = 9;
/** RFC 9113 4.2 allows 16 MiB to who asks for it; what is passed over may be as large. */
const FRAME_BYTES_MAX = 2 ** 24 - 1;
/** A frame of header fields, which is read whole. */
const FIELDS_BYTES_MAX = 65_536;

/** RFC 9113 6. */
export const Http2Type = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  Reset: 3,
  Settings: 4,
  PushPromise: 5,
  Ping: 6,
  GoAway: 7,
  WindowUpdate: 8,
  Continuation: 9,
} as const;
export const Http2Flag = { EndStream: 0x1, EndHeaders: 0x4, Padded: 0x8, Priority: 0x20 } as const;

/** Types with one length, or with a length that is a multiple of another. */
const SIZES: Readonly<Record<number, number>> = { 2: 5, 3: 4, 6: 8, 8: 4 };
const SETTING_BYTES = 6;

export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Behind the header. */
  readonly start: number;
  readonly end: number;
}

/** The header of a frame, of which 9 bytes are there. @returns undefined when no frame is like this */
export function http2Frame(b: Bytes, at: number): Http2Frame | undefined {
  const size = (u8(b, at) << 16) | u16(b, at + 1);
  const type = u8(b, at + 3);
  const stream = u32(b, at + 5) & 0x7fffffff;
  const start = at + HTTP2_HEADER_BYTES;
  const isOfFields = type === Http2Type.Headers || type === Http2Type.PushPromise || type === Http2Type.Continuation;
  if (size > (isOfFields ? FIELDS_BYTES_MAX : FRAME_BYTES_MAX)) return undefined;
  if (SIZES[type] !== undefined && SIZES[type] !== size) return undefined;
  const isOfConnection = type === Http2Type.Settings || type === Http2Type.Ping || type === Http2Type.GoAway;
  if (isOfConnection && stream !== 0) return undefined;
  if (type === Http2Type.Settings && size % SETTING_BYTES !== 0) return undefined;
  if ((isOfFields || type === Http2Type.Data || type === Http2Type.Reset) && stream === 0) return undefined;
  return { type, flags: u8(b, at + 4), stream, start, end: start + size };
}

/** What a frame of fields carries, without padding and priority. @returns undefined when these say too much */
export function http2Block(b: Bytes, frame: Http2Frame): { start: number; end: number } | undefined {
  let { start, end } = frame;
  if (frame.type === Http2Type.Continuation) return { start, end };
  if ((frame.flags & Http2Flag.Padded) !== 0) {
    if (start >= end) return undefined;
    end -= u8(b, start);
    start += 1;
  }
  if (frame.type === Http2Type.Headers && (frame.flags & Http2Flag.Priority) !== 0) start += 5;
  if (frame.type === Http2Type.PushPromise) start += 4;
  return start <= end ? { start, end } : undefined;
}
