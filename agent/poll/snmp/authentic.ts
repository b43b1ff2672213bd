// X.690 8.1, and RFC 3412 6: SNMPv3Message.
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const REPORT = 0xa8;
const FLAG_AUTH = 1;
const FLAG_PRIVACY = 2;
const LONG = 0x80;
const LENGTH_BYTES_MAX = 3;

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** The element at a place, if it fits into what there is. */
function element(bytes: Buffer, at: number, end: number): Element | undefined {
  if (at + 2 > end) return undefined;
  const tag = bytes[at] ?? 0;
  const first = bytes[at + 1] ?? 0;
  const count = first < LONG ? 0 : first - LONG;
  if (first === LONG || count > LENGTH_BYTES_MAX || at + 2 + count > end) return undefined;
  const length = count === 0 ? first : bytes.readUIntBE(at + 2, count);
  const start = at + 2 + count;
  return start + length > end ? undefined : { tag, start, end: start + length };
}

/** The elements in a row, as long as they have these tags; undefined where one is missing. */
function elements(bytes: Buffer, start: number, end: number, tags: readonly number[]): Element[] | undefined {
  const found: Element[] = [];
  let at = start;
  for (const tag of tags) {
    const one = element(bytes, at, end);
    if (one === undefined || one.tag !== tag) return undefined;
    found.push(one);
    at = one.end;
  }
  return found;
}

/**
 * Whether a message of version 3 may be believed by somebody who asked with authentication (and encryption): it has
 * them itself, or is a report, by which an engine makes itself known. The library looks at the flags of the answer alone,
 * so that whoever leaves them out would be believed.
 */
export function isAsSafe(bytes: Buffer, wantsPrivacy: boolean): boolean {
  const [message] = elements(bytes, 0, bytes.length, [SEQUENCE]) ?? [];
  if (message === undefined) return false;
  const parts = elements(bytes, message.start, message.end, [INTEGER, SEQUENCE, OCTETS]);
  const [, header, security] = parts ?? [];
  if (header === undefined || security === undefined) return false;
  const flags = elements(bytes, header.start, header.end, [INTEGER, INTEGER, OCTETS])?.[2];
  if (flags === undefined || flags.end - flags.start !== 1) return false;
  const given = bytes[flags.start] ?? 0;
  const wanted = wantsPrivacy ? FLAG_AUTH | FLAG_PRIVACY : FLAG_AUTH;
  return (given & wanted) === wanted || isReport(bytes, security.end, message.end);
}

function isReport(bytes: Buffer, start: number, end: number): boolean {
  const [scoped] = elements(bytes, start, end, [SEQUENCE]) ?? [];
  return scoped !== undefined && elements(bytes, scoped.start, scoped.end, [OCTETS, OCTETS, REPORT]) !== undefined;
}
