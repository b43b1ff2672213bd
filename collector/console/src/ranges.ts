/** The spans of time that can be chosen, up to now. */
export const RANGES = ['15m', '1h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];

/** The next wider span, or undefined for the widest. */
export function widerThan(range: Range): Range | undefined {
  return RANGES[RANGES.indexOf(range) + 1];
}
