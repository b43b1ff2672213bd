import { CodedError } from '../../../protocol/base/errors.js';
import { ByteWindow } from './byte-window.js';
import { type ByteSource, RecordingFile, withBytesBefore } from './bytes.js';
import { type RecordingFormat, truncated } from './format.js';
import { GunzipBytes, isGzipMagic } from './gunzip.js';
import { isPcapMagic, openPcap, PCAP_HEADER_BYTES } from './pcap-file.js';
import { isPcapngMagic, PcapngFile } from './pcapng-file.js';
import type { OnPacket, Recording } from './source.js';

const MAGIC_BYTES = 4;

/**
 * Opens a pcap or pcapng recording, gzip'd or not; `-` is standard input.
 * @throws CAPTURE_UNREADABLE, CAPTURE_FORMAT, CAPTURE_TRUNCATED, CAPTURE_LINK_TYPE
 */
export async function openRecording(path: string): Promise<Recording> {
  const file = RecordingFile.open(path);
  try {
    const recording = await readRecording(file);
    return {
      next: (onPacket, packetsMax) => recording.next(onPacket, packetsMax),
      close: () => recording.close().finally(() => file.close()),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads an open file from its beginning. Closing the recording leaves the file open. @throws as openRecording */
export async function readRecording(file: RecordingFile): Promise<Recording> {
  const window = new ByteWindow(await unpacked(file), file.isSeekable);
  try {
    return new FormattedRecording(file.path, window, await detect(window, file.path));
  } catch (error) {
    await window.close();
    throw named(file.path, error);
  }
}

async function unpacked(file: RecordingFile): Promise<ByteSource> {
  const bytes = file.bytes();
  const head = Buffer.alloc(MAGIC_BYTES);
  let count = 0;
  for (let more = 1; more > 0 && count < MAGIC_BYTES; count += more) more = await bytes.read(head, count, MAGIC_BYTES);
  const whole = withBytesBefore(head.subarray(0, count), bytes);
  if (!isGzipMagic(head)) return whole;
  return new GunzipBytes(whole, file.isSeekable ? () => file.bytes() : undefined);
}

async function detect(window: ByteWindow, path: string): Promise<RecordingFormat> {
  if (!(await window.fill(MAGIC_BYTES))) {
    const what = window.available === 0 ? 'it is empty' : 'it is too short to be a recording';
    throw new CodedError('CAPTURE_FORMAT', what, { path });
  }
  const { buffer, start } = window;
  if (isPcapngMagic(buffer, start)) return new PcapngFile();
  if (!isPcapMagic(buffer, start)) {
    const magic = buffer.toString('hex', start, start + MAGIC_BYTES);
    throw new CodedError('CAPTURE_FORMAT', `neither pcap nor pcapng: it begins with ${magic}`, { path });
  }
  if (!(await window.fill(PCAP_HEADER_BYTES))) throw truncated(window.offset + window.available, 'in the file header');
  return openPcap(window);
}

/** Says which recording an error is about. */
function named(path: string, error: unknown): unknown {
  if (!(error instanceof CodedError) || error.code === 'CAPTURE_UNREADABLE') return error;
  return new CodedError(error.code, `${path}: ${error.message}`, { ...error.facts, path }, { cause: error.cause });
}

class FormattedRecording implements Recording {
  readonly #path: string;
  readonly #window: ByteWindow;
  readonly #format: RecordingFormat;

  constructor(path: string, window: ByteWindow, format: RecordingFormat) {
    this.#path = path;
    this.#window = window;
    this.#format = format;
  }

  async next(onPacket: OnPacket, packetsMax: number): Promise<'more' | 'end'> {
    let left = packetsMax;
    while (true) {
      left -= this.#deliver(onPacket, left);
      if (left === 0) return 'more';
      try {
        if (!(await this.#readOn())) return 'end';
      } catch (error) {
        throw named(this.#path, error);
      }
    }
  }

  #deliver(onPacket: OnPacket, packetsMax: number): number {
    try {
      return this.#format.deliver(this.#window, onPacket, packetsMax);
    } catch (error) {
      throw named(this.#path, error);
    }
  }

  /** Brings what the format needs into memory; false at a proper end. @throws CAPTURE_TRUNCATED, CAPTURE_UNREADABLE */
  async #readOn(): Promise<boolean> {
    const window = this.#window;
    const skip = this.#format.takeSkip();
    if (skip > 0) {
      if (await window.skip(skip)) return true;
      throw truncated(window.offset, `${skip} bytes were announced`);
    }
    const needed = this.#format.neededBytes;
    if (await window.fill(needed)) return true;
    if (window.available === 0) return false;
    throw truncated(window.offset + window.available, `${needed - window.available} bytes before the end of a packet`);
  }

  close(): Promise<void> {
    return this.#window.close();
  }
}
