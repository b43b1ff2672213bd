import { Backoff } from '../../protocol/base/backoff.js';
import { CodedError } from '../../protocol/base/errors.js';
import { inheritedExecArgs, programPath } from '../../protocol/base/place.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import type { CaptureRequest, CaptureResult, RingRequest, RingResult } from '../../protocol/capture.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { Captures } from './captures.js';
import type { WatchConfig } from './config.js';
import type { OnBytes } from './hand-over.js';
import { readLinkState } from './link-state.js';
import { Liveness } from './liveness.js';
import { Rescans } from './rescans.js';
import { Ring } from './ring/ring.js';
import { removeRing } from './ring/segments.js';
import type { SensorFailure, SensorStats } from './sensor-line.js';
import { CAPTURE_FD, RING_FD, SENSOR_EXEC_ARGS, type SensorExit, SensorProcess } from './sensor-process.js';

export interface WatchDeps extends World {
  /** Takes a record: JSON without line feed, the callee's from here on. */
  accept(lane: Lane, line: Buffer): void;
  /**
   * Records that never came: `sensor_died` (how many is not known), `sensor_output_full`, `sensor_bad_line`.
   * @param lane undefined when not known
   */
  lost(reason: string, count?: number, lane?: Lane): void;
  /** Whether more records can be taken. While not, a recording waits and an interface's records are dropped. */
  isReady?(): boolean;
  /** Where what a sensor has learned is kept for the next one, which has no disk of its own. */
  readonly memory?: { load(): unknown; save(json: Buffer): void };
  /** Where packets are kept, if the configuration wants it; what lies there is deleted if it does not. */
  readonly ringFolder?: string;
  /** For tests: another program in place of the sensor. */
  readonly program?: string;
}

/** These need a person: they are said once, and tried again slowly. */
const FOR_A_PERSON = new Set(['CAPTURE_PRIVILEGE', 'CAPTURE_INTERFACE', 'CAPTURE_LIBRARY', 'CAPTURE_LINK_TYPE']);

const LATE_CHECKS = 3;
/** A recording that will not get better. */
const DAMAGED = new Set(['CAPTURE_FORMAT', 'CAPTURE_TRUNCATED', 'CAPTURE_CORRUPT']);

/** Starts the sensor process, takes its records, and restarts it when it dies, hangs or goes deaf. */
export class SensorWatch implements Component {
  readonly name = 'watch';
  readonly counters = { starts: 0, restarts: 0, acceptedLines: 0, badLines: 0, droppedRecords: 0, deaths: 0 };
  readonly #config: WatchConfig;
  readonly #sensor: object;
  readonly #deps: WatchDeps;
  readonly #backoff: Backoff;
  #process: SensorProcess | undefined;
  #liveness: Liveness | undefined;
  #lastStats: SensorStats | undefined;
  #failure: SensorFailure | undefined;
  #saidCode: string | undefined;
  #startedMs = 0;
  #checkedMs = 0;
  #dropped: number[] = [];
  #restartTimer: NodeJS.Timeout | undefined;
  #checkTimer: NodeJS.Timeout | undefined;
  #onOver: (() => void) | undefined;
  readonly #ring: Ring | undefined;
  readonly #captures = new Captures({ send: (text) => this.#process?.send(text) ?? false });
  readonly #rescans = new Rescans({ send: (text) => this.#process?.send(text) ?? false });
  #isClosing = false;
  #isFinished = false;

  /** @param sensor the sensor's own configuration (`agent/sensor/config.ts`), passed on as it is */
  constructor(config: WatchConfig & { readonly sensor: object }, deps: WatchDeps) {
    this.#config = config;
    this.#sensor = config.sensor;
    this.#deps = { ...deps, log: deps.log.child({ component: 'watch' }) };
    const { ringFolder: folder } = deps;
    this.#ring =
      config.ring === undefined || folder === undefined ? undefined : new Ring(config.ring, { ...deps, folder });
    this.#backoff = new Backoff({ baseMs: config.restartMs, maxMs: config.restartMsMax }, deps.random);
  }

  /** What the sensor last said; of the run before when it was just restarted. */
  get lastStats(): SensorStats | undefined {
    return this.#lastStats;
  }

