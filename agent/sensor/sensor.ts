import { Socket } from 'node:net';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { LANES, laneOf } from '../../protocol/records/lanes.js';
import { defaultInterface } from './capture/default-interface.js';
import { readLinkFacts } from './capture/link-facts.js';
import { LiveSource } from './capture/live-source.js';
import { RecordingSource } from './capture/recording-source.js';
import type { OnPacket, PacketSource } from './capture/source.js';
import type { SensorConfig } from './config.js';
import { Control } from './control.js';
import { LineOutput } from './output.js';
import type { Load } from './overload.js';
import { dropRoot } from './privileges.js';
import type { LinkFacts } from './sight/sight.js';
import { Taps } from './tap/taps.js';

/** What the sensor needs of the pipeline. */
export interface SensorPipeline {
  readonly onPacket: OnPacket;
  tick(nowUs: number): void;
  finish(): void;
  setKernelCounts(counts: { dropped: number; interfaceDropped: number }): void;
  /** Of a live capture, every tenth of a second. */
  onLoad(load: Load): void;
  readonly flowsLive: number;
  /** Share of the conversations that is followed now, and whether their applications are. */
  readonly keptShare: number;
  readonly isDeep: boolean;
  /** What was learned, as JSON: given to the pipeline of the next run. */
  state(): unknown;
  /** Tells every device that is known once more, in the ticks to come. @returns how many */
  rescan(): number;
}

export type Emit = (dataset: string, json: string) => void;
/** @param place the interface, or the recording's path; @param link of an interface */
export type CreatePipeline = (emit: Emit, place: string, link?: LinkFacts) => SensorPipeline;

const OUTPUT_FD = 3;
const CONTROL_FD = 0;
const TICK_MS = 100;
/** Packets between two looks at the clock: when they are fewer, the event loop turns anyway. */
const PACKETS_PER_LOOK = 256;
/** Output that may wait before a recording is read on. */
const PENDING_BYTES_MAX = 512 * 1024;
/** How long the last records may take to go out. Shorter than the agent's patience (watch/watch.ts). */
const END_MS_MAX = 4_000;
const US_PER_MS = 1_000;
const LOWEST_LANE = LANES.length - 1;

/** What is there once the source is open. */
interface Running {
  readonly place: string;
  readonly pipeline: SensorPipeline;
  readonly source: PacketSource;
  /** The same, when it is an interface. */
  readonly live?: LiveSource;
}

/** The sensor process: one source, the pipeline, one output. It ends the process when it is done. */
export class Sensor {
  readonly #config: SensorConfig;
  readonly #createPipeline: CreatePipeline;
  readonly #output: LineOutput;
  readonly #control: Control;
  readonly #taps: Taps;
  readonly #lanes = new Map<string, number>();
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  #running: Running | undefined;
  #packets = 0;
  #lastTimeUs = 0;
  #lastTickMs = 0;
  #lastStatsMs = 0;
  #lastStateMs = performance.now();
  #lastBusyMs = 0;
  #lastDropped = 0;
  #isEnding = false;
  #endsAtMs = Number.POSITIVE_INFINITY;
  /** Whether the recording came to its end. */
  #isFinished = false;

