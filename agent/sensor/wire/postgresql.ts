import { type Bytes, u8, u32 } from './bytes.js';
import { textAt } from './text.js';

/** PostgreSQL, Frontend/Backend Protocol 55.7: numbers in the place of a version. */
export const PG_TLS = 80877103;
export const PG_GSS = 80877104;
export const PG_CANCEL = 80877102;
const VERSION_3 = 0x00030000;
export const PG_STARTUP_BYTES_MAX = 10_000;
const PARAMETERS_MAX = 64;
const FIELDS_MAX = 32;

/** The first message of a client: what it wants, and of version 3 the parameters. */
export interface PgStartup {
  readonly code: number;
  readonly parameters: ReadonlyMap<string, string>;
  readonly end: number;
}

/** @returns 'more' when it is not all there, undefined when it is none */
export function pgStartup(b: Bytes, start: number, end: number): PgStartup | 'more' | undefined {
  if (end - start < 8) return 'more';
  const bytes = u32(b, start);
  const code = u32(b, start + 4);
  const isShort = code === PG_TLS || code === PG_GSS ? bytes === 8 : code === PG_CANCEL && bytes === 16;
  const isVersion3 = code >= VERSION_3 && code < VERSION_3 + 0x100 && bytes >= 9 && bytes <= PG_STARTUP_BYTES_MAX;
  if (!isShort && !isVersion3) return undefined;
  if (start + bytes > end) return 'more';
  return { code, parameters: isVersion3 ? texts(b, start + 8, start + bytes) : new Map(), end: start + bytes };
}

/** Pairs of texts that end with zeros. */
function texts(b: Bytes, start: number, end: number): Map<string, string> {
  const map = new Map<string, string>();
  let at = start;
  while (at < end && u8(b, at) !== 0 && map.size < PARAMETERS_MAX) {
    const nameEnd = b.indexOf(0, at);
    const valueEnd = nameEnd < 0 || nameEnd >= end ? -1 : b.indexOf(0, nameEnd + 1);
    if (valueEnd < 0 || valueEnd >= end) break;
    map.set(textAt(b, at, nameEnd), textAt(b, nameEnd + 1, valueEnd));
    at = valueEnd + 1;
  }
  return map;
}

/** How a server wants the client to prove itself, by the number of its request. */
export const PG_METHODS: Readonly<Record<number, string>> = {
  3: 'password',
  5: 'md5',
  7: 'gssapi',
  9: 'sspi',
  10: 'scram-sha-256',
};

/** SQLSTATE of an error. 55.8. */
export function pgErrorCode(b: Bytes, start: number, end: number): string | undefined {
  let at = start;
  for (let count = 0; count < FIELDS_MAX && at < end && u8(b, at) !== 0; count++) {
    const zero = b.indexOf(0, at);
    if (zero < 0 || zero >= end) return undefined;
    if (u8(b, at) === 0x43) return textAt(b, at + 1, zero);
    at = zero + 1;
  }
  return undefined;
}
