import { type FileHandle, open } from 'node:fs/promises';
import { CodedError, describeError } from '../../../protocol/base/errors.js';
import type { Component } from '../../../protocol/base/scope.js';
import type { World } from '../../../protocol/base/world.js';
import type { RingRequest, RingResult } from '../../../protocol/capture.js';
import type { RingConfig } from '../config.js';
import type { OnBytes } from '../hand-over.js';
import { PcapCutter } from '../pcap-cutter.js';
import { checkedRingRequest, readSegments } from './reader.js';
import { type Segment, Segments } from './segments.js';

/** The ring is this many files: what is deleted at once is one of them. */
const PARTS = 16;
/** Packets that wait for the disk. */
const QUEUE_BYTES_MAX = 4 * 2 ** 20;
/** Written at once, or after this time: what a crash of the agent may lose. */
const WRITE_BYTES = 256 * 1_024;
const WRITE_MS = 1_000;
const PRUNE_MS = 5_000;
const MS_PER_MINUTE = 60_000;
/** After the disk failed. */
const REST_MS = 10_000;

/** What waits for the disk: whole packets, or where a sensor's stream begins, its header. */
interface Entry {
  readonly header?: Buffer;
  readonly packets?: Buffer;
}

/** The packets of the last minutes as files. They are written where nobody waits for them, and never synced. */
export class Ring implements Component {
  readonly name = 'ring';
  /** `bytesWritten`: to the disk, headers included. `droppedBytes`: the disk was too slow, or failed. */
  readonly counters = { packets: 0, bytesWritten: 0, writes: 0, droppedBytes: 0, failures: 0 };
  readonly #config: RingConfig;
  readonly #world: World;
  readonly #segments: Segments;
  #cutter = new PcapCutter();
  #queue: Entry[] = [];
  #queuedBytes = 0;
  /** Of the stream whose packets are written; it stands in front of every file. */
  #header: Buffer = Buffer.alloc(0);
  #current: { readonly segment: Segment; readonly file: FileHandle; readonly startedMs: number } | undefined;
  #writing: Promise<void> | undefined;
  #writeTimer: NodeJS.Timeout | undefined;
  #pruneTimer: NodeJS.Timeout | undefined;
  #restsUntilMs = 0;
  #isReading = false;

  /** @param world its `folder` is the ring's own */
  constructor(config: RingConfig, world: World & { readonly folder: string }) {
    this.#config = config;
    this.#world = { ...world, log: world.log.child({ component: 'ring' }) };
    this.#segments = new Segments(world.folder);
  }

  async start(): Promise<void> {
    try {
      this.#segments.open();
      this.#prune();
    } catch (error) {
      this.#failed(error);
    }
    this.#pruneTimer = setInterval(() => this.#prune(), PRUNE_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#pruneTimer);
    await this.#flush();
    await this.#endSegment();
  }

  /** A sensor has started: its stream begins anew, perhaps with another link type. */
  onSensor(): void {
    this.#cutter = new PcapCutter();
  }

