import { type Bytes, u8 } from './bytes.js';
import { textAt } from './text.js';

/** RFC 854. */
const IAC = 255;
const SE = 240;
const SB = 250;
const DONT = 254;
/** RFC 1091, RFC 1572 (and RFC 1408 before it), RFC 2941. */
const TERMINAL_TYPE = 24;
const ENVIRONMENT_OLD = 36;
const AUTHENTICATION = 37;
const ENVIRONMENT = 39;
const IS = 0;
const AUTHENTICATION_NAME = 3;
const SUBNEGOTIATION_BYTES_MAX = 1_024;

/** The options of the registry that are still met. */
const OPTIONS: Readonly<Record<number, string>> = {
  0: 'binary',
  1: 'echo',
  3: 'suppress-go-ahead',
  5: 'status',
  6: 'timing-mark',
  23: 'send-location',
  24: 'terminal-type',
  25: 'end-of-record',
  31: 'window-size',
  32: 'terminal-speed',
  33: 'remote-flow-control',
  34: 'linemode',
  35: 'x-display-location',
  36: 'environment',
  37: 'authentication',
  38: 'encryption',
  39: 'new-environment',
  40: 'tn3270e',
  42: 'charset',
  44: 'com-port',
};

/** What one piece of a side's stream holds. */
export interface TelnetPiece {
  /** What people see and type, one character a byte. */
  text: string;
  readonly options: string[];
  terminalType: string | undefined;
  /** From the environment or an authentication: who logs in. */
  user: string | undefined;
  /** Bytes that were read: a command that is not all there is left. */
  used: number;
}

/** Whether bytes begin with a negotiation of an option, or with what is agreed under one. */
export function beginsTelnet(b: Bytes, start: number, end: number): boolean {
  if (end - start < 3 || u8(b, start) !== IAC) return false;
  const verb = u8(b, start + 1);
  return verb >= SB && verb <= DONT && OPTIONS[u8(b, start + 2)] !== undefined;
}

/** Takes the commands out of what a side sent. @param textMax characters of text that are kept */
export function readTelnet(b: Bytes, start: number, end: number, textMax: number): TelnetPiece {
  const piece: TelnetPiece = { text: '', options: [], terminalType: undefined, user: undefined, used: 0 };
  let at = start;
  while (at < end) {
    const command = b.indexOf(IAC, at);
    const textEnd = command < 0 || command > end ? end : command;
    if (piece.text.length < textMax) piece.text += b.toString('latin1', at, Math.min(textEnd, at + textMax));
    at = textEnd;
    if (at >= end) break;
    const bytes = readCommand(b, at, end, piece);
    if (bytes === 0) break;
    at += bytes;
  }
  piece.used = at - start;
  return piece;
}

/** @returns bytes of the command; 0 when it is not all there */
function readCommand(b: Bytes, at: number, end: number, piece: TelnetPiece): number {
  if (end - at < 2) return 0;
  const verb = u8(b, at + 1);
  if (verb < SB) return 2;
  if (verb === IAC) return 2;
  if (end - at < 3) return 0;
  const option = u8(b, at + 2);
  if (verb !== SB) {
    const name = OPTIONS[option];
    if (name !== undefined && !piece.options.includes(name)) piece.options.push(name);
    return 3;
  }
  const close = endOfSubnegotiation(b, at + 3, end);
  if (close < 0) return end - at > SUBNEGOTIATION_BYTES_MAX ? end - at : 0;
  readSubnegotiation(b, option, at + 3, close, piece);
  return close + 2 - at;
}

/** Where `IAC SE` stands, or -1. */
function endOfSubnegotiation(b: Bytes, start: number, end: number): number {
  const last = Math.min(end, start + SUBNEGOTIATION_BYTES_MAX) - 1;
  for (let at = start; at < last; at++) {
    if (u8(b, at) !== IAC) continue;
    if (u8(b, at + 1) === SE) return at;
    at += 1;
  }
  return -1;
}

function readSubnegotiation(b: Bytes, option: number, start: number, end: number, piece: TelnetPiece): void {
  if (start >= end) return;
  const kind = u8(b, start);
  if (option === TERMINAL_TYPE && kind === IS) piece.terminalType = textAt(b, start + 1, end);
  if (option === AUTHENTICATION && kind === AUTHENTICATION_NAME) piece.user = textAt(b, start + 1, end) || undefined;
  const isEnvironment = option === ENVIRONMENT || option === ENVIRONMENT_OLD;
  if (isEnvironment && kind !== 1) piece.user ??= userOf(b, start + 1, end);
}

/** RFC 1572 2: VAR (0), VALUE (1), ESC (2), USERVAR (3); the variable that names the user is USER. */
function userOf(b: Bytes, start: number, end: number): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: VAR, VALUE and USERVAR are control characters
  return /(?:^|[\0\x03])USER\x01([^\0-\x03]+)/.exec(b.toString('utf8', start, end))?.[1];
}
