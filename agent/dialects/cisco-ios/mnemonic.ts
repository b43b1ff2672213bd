/** `%FACILITY-SUBFACILITY-SEVERITY-MNEMONIC: text`, which Cisco's systems share with Arista's and others. */
export interface Mnemonic {
  /** Without the severity: `SYS-CONFIG_I`. */
  readonly code: string;
  readonly facility: string;
  readonly severity: number;
  readonly mnemonic: string;
  readonly text: string;
  /** What stands in front of it. */
  readonly front: string;
}

const FRONT_MAX = 400;
const HEAD =
  /^%{1,2}(?<facility>[A-Za-z][\w/]{1,40}(?:-[A-Z][\w/]{0,40}){0,3}?|[A-Z]\w{0,30}_)-(?<severity>[0-7])-(?<mnemonic>[A-Za-z][\w-]{0,80}) ?(?::|(?=\[))\s{0,4}/;

/** The first one; a percent sign in a text is none. */
export function readMnemonic(line: string): Mnemonic | undefined {
  for (let at = line.indexOf('%'); at >= 0 && at < FRONT_MAX; at = line.indexOf('%', at + 1)) {
    const tail = line.slice(at, at + FRONT_MAX);
    const found = HEAD.exec(tail) ?? SPACED.exec(tail);
    if (found === null) continue;
    const { facility, severity, mnemonic } = found.groups!;
    return {
      code: `${facility}-${severity}-${mnemonic}`,
      facility: facility!,
      severity: Number(severity),
      mnemonic: mnemonic!,
      text: line.slice(at + found[0].length).trim(),
      front: line.slice(0, at),
    };
  }
  return undefined;
}

// ACI: `%LOG_-2-SYSTEM_MSG [F0110][soaking]...`.
const SPACED = /^%(?<facility>LOG_\w{0,30})-(?<severity>[0-7])-(?<mnemonic>SYSTEM_MSG) /;
