import type { FlowCounters } from './flow-counters.js';

/** Bits of `historySeen`: letters that are written once for a side. */
export const Seen = { Syn: 1, SynAck: 2, Fin: 4, Rst: 8, Data: 16, Ack: 32, FinRst: 64, MultiFlag: 128 } as const;

export const Letter = {
  Syn: code('S'),
  SynAck: code('H'),
  Fin: code('F'),
  Rst: code('R'),
  Data: code('D'),
  Ack: code('A'),
  FinRst: code('I'),
  MultiFlag: code('Q'),
  Checksum: code('C'),
  Gap: code('G'),
  Retransmit: code('T'),
  ZeroWindow: code('W'),
  Flip: code('^'),
} as const;

function code(letter: string): number {
  return letter.charCodeAt(0);
}

/** Lower case for the responder. */
const LOWER = 0x20;

/** Writes a letter of side 0 (upper case) or 1 (lower case). */
export function write(counters: FlowCounters, slot: number, side: number, letter: number): void {
  counters.addHistory(slot, side === 0 ? letter : letter | LOWER);
}

/** Writes a letter the first time. @returns whether it was there already */
export function writeOnce(counters: FlowCounters, slot: number, side: number, bit: number, letter: number): boolean {
  const at = slot * 2 + side;
  if ((counters.historySeen[at]! & bit) !== 0) return true;
  counters.historySeen[at] = counters.historySeen[at]! | bit;
  write(counters, slot, side, letter);
  return false;
}

/** Counts in a column and writes the letter at 1, 10, 100 ... times, as Zeek scales it. */
export function writeScaled(
  counters: FlowCounters,
  slot: number,
  side: number,
  column: Uint32Array,
  letter: number,
): void {
  const at = slot * 2 + side;
  const count = column[at]! + 1;
  column[at] = count;
  if (isPowerOfTen(count)) write(counters, slot, side, letter);
}

function isPowerOfTen(count: number): boolean {
  for (let power = 1; power <= count; power *= 10) if (power === count) return true;
  return false;
}
