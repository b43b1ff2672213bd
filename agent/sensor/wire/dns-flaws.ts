/** Why a DNS message was not decoded to its end, or not kept whole. Counted by index. */
export const DnsFlaw = {
  None: 0,
  /** Ended before its counts were met. */
  Truncated: 1,
  /** A label length that does not exist. */
  BadLabel: 2,
  /** A pointer that does not go backwards: a loop, or nonsense. */
  ForwardPointer: 3,
  TooManyPointers: 4,
  NameTooLong: 5,
  TooManyRecords: 6,
  /** The records' text together: pointers let a small packet say a lot. */
  TooMuchText: 7,
  /** Data that do not fit their type. The record is kept without them. */
  BadData: 8,
} as const;
export type DnsFlaw = (typeof DnsFlaw)[keyof typeof DnsFlaw];
export const DNS_FLAW_COUNT = 9;

const NAMES: readonly string[] = Object.entries(DnsFlaw)
  .sort(([, a], [, b]) => a - b)
  .map(([name]) => `dns_${name.replaceAll(/(?<=[a-z])([A-Z])/g, '_$1').toLowerCase()}`);

export function dnsFlawName(flaw: number): string {
  return NAMES[flaw] ?? 'unknown';
}
