import snmp, { type Varbind } from 'net-snmp';

const { ObjectType } = snmp;
const TEXT_CHARACTERS_MAX = 255;
const COUNTER_BYTES_MAX = 8;
/** RFC 3416 3: not a value but why there is none. */
const NONE: ReadonlySet<number | undefined> = new Set([
  ObjectType['Null'],
  ObjectType['NoSuchObject'],
  ObjectType['NoSuchInstance'],
  ObjectType['EndOfMibView'],
]);

export const isValue = (varbind: Varbind | undefined): varbind is Varbind =>
  varbind !== undefined && !NONE.has(varbind.type) && varbind.value !== null && varbind.value !== undefined;

/** A counter or any other whole number. */
export function bigOf(varbind: Varbind | undefined): bigint | undefined {
  if (!isValue(varbind)) return undefined;
  const { value, type } = varbind;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (type !== ObjectType['Counter64'] || !Buffer.isBuffer(value)) return undefined;
  // A leading zero byte keeps BER from taking it for a negative number.
  const bytes = value.length === COUNTER_BYTES_MAX + 1 && value[0] === 0 ? value.subarray(1) : value;
  if (bytes.length > COUNTER_BYTES_MAX) return undefined;
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`);
}

/** A number, or a text that begins with one: `37 C/98 F`, `12.5 %`. */
export function numberOf(varbind: Varbind | undefined): number | undefined {
  const big = bigOf(varbind);
  if (big !== undefined) return Number(big);
  const digits = /^\s*(-?\d{1,15}(?:\.\d{1,9})?)/.exec(textOf(varbind) ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** One line; undefined when there is nothing to read. */
export function textOf(varbind: Varbind | undefined): string | undefined {
  if (!isValue(varbind)) return undefined;
  const { value } = varbind;
  const text = Buffer.isBuffer(value) ? value.subarray(0, 4 * TEXT_CHARACTERS_MAX).toString('utf8') : String(value);
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, TEXT_CHARACTERS_MAX);
  // Half of a pair of UTF-16 that the cut may have left.
  return line === '' ? undefined : line.replace(/[\uD800-\uDBFF]$/, '');
}

/** Whether an OID lies below another. */
export const isBelow = (oid: string, root: string): boolean => oid.startsWith(`${root}.`);

/** Whether an OID comes after another in the order of RFC 3416 4.2.2. */
export function isAfter(oid: string, before: string): boolean {
  const [a, b] = [oid.split('.'), before.split('.')];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = Number(a[index] ?? -1) - Number(b[index] ?? -1);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
