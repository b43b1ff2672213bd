/** Frames of HTTP/2 (RFC 9113 4), with header fields as plain literals (RFC 7541 6.2). */
import type { Step } from './tcp.js';

export const HTTP2_FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  goAway: 7,
  continuation: 9,
} as const;
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const END_STREAM = 1;
const END_HEADERS = 4;

export function http2Frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Each as a literal that the table keeps, without Huffman's code. Texts shorter than 127 bytes. */
export function hpackLiterals(fields: Readonly<Record<string, string>>): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(value.length), Buffer.from(value, 'latin1')]);
  return Buffer.concat(
    Object.entries(fields).map(([name, value]) => Buffer.concat([Buffer.of(0x40), text(name), text(value)])),
  );
}

export function http2Headers(stream: number, fields: Readonly<Record<string, string>>, isEnd: boolean): Buffer {
  const flags = END_HEADERS | (isEnd ? END_STREAM : 0);
  return http2Frame(HTTP2_FRAME.headers, flags, stream, hpackLiterals(fields));
}

export function http2Data(stream: number, bytes: number, isEnd: boolean): Buffer {
  return http2Frame(HTTP2_FRAME.data, isEnd ? END_STREAM : 0, stream, Buffer.alloc(bytes, 'generated '));
}

/** Two requests at once, the second answered first. */
export function http2Conversation(host: string): Step[] {
  const ask = (stream: number, path: string, isEnd: boolean): Buffer =>
    http2Headers(
      stream,
      { ':method': isEnd ? 'GET' : 'POST', ':path': path, ':authority': host, 'user-agent': 'g' },
      isEnd,
    );
  const settings = http2Frame(HTTP2_FRAME.settings, 0, 0);
  return [
    [
      'client',
      Buffer.concat([PREFACE, settings, ask(1, '/form?a=1', false), http2Data(1, 300, true), ask(3, '/', true)]),
    ],
    ['server', Buffer.concat([settings, http2Headers(3, { ':status': '304' }, true)])],
    ['server', http2Headers(1, { ':status': '200', 'content-type': 'text/html; charset=utf-8', server: 'g' }, false)],
    ['server', Buffer.concat([http2Data(1, 40_000, false), http2Data(1, 2_000, true)])],
  ];
}
