/**
 * Reads recordings that are open already and writes what passes as one pcap file to standard output; its last word, as
 * JSON, goes to file descriptor 3. Started by the agent (watch/ring/reader.ts) with its orders as JSON.
 */
import { writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { Type } from 'typebox';
import { loadConfig } from '../../protocol/base/config.js';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { RingRequest, type RingResult } from '../../protocol/capture.js';
import { RecordingFile } from './capture/bytes.js';
import { readRecording } from './capture/recording.js';
import type { OnPacket } from './capture/source.js';
import { PacketFilter } from './filter/filter.js';
import { dropRoot } from './privileges.js';
import { PcapOutput } from './tap/pcap-output.js';
import { Tap } from './tap/tap.js';

const Orders = Type.Object(
  { ...RingRequest.properties, files: Type.Integer({ minimum: 0, maximum: 1_000 }) },
  { additionalProperties: false },
);

const OUTPUT_FD = 1;
const RESULT_FD = 3;
const FIRST_FD = 4;
const SLICE_PACKETS = 4_096;
const BUFFER_BYTES = 2 ** 20;
const US_PER_MS = 1_000;
/** The sensor comes first. */
const PRIORITY = 10;
/** A file that the agent was writing when it died ends anyhow. */
const DAMAGE = new Set(['CAPTURE_TRUNCATED', 'CAPTURE_CORRUPT', 'CAPTURE_FORMAT', 'CAPTURE_LINK_TYPE']);

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

try {
  setPriority(PRIORITY);
  const orders = loadConfig(Orders, { overrides: JSON.parse(process.argv[2] ?? '{}') });
  const files = Array.from({ length: orders.files }, (_, index) => RecordingFile.open(`/dev/fd/${FIRST_FD + index}`));
  dropRoot('nobody');
  answer(await extract(files, orders));
} catch (error) {
  const isCoded = error instanceof CodedError;
  answer({
    code: isCoded ? error.code : 'CAPTURE_RING_FAILED',
    message: describeError(error),
    facts: isCoded ? error.facts : {},
  });
}
process.exit();

async function extract(files: readonly RecordingFile[], orders: RingRequest): Promise<RingResult> {
  const { filter, snapBytes, bytesMax, from, to } = orders;
  const output = new PcapOutput({ fd: OUTPUT_FD, bufferBytes: BUFFER_BYTES }, { write: writeWaiting });
  const tap = new Tap({ filter: new PacketFilter(filter), snapBytes, bytesMax }, output);
  const times = { firstUs: -1, lastUs: -1 };
  const onPacket: OnPacket = (b, start, end, wireBytes, timeUs, linkType) => {
    if (timeUs < from * US_PER_MS || timeUs >= to * US_PER_MS) return;
    const before = tap.packets;
    tap.onPacket(b, start, end, wireBytes, timeUs, linkType);
    if (tap.packets === before) return;
    if (times.firstUs < 0) times.firstUs = timeUs;
    times.lastUs = timeUs;
  };
  for (const file of files) if (!tap.isFull && !output.isBroken) await readAll(file, onPacket, () => tap.isFull);
  tap.finish();
  output.flush();
  const { packets, bytes, dropped, isFull } = tap;
  const span = packets === 0 ? {} : { firstMs: times.firstUs / US_PER_MS, lastMs: times.lastUs / US_PER_MS };
  return { packets, bytes, dropped, ...span, endedBy: isFull ? 'bytes' : 'end' };
}

async function readAll(file: RecordingFile, onPacket: OnPacket, isDone: () => boolean): Promise<void> {
  try {
    const recording = await readRecording(file);
    while (!isDone() && (await recording.next(onPacket, SLICE_PACKETS)) === 'more') {}
    await recording.close();
  } catch (error) {
    if (!(error instanceof CodedError && DAMAGE.has(error.code))) throw error;
  }
}

/** Nothing is lost by waiting here: packets come from files. The pipe is one that does not wait by itself. */
function writeWaiting(fd: number, b: Buffer, start: number, bytes: number): number {
  while (true) {
    try {
      return writeSync(fd, b, start, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(SLEEPER, 0, 0, 1);
    }
  }
}

function answer(value: object): void {
  writeSync(RESULT_FD, JSON.stringify(value));
}
