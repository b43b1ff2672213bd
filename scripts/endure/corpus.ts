import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openRecording } from '../../agent/sensor/capture/recording.js';
import { CodedError } from '../../protocol/base/errors.js';

const RECORDING = /\.(pcap|pcapng|cap|trace)(\.gz)?$/;
const SLICE_PACKETS = 4_096;

export interface Kept {
  readonly bytes: Buffer;
  readonly wireBytes: number;
  readonly timeUs: number;
  readonly linkType: number;
}

export interface Capture {
  readonly path: string;
  readonly packets: readonly Kept[];
}

/** Every recording below the folder that can be read, its packets copied. */
export async function* captures(folder: string): AsyncGenerator<Capture> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && RECORDING.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of paths) yield { path, packets: await packetsOf(path) };
}

async function packetsOf(path: string): Promise<Kept[]> {
  const packets: Kept[] = [];
  try {
    const recording = await openRecording(path);
    const keep = (b: Buffer, start: number, end: number, wireBytes: number, timeUs: number, linkType: number): void => {
      packets.push({ bytes: Buffer.from(b.subarray(start, end)), wireBytes, timeUs, linkType });
    };
    while ((await recording.next(keep, SLICE_PACKETS)) === 'more');
    await recording.close();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
  return packets;
}