  onBytes(chunk: Buffer): void {
    const isFirst = this.#cutter.header === undefined;
    const before = this.#cutter.packets;
    const piece = this.#cutter.push(chunk);
    const { header } = this.#cutter;
    if (piece === undefined || header === undefined) return;
    if (isFirst) this.#queue.push({ header });
    const packets = isFirst ? piece.subarray(header.length) : piece;
    if (this.#queuedBytes + packets.length > QUEUE_BYTES_MAX || this.#isResting) {
      this.counters.droppedBytes += packets.length;
      return;
    }
    this.counters.packets += this.#cutter.packets - before;
    this.#queue.push({ packets });
    this.#queuedBytes += packets.length;
    if (this.#queuedBytes >= WRITE_BYTES) void this.#write();
    else this.#writeTimer ??= setTimeout(() => void this.#write(), WRITE_MS);
  }

  /**
   * What is kept of a span of time, as one pcap file.
   * @throws CAPTURE_REQUEST, CAPTURE_FILTER, CAPTURE_BUSY, CAPTURE_RING_FAILED, and what `onBytes` throws
   */
  async read(asked: Partial<RingRequest>, onBytes: OnBytes, signal?: AbortSignal): Promise<RingResult> {
    const request = checkedRingRequest(asked);
    if (this.#isReading) throw new CodedError('CAPTURE_BUSY', 'packets are being read already');
    this.#isReading = true;
    try {
      await this.#flush();
      const paths = this.#segments.list.map(({ path }) => path);
      return await readSegments(paths, request, onBytes, signal);
    } finally {
      this.#isReading = false;
    }
  }

  /** Everything that has come is in a file afterwards, or lost to the disk. */
  async #flush(): Promise<void> {
    while (this.#writing !== undefined || this.#queue.length > 0) await this.#write();
  }

  #write(): Promise<void> {
    clearTimeout(this.#writeTimer);
    this.#writeTimer = undefined;
    this.#writing ??= this.#writeQueue().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeQueue(): Promise<void> {
    try {
      while (this.#queue.length > 0) await this.#writeSome();
    } catch (error) {
      this.counters.droppedBytes += this.#queuedBytes;
      this.#queuedBytes = 0;
      const header = this.#queue.splice(0).findLast((entry) => entry.header !== undefined)?.header;
      if (header !== undefined) this.#header = header;
      this.#failed(error);
      await this.#endSegment(); // Its end may be cut: nothing is written behind it.
    }
  }

  async #writeSome(): Promise<void> {
    const header = this.#queue[0]?.header;
    if (header !== undefined) {
      this.#queue.shift();
      this.#header = header;
      await this.#endSegment();
      return;
    }
    const b = this.#takeQueued();
    const { segment, file } = await this.#segmentFor(b.length);
    await file.appendFile(b);
    this.#noteWritten(segment, b.length);
  }

  /** Pieces of one stream, about as many bytes as are written at once. */
  #takeQueued(): Buffer {
    const pieces: Buffer[] = [];
    for (let bytes = 0; bytes < WRITE_BYTES; bytes += pieces.at(-1)!.length) {
      const packets = this.#queue[0]?.packets;
      if (packets === undefined) break;
      pieces.push(packets);
      this.#queue.shift();
    }
    const b = Buffer.concat(pieces);
    this.#queuedBytes -= b.length;
    return b;
  }

  get #isResting(): boolean {
    return this.#world.clock.monotonic() < this.#restsUntilMs;
  }

  async #segmentFor(bytes: number): Promise<{ segment: Segment; file: FileHandle }> {
    const { bytesMax, minutes } = this.#config;
    const nowMs = this.#world.clock.monotonic();
    const current = this.#current;
    const isOver =
      current !== undefined &&
      (current.segment.bytes + bytes > bytesMax / PARTS ||
        nowMs - current.startedMs > (minutes * MS_PER_MINUTE) / PARTS);
    if (isOver) await this.#endSegment();
    this.#current ??= await this.#beginSegment(nowMs);
    return this.#current;
  }

  async #beginSegment(startedMs: number) {
    this.#prune(this.#config.bytesMax * (1 - 1 / PARTS)); // Room for it before it is there.
    const segment = this.#segments.begin(this.#world.clock.now());
    const file = await open(segment.path, 'w', 0o600);
    await file.appendFile(this.#header);
    this.#noteWritten(segment, this.#header.length);
    return { segment, file, startedMs };
  }

  async #endSegment(): Promise<void> {
    const file = this.#current?.file;
    this.#current = undefined;
    await file?.close().catch(() => {});
  }

  #noteWritten(segment: Segment, bytes: number): void {
    segment.bytes += bytes;
    segment.lastMs = this.#world.clock.now();
    this.counters.bytesWritten += bytes;
    this.counters.writes += 1;
  }

  #prune(bytesMax = this.#config.bytesMax): void {
    const oldestMs = this.#world.clock.now() - this.#config.minutes * MS_PER_MINUTE;
    try {
      this.#segments.prune(bytesMax, oldestMs, this.#current?.segment);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.counters.failures += 1;
    this.#restsUntilMs = this.#world.clock.monotonic() + REST_MS;
    this.#world.log.warn({ reason: describeError(error) }, 'packets could not be kept');
  }
}
