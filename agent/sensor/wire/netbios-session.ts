import { type Bytes, u8 } from './bytes.js';

/** RFC 1002 4.3.1: kinds of messages in the session service; over port 445 the first alone. */
export const NetbiosKind = {
  Message: 0,
  Request: 0x81,
  Accepted: 0x82,
  Refused: 0x83,
  Retarget: 0x84,
  KeepAlive: 0x85,
} as const;
const NAME_BYTES = 34;
const NAME_LETTERS = 32;

/** RFC 1002 4.3.2: the name that is called, and that of the caller. */
export function netbiosNames(
  b: Bytes,
  at: number,
  end: number,
): { readonly called: string; readonly calling: string } | undefined {
  const called = netbiosName(b, at, end);
  const calling = netbiosName(b, at + NAME_BYTES, end);
  return called === undefined || calling === undefined ? undefined : { called, calling };
}

/** RFC 1001 14.1: half an octet a letter; the last octet is the kind of name. */
function netbiosName(b: Bytes, at: number, end: number): string | undefined {
  if (at + NAME_BYTES > end || u8(b, at) !== NAME_LETTERS) return undefined;
  const octets = Buffer.alloc(NAME_LETTERS / 2);
  for (let i = 0; i < octets.length; i++) {
    const [high, low] = [u8(b, at + 1 + i * 2) - 0x41, u8(b, at + 2 + i * 2) - 0x41];
    if (high < 0 || high > 15 || low < 0 || low > 15) return undefined;
    octets[i] = high * 16 + low;
  }
  return octets.toString('latin1', 0, octets.length - 1).replace(/[\0 ]+$/, '');
}

/** RFC 1002 4.3.4. */
const REFUSALS: Readonly<Record<number, string>> = {
  128: 'Not listening on called name',
  129: 'Not listening for calling name',
  130: 'Called name not present',
  131: 'Called name present, but insufficient resources',
  143: 'Unspecified error',
};
export const netbiosRefusal = (code: number): string => REFUSALS[code] ?? String(code);
