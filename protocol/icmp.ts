type Pairs = readonly (readonly [ask: number, answer: number])[];

/**
 * ICMP types that ask and the types that answer, as Community ID v1 pairs them. A message of one of them has its own type
 * and its counterpart as ports, so that question and answer are one flow; others have type and code.
 */
export const ICMP_PAIRS: Pairs = [
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
  [10, 9],
];
/** The same of ICMPv6. */
export const ICMPV6_PAIRS: Pairs = [
  [128, 129],
  [133, 134],
  [135, 136],
  [130, 131],
  [144, 145],
  [139, 140],
];
