import { dialBroker } from '../../agent/enrol/dial.js';
import { TrustedTime } from '../../agent/enrol/trusted-time.js';
import { type BatchSource, PublishConfig, Publisher } from '../../agent/publish/publisher.js';
import { mediumOf, Spool, SpoolConfig } from '../../agent/spool/spool.js';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { Box } from './fleet.js';
import { memoryDatabase } from './memory-database.js';
import { recordOf } from './records.js';

export interface SiteOptions {
  /** Where spools lie; in memory when it is left out. */
  readonly spoolFolder?: string | undefined;
  readonly spool: Record<string, unknown>;
  readonly publish: Record<string, unknown>;
}

/** One office: the real spool and publisher, records made by us, and a look at how long p0 takes. */
export class SimulatedSite {
  readonly spool: Spool;
  /** From `tell` to the collector's acknowledgement of a p0 record, milliseconds, since they were last taken. */
  latenciesMs: number[] = [];
  readonly #options: SiteOptions;
  readonly #box: Box;
  readonly #world: World;
  #publisher: Publisher | undefined;
  /** Simulated time is this much behind the machine's. */
  #behindMs = 0;
  #told = 0;
  /** p0 records that no write has stored yet, and stored batches with the time of their first record. */
  #unstored: number[] = [];
  /** The last stored batch of p0. */
  #seen = 0;
  #waiting: { epoch: string; seq: number; bornMs: number }[] = [];

  constructor(box: Box, options: SiteOptions) {
    this.#options = options;
    this.#box = box;
    const clock = { now: () => systemClock.now() - this.#behindMs, monotonic: systemClock.monotonic };
    this.#world = { clock, random: Math.random, log: silentLogger };
    this.spool = new Spool(loadConfig(SpoolConfig, { overrides: structuredClone(options.spool) }), {
      ...this.#world,
      dataFolder: `${options.spoolFolder ?? '/memory'}/${box.agent}`,
      boot: 'simulated',
      machineBoot: 'simulated',
      ...(options.spoolFolder === undefined ? { medium: mediumOf(memoryDatabase()) } : {}),
    });
  }

  async open(): Promise<void> {
    await this.spool.start();
    this.spool.onStored(() => this.#onStored());
  }

  async connect(mqttUrl: string): Promise<void> {
    this.#publisher = new Publisher(loadConfig(PublishConfig, { overrides: structuredClone(this.#options.publish) }), {
      ...this.#world,
      source: this.#watched(),
      identity: { ...this.#box, mqttUrl },
      dial: (url, msMax, signal) =>
        dialBroker(url, this.#box, new TrustedTime(systemClock), msMax, async () => {}, signal),
      version: 'simulated',
      boot: 'simulated',
    });
    await this.#publisher.start();
  }

  get isConnected(): boolean {
    return this.#publisher?.stats().state === 'connected';
  }
  get connections(): number {
    return this.#publisher?.stats().connections ?? 0;
  }
  get failure(): string {
    return this.#publisher?.stats().lastError ?? '';
  }
  get batchesSentAgain(): number {
    return this.#publisher?.stats().batchesSentAgain ?? 0;
  }
  /** How many p0 records were told and are not acknowledged. */
  get p0Waiting(): number {
    return this.#unstored.length + this.#waiting.length;
  }

  /** Records as if they had come `behindMs` ago. */
  tell(lane: Lane, count: number, behindMs = 0): void {
    this.#behindMs = behindMs;
    for (let index = 0; index < count; index++) {
      if (!this.spool.append(lane, recordOf(lane, this.#world.clock.now(), this.#told++))) continue;
      // What is told of the past is not waited for.
      if (lane === 'p0' && behindMs === 0) this.#unstored.push(performance.now());
    }
  }

  async close(): Promise<void> {
    await this.#publisher?.close();
    await this.spool.close();
  }

  #watched(): BatchSource {
    const { spool } = this;
    return {
      get epoch() {
        return spool.epoch;
      },
      get backlog() {
        return spool.backlog;
      },
      beginGeneration: () => spool.beginGeneration(),
      next: (lane, after, epoch) => spool.next(lane, after, epoch),
      read: (lane, seq) => spool.read(lane, seq),
      onStored: (listener) => spool.onStored(listener),
      ack: (epoch, lane, seq) => {
        const isKnown = spool.ack(epoch, lane, seq);
        if (isKnown && lane === 'p0') this.#onAcked(epoch, seq);
        return isKnown;
      },
    };
  }

  #onStored(): void {
    const { epoch } = this.spool;
    for (let entry = this.spool.next('p0', this.#seen); entry; entry = this.spool.next('p0', entry.seq)) {
      this.#seen = entry.seq;
      const [bornMs] = this.#unstored.splice(0, entry.count);
      if (bornMs !== undefined) this.#waiting.push({ epoch, seq: entry.seq, bornMs });
    }
  }

  #onAcked(epoch: string, seq: number): void {
    const nowMs = performance.now();
    const isAcked = (batch: { epoch: string; seq: number }): boolean => batch.epoch === epoch && batch.seq <= seq;
    for (const { bornMs } of this.#waiting.filter(isAcked)) this.latenciesMs.push(nowMs - bornMs);
    this.#waiting = this.#waiting.filter((batch) => !isAcked(batch));
  }
}
