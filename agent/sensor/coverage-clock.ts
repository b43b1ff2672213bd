import { Coverage, type CoverageFacts } from './coverage.js';
import { Detector } from './detect/detect.js';
import { LOOK_S } from './detect/scene.js';
import type { PipelineConfig } from './pipeline-config.js';
import { type CoverageCounts, countsSince } from './sight/counts.js';

const SECOND_US = 1e6;
const MINUTE_US = 60e6;
const LOOK_US = LOOK_S * SECOND_US;
/** Packets that come later than others are not that late. */
const BACK_US = 2 * MINUTE_US;

export interface CoverageClockDeps {
  emit(dataset: string, json: string): void;
  counts(): CoverageCounts;
  /** Of the minute that ends. */
  takeFacts(): CoverageFacts;
  vlanPackets(): Readonly<Float64Array>;
  /** What `state` gave in an earlier run. */
  readonly state?: unknown;
}

/** When to look at what is seen, in packet time: every 20 seconds for alerts, every minute for a record. */
export class CoverageClock {
  readonly #deps: CoverageClockDeps;
  readonly #coverage: Coverage;
  readonly #detector: Detector;
  readonly #isWanted: boolean;
  #looked: CoverageCounts | undefined;
  #minuteUs = 0;
  /** End of the look that goes on; minutes end with one. */
  dueUs = 0;

  /** @param interfaceName of the interface, or the recording's name */
  constructor(config: PipelineConfig, deps: CoverageClockDeps, interfaceName: string) {
    this.#deps = deps;
    this.#isWanted = config.datasets.includes('coverage');
    this.#coverage = new Coverage(interfaceName, config.flowsMax);
    this.#detector = new Detector(config, (alert) => deps.emit('alert', JSON.stringify(alert)));
    this.#detector.load(deps.state);
  }

  /** By the clock, which may have been set back: that must not keep the minutes from turning. */
  tick(nowUs: number): void {
    if (nowUs >= this.dueUs || nowUs < this.dueUs - BACK_US) this.turn(nowUs);
  }

  /** To be called by the first packet from `dueUs` on. */
  turn(timeUs: number): void {
    if (this.dueUs > 0 && this.#isWanted) this.#look();
    if (timeUs >= this.#minuteUs || timeUs < this.#minuteUs - BACK_US) this.#turnMinute(timeUs);
    this.dueUs = (Math.floor(timeUs / LOOK_US) + 1) * LOOK_US;
  }

  /** Tells the minute that goes on. */
  finish(): void {
    if (this.#minuteUs > 0) this.#emitCoverage(this.#minuteUs - MINUTE_US);
  }

  /** What is usual on this link, as JSON. */
  state(): unknown {
    return this.#detector.state();
  }

  #look(): void {
    const now = this.#deps.counts();
    const look = countsSince(now, this.#looked);
    this.#looked = now;
    this.#detector.onLook(this.dueUs / SECOND_US - LOOK_S, look, this.#deps.vlanPackets());
  }

  /** Minutes are aligned to the clock, so that those of all boxes can be laid side by side. */
  #turnMinute(timeUs: number): void {
    this.finish();
    this.#minuteUs = (Math.floor(timeUs / MINUTE_US) + 1) * MINUTE_US;
  }

  #emitCoverage(startUs: number): void {
    if (!this.#isWanted) return;
    const record = this.#coverage.record(startUs, this.#deps.counts(), this.#deps.takeFacts());
    this.#deps.emit('coverage', JSON.stringify(record));
  }
}
