import { ipv4Text } from './addresses.js';
import { type Bytes, u8, u16 } from './bytes.js';
import { textAt } from './text.js';

/** RFC 5905 7.3; versions 1 to 3 have the same header (RFC 1059, 1119, 1305). */
const HEADER_BYTES = 48;
/** RFC 9327 2. */
const CONTROL_HEADER_BYTES = 12;
/** Mode 7 of ntpd (ntp_request.h): flags, sequence, implementation, request code, counts. */
const PRIVATE_HEADER_BYTES = 8;
const VERSION_MAX = 4;

const MODES: readonly string[] = [
  'reserved',
  'symmetric-active',
  'symmetric-passive',
  'client',
  'server',
  'broadcast',
  'control',
  'private',
];
const MODE_CLIENT = 3;
const MODE_CONTROL = 6;
const MODE_PRIVATE = 7;

/** RFC 9327 3. */
const CONTROL_OPERATIONS: Readonly<Record<number, string>> = {
  1: 'read-status',
  2: 'read-variables',
  3: 'write-variables',
  4: 'read-clock-variables',
  5: 'write-clock-variables',
  6: 'set-trap',
  7: 'trap',
  8: 'configure',
  9: 'save-configuration',
  10: 'read-mru',
  11: 'read-ordered-list',
  12: 'request-nonce',
  31: 'unset-trap',
};
/** Of mode 7: those that give lists, which is what they are misused for. */
const PRIVATE_OPERATIONS: Readonly<Record<number, string>> = {
  0: 'peer-list',
  1: 'peer-list-sum',
  4: 'system-info',
  16: 'restrictions',
  20: 'monlist',
  42: 'monlist',
};

export interface Ntp {
  readonly version: number;
  readonly mode: string;
  /** Undefined in modes 6 and 7. */
  readonly stratum: number | undefined;
  /** Four letters of a clock (stratum 1), an address (2 and above), or a kiss code (0). RFC 5905 7.3. */
  readonly referenceId: string | undefined;
  /** Why a server does not serve: DENY, RATE, RSTR ... RFC 5905 7.4. */
  readonly kiss: string | undefined;
  /** Modes 6 and 7: what is asked for. */
  readonly operation: string | undefined;
  readonly isResponse: boolean;
  /** What a server says of its software in an answer of mode 6. */
  readonly software: string | undefined;
}

/** Whether a datagram of port 123 is one of these messages. */
export function looksLikeNtp(b: Bytes, start: number, end: number): boolean {
  if (end - start < PRIVATE_HEADER_BYTES) return false;
  const first = u8(b, start);
  const [version, mode] = [(first >> 3) & 7, first & 7];
  if (version === 0 || version > VERSION_MAX) return false;
  if (mode === MODE_PRIVATE) return true;
  if (mode === MODE_CONTROL) return end - start >= CONTROL_HEADER_BYTES;
  // Clients of the first version leave the mode open.
  return (mode !== 0 || version === 1) && end - start >= HEADER_BYTES;
}

/** @returns undefined for what is none of these messages */
export function decodeNtp(b: Bytes, start: number, end: number): Ntp | undefined {
  if (!looksLikeNtp(b, start, end)) return undefined;
  const first = u8(b, start);
  const mode = first & 7;
  const common = { version: (first >> 3) & 7, mode: MODES[mode]! };
  if (mode === MODE_CONTROL) return { ...common, ...NOTHING, ...control(b, start, end) };
  if (mode === MODE_PRIVATE) return { ...common, ...NOTHING, ...privateMode(b, start) };
  const stratum = u8(b, start + 1);
  const isAnswer = mode !== MODE_CLIENT && mode !== 0;
  const id = isAnswer && u16(b, start + 12) !== 0 ? referenceId(b, start + 12, stratum) : undefined;
  const kiss = stratum === 0 ? id : undefined;
  return {
    ...common,
    ...NOTHING,
    stratum,
    isResponse: isAnswer,
    referenceId: kiss === undefined ? id : undefined,
    kiss,
  };
}

const NOTHING = {
  stratum: undefined,
  referenceId: undefined,
  kiss: undefined,
  operation: undefined,
  isResponse: false,
  software: undefined,
} as const;

function referenceId(b: Bytes, at: number, stratum: number): string {
  return stratum < 2 ? textAt(b, at, at + 4) : ipv4Text(b, at);
}

function control(b: Bytes, start: number, end: number): Pick<Ntp, 'operation' | 'isResponse' | 'software'> {
  const bits = u8(b, start + 1);
  const operation = bits & 0x1f;
  const isResponse = (bits & 0x80) !== 0;
  return {
    operation: CONTROL_OPERATIONS[operation] ?? `control-${operation}`,
    isResponse,
    software: isResponse && operation === 2 ? softwareIn(b, start + CONTROL_HEADER_BYTES, end) : undefined,
  };
}

/** `version="ntpd 4.2.8p15@1.3728-o", processor="x86_64", system="Linux/5.10"` among other variables. */
function softwareIn(b: Bytes, start: number, end: number): string | undefined {
  const text = textAt(b, start, end);
  const words = ['version', 'system'].map((name) => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1]?.trim() ?? '');
  return words.filter((word) => word !== '').join(' ') || undefined;
}

function privateMode(b: Bytes, start: number): Pick<Ntp, 'operation' | 'isResponse'> {
  const code = u8(b, start + 3);
  return { operation: PRIVATE_OPERATIONS[code] ?? `private-${code}`, isResponse: (u8(b, start) & 0x80) !== 0 };
}
