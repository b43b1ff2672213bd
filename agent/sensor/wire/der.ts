import { type Bytes, u8 } from './bytes.js';

/** One element: its first byte, and where its contents are. ITU-T X.690 8.1; lengths of up to four bytes. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** @returns undefined when it does not fit into [at, end) */
export function readDer(b: Bytes, at: number, end: number): DerElement | undefined {
  if (at + 2 > end) return undefined;
  const first = u8(b, at + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthBytes;
  if (lengthBytes > 4 || first === 0x80 || start > end) return undefined;
  let length = lengthBytes === 0 ? first : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + u8(b, at + 2 + i);
  return start + length > end ? undefined : { tag: u8(b, at), start, end: start + length };
}

/** The elements of a constructed one, at most `max`. */
export function derChildren(b: Bytes, parent: DerElement, max = 64): DerElement[] {
  const list: DerElement[] = [];
  for (let at = parent.start; at < parent.end && list.length < max; ) {
    const child = readDer(b, at, parent.end);
    if (child === undefined) break;
    list.push(child);
    at = child.end;
  }
  return list;
}

/** What a context tag `[number]` holds: the one element inside of it. */
export function derField(b: Bytes, parent: DerElement | undefined, number: number): DerElement | undefined {
  if (parent === undefined) return undefined;
  const field = derChildren(b, parent).find(({ tag }) => tag === (0xa0 | number));
  return field === undefined ? undefined : readDer(b, field.start, field.end);
}

/** A whole number of up to six bytes. */
export function derInteger(b: Bytes, element: DerElement | undefined): number | undefined {
  if (element === undefined || element.end - element.start > 6 || element.end === element.start) return undefined;
  let value = u8(b, element.start) >= 0x80 ? -1 : 0;
  for (let at = element.start; at < element.end; at++) value = value * 256 + u8(b, at);
  return value;
}