  constructor(config: SensorConfig, createPipeline: CreatePipeline) {
    this.#config = config;
    this.#createPipeline = createPipeline;
    const orphaned = (): never => process.exit(1);
    this.#output = new LineOutput({ fd: OUTPUT_FD, bufferBytes: config.output.bufferBytes }, { onBroken: orphaned });
    this.#taps = new Taps(config.taps, { tell: (value) => this.#output.notice('c', value) });
    this.#control = new Control(CONTROL_FD, {
      onQuit: () => this.#end(),
      onStats: () => this.#tellNow(),
      onCapture: (json) => this.#taps.start(json, performance.now()),
      onCaptureEnd: () => this.#taps.end('stopped'),
      onRescan: () => this.#rescan(),
      onOrphaned: orphaned,
    });
  }

  /** Runs until the end of the recording, the agent's word or an error; then the process exits. */
  async run(): Promise<void> {
    this.#takeOver();
    try {
      this.#running = this.#config.recording === undefined ? this.#live() : this.#replay();
      await this.#running.source.start();
      if (!this.#config.keepRoot) dropRoot(this.#config.user);
      this.#stats();
      setInterval(() => this.#tick(performance.now(), this.#nowUs()), TICK_MS);
    } catch (error) {
      this.#end(error);
    }
  }

  #takeOver(): void {
    new Socket({ fd: OUTPUT_FD, readable: false, writable: true }).on('error', () => process.exit(1)); // Non-blocking.
    this.#openTaps();
    this.#control.start();
    process.on('SIGTERM', () => this.#end());
    process.on('SIGINT', () => {}); // Ctrl-C reaches the agent too, which asks for the end when its time has come.
    process.on('uncaughtException', (error) => this.#end(error));
  }

  #openTaps(): void {
    const { captureFd, ring } = this.#config.taps ?? {};
    for (const fd of [captureFd, ring?.fd])
      if (fd !== undefined) new Socket({ fd, readable: false, writable: true }).on('error', () => {});
    try {
      this.#taps.openRing();
    } catch (error) {
      process.stderr.write(`sensor: no packets are kept: ${describeError(error)}\n`); // The rest works without them.
    }
  }

  #live(): Running {
    const place = this.#config.live.interface ?? defaultInterface();
    const emit = (dataset: string, json: string): void => this.#emitOrDrop(dataset, json);
    const pipeline = this.#createPipeline(emit, place, readLinkFacts(place));
    const deps = { onPacket: this.#guarded(pipeline), onFailure: (error: CodedError) => this.#end(error) };
    const live = new LiveSource({ ...this.#config.live, interface: place }, deps);
    return { place, pipeline, source: live, live };
  }

  #replay(): Running {
    const recording = this.#config.recording!;
    const place = recording.path;
    const pipeline = this.#createPipeline((dataset, json) => this.#emitOrWait(dataset, json), place);
    const source = new RecordingSource(recording, {
      onPacket: this.#guarded(pipeline),
      now: () => Date.now(),
      drained: () => this.#drained(),
      onEnd: (error) => {
        this.#isFinished = error === undefined;
        this.#end(error);
      },
    });
    return { place, pipeline, source };
  }

  /** An exception in a live packet would end the process without a word. */
  #guarded(pipeline: SensorPipeline): OnPacket {
    return (b, start, end, wireBytes, timeUs, linkType) => {
      if (this.#isEnding) return;
      try {
        if (this.#taps.isOn) this.#taps.onPacket(b, start, end, wireBytes, timeUs, linkType);
        pipeline.onPacket(b, start, end, wireBytes, timeUs, linkType);
        this.#lastTimeUs = timeUs;
        this.#packets += 1;
        if (this.#packets % PACKETS_PER_LOOK === 0) this.#look();
      } catch (error) {
        this.#end(error);
      }
    };
  }

  /** From inside a flood: what the timer would do. */
  #look(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastTickMs < TICK_MS) return;
    this.#control.poll();
    this.#tick(nowMs, this.#lastTimeUs, Math.max(0, Date.now() - this.#lastTimeUs / US_PER_MS));
  }

  /** @param behindMs age of the packet that is looked at; 0 when none waits */
  #tick(nowMs: number, timeUs: number, behindMs = 0): void {
    if (this.#isEnding) return;
    this.#noteLoad(nowMs, behindMs);
    this.#lastTickMs = nowMs;
    if (timeUs > 0) this.#running?.pipeline.tick(timeUs);
    if (nowMs - this.#lastStatsMs >= this.#config.statsMs) this.#stats();
    if (nowMs - this.#lastStateMs >= this.#config.stateMs) this.#tellState(nowMs);
    this.#taps.tick(nowMs);
    this.#output.flush();
  }

  #noteLoad(nowMs: number, behindMs: number): void {
    const { live, pipeline } = this.#running ?? {};
    const spanMs = nowMs - this.#lastTickMs;
    if (live === undefined || pipeline === undefined || spanMs <= 0) return;
    const busyMs = live.busyMs(nowMs);
    const { kernelDropped, interfaceDropped } = live.stats();
    pipeline.setKernelCounts({ dropped: kernelDropped, interfaceDropped });
    pipeline.onLoad({
      nowMs,
      behindMs,
      dropped: kernelDropped - this.#lastDropped,
      busyShare: (busyMs - this.#lastBusyMs) / spanMs,
    });
    this.#lastBusyMs = busyMs;
    this.#lastDropped = kernelDropped;
  }

  /** Of an interface alone: a recording is not the office's usual day. */
  #tellState(nowMs: number): void {
    this.#lastStateMs = nowMs;
    if (this.#running?.live !== undefined) this.#output.notice('b', this.#running.pipeline.state());
  }

  #rescan(): void {
    if (this.#running === undefined || this.#isEnding) return;
    this.#output.notice('r', { devices: this.#running.pipeline.rescan() });
    this.#output.flush();
  }

  #tellNow(): void {
    this.#stats();
    this.#output.flush();
  }

  /** The time of day, unless the packets come from another day. */
  #nowUs(): number {
    const { recording } = this.#config;
    const isToday = recording === undefined || (recording.rebase && recording.speed > 0);
    return isToday ? Date.now() * US_PER_MS : this.#lastTimeUs;
  }

  #laneIndex(dataset: string): number {
    let lane = this.#lanes.get(dataset);
    if (lane === undefined) {
      lane = LANES.indexOf(laneOf(dataset));
      this.#lanes.set(dataset, lane);
    }
    return lane;
  }

  /** An interface does not wait: what finds no room is dropped and counted. Only the last records can wait. */
  #emitOrDrop(dataset: string, json: string): void {
    if (this.#isEnding) this.#emitOrWait(dataset, json);
    else this.#output.record(this.#laneIndex(dataset), json);
  }

  /** A recording can wait, even in the middle of a packet. */
  #emitOrWait(dataset: string, json: string): void {
    while (!this.#output.hasRoom(LOWEST_LANE) && performance.now() < this.#endsAtMs) {
      this.#output.flush();
      if (this.#output.hasRoom(LOWEST_LANE)) break;
      if (!this.#isEnding) this.#control.poll();
      Atomics.wait(this.#sleeper, 0, 0, 1);
    }
    this.#output.record(this.#laneIndex(dataset), json);
  }

  async #drained(): Promise<void> {
    this.#flush();
    while (this.#output.pendingBytes > PENDING_BYTES_MAX || this.#taps.pendingBytes > PENDING_BYTES_MAX) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#flush();
    }
    await new Promise((resolve) => setImmediate(resolve)); // Signals and timers have their turn.
  }

  #stats(): void {
    if (this.#running === undefined) return;
    const { place, pipeline, source } = this.#running;
    this.#lastStatsMs = performance.now();
    const capture = source.stats();
    pipeline.setKernelCounts({ dropped: capture.kernelDropped, interfaceDropped: capture.interfaceDropped });
    this.#output.notice('s', {
      source: source.name,
      place,
      ...capture,
      flowsLive: pipeline.flowsLive,
      keptShare: pipeline.keptShare,
      isDeep: pipeline.isDeep,
      acceptedRecords: this.#output.accepted,
      droppedRecords: this.#output.dropped,
      pendingBytes: this.#output.pendingBytes,
      ...(this.#config.taps?.ring === undefined ? {} : { ringDropped: this.#taps.ringDropped }),
      memoryBytes: process.memoryUsage.rss(),
      isFinished: this.#isFinished,
    });
  }

  /** Ends the process, from wherever it is called: also in the middle of a flood, where nothing can be awaited. */
  #end(error?: unknown): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#endsAtMs = performance.now() + END_MS_MAX;
    try {
      if (error === undefined || error instanceof CodedError) this.#running?.pipeline.finish();
      if (this.#running !== undefined) this.#tellState(performance.now());
      this.#taps.end(this.#isFinished ? 'source' : 'closing');
      this.#stats();
      if (error !== undefined) this.#report(error);
      this.#flushAll();
    } finally {
      process.exit(error === undefined ? 0 : 1);
    }
  }

  /** A failure in words; a bug with its stack, because only we can mend it. */
  #report(error: unknown): void {
    const isCoded = error instanceof CodedError;
    if (!isCoded) process.stderr.write(`sensor: ${error instanceof Error ? error.stack : String(error)}\n`);
    this.#output.notice('e', { code: isCoded ? error.code : 'SENSOR_FAILED', message: describeError(error) });
  }

  #flushAll(): void {
    this.#flush();
    while (this.#output.pendingBytes + this.#taps.pendingBytes > 0 && performance.now() < this.#endsAtMs) {
      Atomics.wait(this.#sleeper, 0, 0, 1);
      this.#flush();
    }
  }

  #flush(): void {
    this.#taps.flush();
    this.#output.flush();
  }
}
