import { CodedError } from '../protocol/base/errors.js';
import { Dialects } from './dialects/dialects.js';
import { decodeText } from './dialects/encoding.js';
import { zoneOf } from './dialects/zones.js';
import { lines } from './lines.js';
import { NdjsonOutput } from './ndjson-output.js';

/** Longest line that is held in memory; the rest of a longer one is dropped. */
const LINE_BYTES_MAX = 1024 * 1024;
/** Lines between two looks at the output. */
const SLICE_LINES = 256;

export interface ParseOptions {
  /** IANA name. */
  readonly zone: string;
  /** ISO 8601; now when it is missing. */
  readonly received?: string;
}

/**
 * One record for each line of standard input that is not empty, in order, as NDJSON on standard output.
 * @throws USAGE
 */
export async function parse(options: ParseOptions): Promise<void> {
  const dialects = new Dialects({ zone: checkedZone(options.zone) });
  const receivedMs = options.received === undefined ? undefined : checkedTime(options.received);
  const output = new NdjsonOutput(process.stdout);
  let count = 0;
  for await (const line of lines(process.stdin, LINE_BYTES_MAX)) {
    const text = decodeText(line);
    if (text.trim() === '') continue;
    output.write(JSON.stringify(dialects.record(text, receivedMs ?? Date.now())));
    if (++count % SLICE_LINES === 0) await output.drain();
  }
  await output.end();
}

function checkedZone(name: string): string {
  if (zoneOf(name) === undefined) {
    throw new CodedError(
      'USAGE',
      `unknown time zone ${JSON.stringify(name)}; it must be a name such as Asia/Tokyo or UTC`,
    );
  }
  return name;
}

/** A time without an offset would depend on where the program runs. */
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))?$/;

function checkedTime(text: string): number {
  const ms = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new CodedError('USAGE', `--received ${JSON.stringify(text)} is no time such as 2026-11-25T12:34:56Z`);
  }
  return ms;
}
