import { writeSync } from 'node:fs';
import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import { LANES } from '../../protocol/records/lanes.js';

export interface OutputConfig {
  /** Open for writing and not blocking. */
  readonly fd: number;
  readonly bufferBytes: number;
}

export interface OutputDeps {
  /** Writes to `fd` what it takes, like fs.writeSync. */
  readonly write?: (fd: number, b: Buffer, start: number, bytes: number) => number;
  /** The reader is gone. */
  onBroken(): void;
}

/** Above this, a write is worth its system call even in the middle of a burst. */
const FLUSH_BYTES = 64 * 1024;
/** Kept free for stats and errors, whatever the records do. */
const NOTICE_BYTES = 16 * 1024;
/** A UTF-16 unit takes at most three bytes of UTF-8; a digit in front and a line feed behind. */
const UTF8_PER_UNIT = 3;
const FRAMING_BYTES = 2;
const LF = 0x0a;
const DIGIT_ZERO = 0x30;
/** Part of the buffer that each lane may fill, so that flows are dropped before alerts are. */
const LANE_SHARE = [1, 0.95, 0.9, 0.75] as const;

/**
 * The sensor's lines on their way to the agent: one buffer of fixed size and writes that do not wait, because a
 * flood of packets may keep the event loop from turning.
 */
export class LineOutput {
  readonly #fd: number;
  readonly #write: (fd: number, b: Buffer, start: number, bytes: number) => number;
  readonly #onBroken: () => void;
  readonly #buffer: Buffer;
  readonly #laneBytesMax: number[];
  #start = 0;
  #end = 0;
  #isBroken = false;
  /** Records taken, by lane. */
  readonly accepted: number[] = LANES.map(() => 0);
  /** Records refused because the buffer was full or they were too long, by lane. */
  readonly dropped: number[] = LANES.map(() => 0);

  constructor(config: OutputConfig, deps: OutputDeps) {
    this.#fd = config.fd;
    this.#write = deps.write ?? writeSync;
    this.#onBroken = deps.onBroken;
    this.#buffer = Buffer.allocUnsafeSlow(config.bufferBytes);
    this.#laneBytesMax = LANE_SHARE.map((share) => (config.bufferBytes - NOTICE_BYTES) * share);
  }

  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Whether any record of this lane (0 to 3) finds room now. */
  hasRoom(lane: number): boolean {
    return this.pendingBytes + RECORD_BYTES_MAX * UTF8_PER_UNIT + FRAMING_BYTES <= this.#laneBytesMax[lane]!;
  }

  /** Takes a record of a lane (0 to 3), or drops and counts it. */
  record(lane: number, json: string): void {
    const bytes = json.length * UTF8_PER_UNIT + FRAMING_BYTES;
    if (json.length > RECORD_BYTES_MAX || this.pendingBytes + bytes > this.#laneBytesMax[lane]!) {
      this.dropped[lane]! += 1;
      return;
    }
    this.accepted[lane]! += 1;
    this.#append(DIGIT_ZERO + lane, json, bytes);
    if (this.pendingBytes >= FLUSH_BYTES) this.flush();
  }

  /**
   * A line about the sensor itself: `s` stats, `e` the error that it ends with, `b` what it has learned, `c` about a
   * capture, `r` that devices are told once more.
   * @returns whether there was room
   */
  notice(kind: 's' | 'e' | 'b' | 'c' | 'r', value: unknown): boolean {
    const json = JSON.stringify(value);
    const bytes = json.length * UTF8_PER_UNIT + FRAMING_BYTES;
    if (this.pendingBytes + bytes > this.#buffer.length) return false;
    this.#append(kind.charCodeAt(0), json, bytes);
    return true;
  }

  /** Writes as much as the reader takes now. */
  flush(): void {
    while (this.pendingBytes > 0 && !this.#isBroken) {
      try {
        this.#start += this.#write(this.#fd, this.#buffer, this.#start, this.pendingBytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
        this.#isBroken = true;
        this.#onBroken();
      }
    }
    this.#start = 0;
    this.#end = 0;
  }

  #append(first: number, json: string, bytesMax: number): void {
    if (this.#end + bytesMax > this.#buffer.length) this.#moveToFront();
    this.#buffer[this.#end] = first;
    this.#end += 1;
    this.#end += this.#buffer.write(json, this.#end, 'utf8');
    this.#buffer[this.#end] = LF;
    this.#end += 1;
  }

  #moveToFront(): void {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