  /** Why the sensor is not running, in words; undefined when it is. */
  get lastFailure(): SensorFailure | undefined {
    return this.#failure;
  }

  /** Whether a recording was read to its end, or to its damage: then nothing is started again. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Packets that pass a filter, as one pcap file of the link type that is listened on. One at a time.
   * @param onBytes takes whole packets, in front of the first ones the file's header
   * @param signal ends it before its time
   * @throws CAPTURE_REQUEST, CAPTURE_BUSY, CAPTURE_NO_SENSOR, CAPTURE_FILTER, and what `onBytes` throws
   */
  capture(request: Partial<CaptureRequest>, onBytes: OnBytes, signal?: AbortSignal): Promise<CaptureResult> {
    return this.#captures.run(request, onBytes, signal);
  }

  /** Has every device that is known told once more. @returns how many that are @throws CAPTURE_NO_SENSOR */
  rescan(): Promise<{ devices: number }> {
    return this.#rescans.run();
  }

  /**
   * What is kept of a span of time on the box's disk, as one pcap file. One at a time.
   * @throws CAPTURE_RING_OFF, CAPTURE_REQUEST, CAPTURE_FILTER, CAPTURE_BUSY, CAPTURE_RING_FAILED, and what `onBytes` throws
   */
  async readRing(request: Partial<RingRequest>, onBytes: OnBytes, signal?: AbortSignal): Promise<RingResult> {
    if (this.#ring === undefined) throw new CodedError('CAPTURE_RING_OFF', 'this box keeps no packets');
    return this.#ring.read(request, onBytes, signal);
  }

  /** Of the packets that are kept; undefined when none are. */
  get ringCounters(): Readonly<Ring['counters']> | undefined {
    return this.#ring?.counters;
  }

  async start(): Promise<void> {
    if (this.#ring !== undefined) await this.#ring.start();
    else if (this.#deps.ringFolder !== undefined) removeRing(this.#deps.ringFolder);
    this.#launch();
    this.#checkTimer = setInterval(() => this.#check(), this.#config.checkMs);
  }

  /** Lets the sensor hand over its last records, for a bounded time. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearInterval(this.#checkTimer);
    clearTimeout(this.#restartTimer);
    await this.#endSensor();
    await this.#ring?.close();
  }

  async #endSensor(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    const over = new Promise<void>((resolve) => {
      this.#onOver = resolve;
    });
    running.quit();
    const killTimer = setTimeout(() => running.kill(), this.#config.closeMs);
    await over;
    clearTimeout(killTimer);
  }

  #launch(): void {
    this.counters.starts += 1;
    this.#startedMs = this.#deps.clock.monotonic();
    this.#liveness = new Liveness(this.#config, this.#startedMs);
    this.#dropped = LANES.map(() => 0);
    this.#failure = undefined;
    this.#ring?.onSensor();
    const program = this.#deps.program ?? programPath('agent/sensor/main');
    this.#process = new SensorProcess(
      {
        executable: this.#config.executable ?? process.execPath,
        execArgs: [...inheritedExecArgs(program), ...SENSOR_EXEC_ARGS],
        program,
        argument: JSON.stringify({ ...this.#sensor, ...this.#learned(), taps: this.#taps() }),
        hasRing: this.#ring !== undefined,
      },
      {
        isReady: () => this.#isClosing || (this.#deps.isReady?.() ?? true),
        onRecord: (lane, line) => this.#onRecord(lane, line),
        onStats: (stats) => this.#onStats(stats),
        onFailure: (failure) => this.#onFailure(failure),
        onCapture: (notice) => this.#captures.onNotice(notice),
        onCaptureBytes: (chunk, source) => this.#captures.onBytes(chunk, source),
        onRingBytes: (chunk) => this.#ring?.onBytes(chunk),
        onRescan: (devices) => this.#rescans.onAnswer(devices),
        onState: (json) => this.#deps.memory?.save(json),
        onBadLine: () => this.#onBadLine(),
        onExit: (exit) => this.#onExit(exit),
      },
    );
    this.#deps.log.info({ pid: this.#process.pid }, 'sensor started');
  }

  #taps(): object {
    if (this.#ring === undefined || this.#config.ring === undefined) return { captureFd: CAPTURE_FD };
    const { filter, snapBytes, bytesPerSMax } = this.#config.ring;
    return { captureFd: CAPTURE_FD, ring: { fd: RING_FD, filter, snapBytes, bytesPerSMax } };
  }

  #learned(): { state?: unknown } {
    const state = this.#deps.memory?.load();
    return state === undefined ? {} : { state };
  }

  #onRecord(lane: Lane, line: Buffer): void {
    this.counters.acceptedLines += 1;
    this.#deps.accept(lane, line);
  }

  #onStats(stats: SensorStats): void {
    this.#lastStats = stats;
    this.#isFinished = stats.isFinished;
    this.#liveness?.onStats(stats, this.#deps.clock.monotonic());
    for (const [index, lane] of LANES.entries()) {
      const count = stats.droppedRecords[index]! - this.#dropped[index]!;
      if (count <= 0) continue;
      this.#dropped[index]! += count;
      this.counters.droppedRecords += count;
      this.#deps.lost('sensor_output_full', count, lane);
    }
  }

  #onFailure(failure: SensorFailure): void {
    this.#failure = failure;
    if (this.#saidCode === failure.code) return;
    this.#saidCode = failure.code;
    this.#deps.log.error({ code: failure.code, message: failure.message }, 'sensor failed');
  }

  #onBadLine(): void {
    this.counters.badLines += 1;
    this.#deps.lost('sensor_bad_line', 1);
  }

  #check(): void {
    const nowMs = this.#deps.clock.monotonic();
    const isLate = nowMs - this.#checkedMs > LATE_CHECKS * this.#config.checkMs; // It was the agent that slept.
    this.#checkedMs = nowMs;
    if (isLate || this.#process?.isWaiting) this.#liveness?.excuse(nowMs);
    const place = this.#lastStats?.source === 'live' ? this.#lastStats.place : undefined;
    const link = place === undefined ? undefined : readLinkState(place);
    const illness = this.#process === undefined ? undefined : this.#liveness?.check(nowMs, link);
    if (illness === undefined) return;
    this.#deps.log.warn({ illness, pid: this.#process?.pid }, 'sensor is restarted');
    this.#failure = { code: 'SENSOR_FAILED', message: `the sensor was ${illness}` };
    this.#liveness = undefined; // Killed once.
    if (illness === 'hung') this.#process?.kill();
    else this.#end();
  }

  /** A deaf sensor still knows what it heard before: it may hand it over. */
  #end(): void {
    const running = this.#process;
    running?.quit();
    setTimeout(() => running?.kill(), this.#config.closeMs).unref();
  }

  #onExit(exit: SensorExit): void {
    const isOrderly = exit.signal === null && (exit.code === 0 || this.#failure !== undefined);
    const isCut = (this.#process?.restBytes ?? 0) > 0;
    this.#process = undefined;
    this.#captures.onGone(this.#isClosing ? 'closing' : 'sensor');
    this.#rescans.onGone();
    this.#onOver?.();
    if (!isOrderly || isCut) {
      this.counters.deaths += 1;
      this.#deps.lost('sensor_died', isCut ? 1 : undefined);
    }
    if (this.#isClosing) return;
    if (this.#isAtEnd(exit)) this.#deps.log.info({}, 'recording came to its end');
    else this.#restart(exit);
  }

  /** A recording gives the same packets again, and a damaged one the same error. */
  #isAtEnd(exit: SensorExit): boolean {
    const isDamaged = this.#failure !== undefined && DAMAGED.has(this.#failure.code);
    this.#isFinished = (this.#isFinished && exit.code === 0) || isDamaged;
    return this.#isFinished;
  }

  #restart(exit: SensorExit): void {
    if (this.#deps.clock.monotonic() - this.#startedMs >= this.#config.steadyMs) {
      this.#backoff.reset();
      this.#saidCode = undefined;
    }
    const isForPerson = this.#failure !== undefined && FOR_A_PERSON.has(this.#failure.code);
    const waitMs = isForPerson ? this.#config.restartMsMax : this.#backoff.next();
    const facts = { code: exit.code, signal: exit.signal, error: exit.error?.message, waitMs };
    if (!isForPerson) this.#deps.log.warn(facts, 'sensor ended');
    this.counters.restarts += 1;
    this.#restartTimer = setTimeout(() => this.#launch(), waitMs);
  }
}
