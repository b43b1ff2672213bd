import { type Static, Type } from 'typebox';
import { sleep } from '../../../protocol/base/time.js';
import { RecordingFile } from './bytes.js';
import { PACKET_BYTES_MAX } from './format.js';
import { readRecording } from './recording.js';
import type { CaptureStats, OnPacket, PacketSource, Recording } from './source.js';

export const RecordingConfig = Type.Object(
  {
    path: Type.String({ minLength: 1, description: 'A pcap or pcapng file.' }),
    loop: Type.Boolean({ default: false, description: 'Begin again at the end, for ever.' }),
    speed: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 1_000_000,
      description: '1 is as it was recorded, 10 is ten times as fast, 0 is as fast as the records can be taken.',
    }),
    rebase: Type.Boolean({ default: true, description: 'The first packet of each round is now.' }),
  },
  { additionalProperties: false },
);
export type RecordingConfig = Static<typeof RecordingConfig>;

export interface RecordingDeps {
  readonly onPacket: OnPacket;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves when the output can take more. */
  drained(): Promise<void>;
  /** Called once, when there is nothing more to come; with an error after the packets before the damage. */
  onEnd(error?: unknown): void;
}

const SLICE_PACKETS = 1_000;
/** Waits shorter than this are not worth a timer. */
const EARLY_MS = 5;
/** A gap in a recording that is longer than this is made shorter: it is a day. */
const WAIT_MS_MAX = 86_400_000;
/** Between two rounds, so that a recording of one instant does not spin. */
const ROUND_MS = 10;
const US_PER_MS = 1_000;

/** A recording as if it were an interface: in real time, faster, or as fast as it goes; once or for ever. */
export class RecordingSource implements PacketSource {
  readonly name = 'recording';
  readonly #config: RecordingConfig;
  readonly #deps: RecordingDeps;
  readonly #stop = new AbortController();
  /** The packet whose time has not come. */
  readonly #held = Buffer.allocUnsafeSlow(PACKET_BYTES_MAX);
  #file: RecordingFile | undefined;
  #running: Promise<void> = Promise.resolve();
  #deliveredPackets = 0;
  #roundStartMs = 0;
  #firstUs = -1;

  constructor(config: RecordingConfig, deps: RecordingDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  /** @throws CAPTURE_UNREADABLE */
  async start(): Promise<void> {
    this.#file = RecordingFile.open(this.#config.path);
    this.#running = this.#run(this.#file);
  }

  stats(): CaptureStats {
    const deliveredPackets = this.#deliveredPackets;
    return { deliveredPackets, kernelReceived: 0, kernelDropped: 0, interfaceDropped: 0 };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#file?.close();
  }

  async #run(file: RecordingFile): Promise<void> {
    try {
      do await this.#round(file);
      while (this.#config.loop && (await this.#pause(ROUND_MS)));
      if (!this.#isStopped) this.#deps.onEnd();
    } catch (error) {
      if (!this.#isStopped) this.#deps.onEnd(error);
    }
  }

  async #round(file: RecordingFile): Promise<void> {
    const recording = await readRecording(file);
    this.#roundStartMs = this.#deps.now();
    this.#firstUs = -1;
    try {
      if (this.#config.speed === 0) await this.#asFastAsItGoes(recording);
      else await this.#inTime(recording, this.#config.speed);
    } finally {
      await recording.close();
    }
  }

  async #asFastAsItGoes(recording: Recording): Promise<void> {
    const onPacket: OnPacket = (b, start, end, wireBytes, timeUs, linkType) => {
      if (this.#firstUs < 0) this.#firstUs = timeUs;
      this.#deliver(b, start, end, wireBytes, timeUs - this.#firstUs, linkType);
    };
    while (!this.#isStopped && (await recording.next(onPacket, SLICE_PACKETS)) === 'more') await this.#deps.drained();
  }

  /** One packet is read ahead and held until its time has come. */
  async #inTime(recording: Recording, speed: number): Promise<void> {
    const held = { bytes: 0, wireBytes: 0, afterUs: 0, linkType: 0 };
    let isHeld = false;
    const hold: OnPacket = (b, start, end, wireBytes, timeUs, linkType) => {
      if (this.#firstUs < 0) this.#firstUs = timeUs;
      held.bytes = b.copy(this.#held, 0, start, end);
      held.wireBytes = wireBytes;
      held.afterUs = timeUs - this.#firstUs;
      held.linkType = linkType;
      isHeld = true;
    };
    for (let more = 'more'; more === 'more'; ) {
      isHeld = false;
      more = await recording.next(hold, 1);
      if (!isHeld) continue;
      const waitMs = this.#roundStartMs + held.afterUs / speed / US_PER_MS - this.#deps.now();
      if (waitMs > EARLY_MS && !(await this.#pause(Math.min(waitMs, WAIT_MS_MAX)))) return;
      this.#deliver(this.#held, 0, held.bytes, held.wireBytes, held.afterUs, held.linkType);
      if (this.#deliveredPackets % SLICE_PACKETS === 0) await this.#deps.drained();
      if (this.#isStopped) return;
    }
  }

  #deliver(b: Buffer, start: number, end: number, wireBytes: number, afterUs: number, linkType: number): void {
    this.#deliveredPackets += 1;
    const { rebase, speed } = this.#config;
    const timeUs = rebase
      ? Math.floor(this.#roundStartMs * US_PER_MS + afterUs / (speed || 1))
      : this.#firstUs + afterUs;
    this.#deps.onPacket(b, start, end, wireBytes, timeUs, linkType);
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** False when it was stopped meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    await sleep(ms, this.#stop.signal).catch(() => {});
    return !this.#isStopped;
  }
}
