import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';

/** A change of one entry: a value, or none any more. */
export type Change = readonly [key: string, value: string] | readonly [key: string];

/** Of 64 KiB each: longer than anything that is written at once, and little to hold. */
const LINE_PIECES_MAX = 1_024;
const CHECK_DIGITS = 8;

/** A line of the journal: CRC-32 of the rest, a blank, JSON. What a disk makes of it does not pass for an entry. */
export function lineOf(value: unknown): string {
  const text = JSON.stringify(value);
  return `${checkOf(text)} ${text}\n`;
}

export interface Line {
  readonly value: unknown;
  /** Where it ends in its file. */
  readonly endBytes: number;
}

/** Reads a file up to the first line that is not whole. @throws NodeJS.ErrnoException */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let endBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const line = Buffer.concat([...pieces, chunk.subarray(start, end)]);
      const value = valueIn(line.toString('utf8'));
      if (value === undefined) return;
      endBytes += line.length + 1;
      yield { value, endBytes };
      [pieces, start] = [[], end + 1];
    }
    pieces.push(chunk.subarray(start));
    if (pieces.length > LINE_PIECES_MAX) return;
  }
}

const LINE_FEED = 10;

function valueIn(line: string): unknown {
  const text = line.slice(CHECK_DIGITS + 1);
  if (checkOf(text) !== line.slice(0, CHECK_DIGITS)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const checkOf = (text: string): string => crc32(text).toString(16).padStart(CHECK_DIGITS, '0');
