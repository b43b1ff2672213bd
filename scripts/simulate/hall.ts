import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Lane } from '../../protocol/records/lanes.js';
import { LANES } from '../../protocol/records/lanes.js';
import type { Box } from './fleet.js';
import { SimulatedSite, type SiteOptions } from './site.js';

export type Records = Partial<Record<Lane, number>>;

/** What a hall sees of its sites. */
export interface View {
  readonly sites: number;
  readonly connected: number;
  /** Connections since the hall was opened. */
  readonly connections: number;
  readonly latenciesMs: readonly number[];
  /** Sites with p0 records that are not acknowledged. */
  readonly p0Waiting: number;
  readonly pendingRecords: number;
  readonly pendingP0: number;
  readonly accepted: number;
  readonly evicted: number;
  readonly refused: number;
  readonly sentAgain: number;
  readonly failures: readonly string[];
  readonly rssBytes: number;
}

/** Many sites in one process. Each method is one message of the parent. */
export class Hall {
  #sites: SimulatedSite[] = [];
  #timers: NodeJS.Timeout[] = [];

  async open(file: string, from: number, to: number, options: SiteOptions): Promise<void> {
    const boxes = (JSON.parse(readFileSync(file, 'utf8')) as Box[]).slice(from, to);
    this.#sites = boxes.map((box) => new SimulatedSite(box, options));
    for (const site of this.#sites) await site.open();
  }

  /** What came while nobody listened: `steps` times some records, `stepMs` of simulated time apart, the last one now. */
  async fill(steps: number, stepMs: number, records: Records): Promise<void> {
    for (let step = 0; step < steps; step++) {
      for (const site of this.#sites) {
        tellAll(site, records, (steps - step) * stepMs);
        await site.spool.flush();
      }
    }
  }

  /** Connects all, spread over a time. */
  async connect(mqttUrl: string, withinMs: number): Promise<void> {
    const startMs = performance.now();
    for (const [index, site] of this.#sites.entries()) {
      const dueMs = startMs + (withinMs * index) / this.#sites.length;
      if (dueMs > performance.now()) await wait(dueMs - performance.now());
      await site.connect(mqttUrl);
      if (index % 16 === 15) await wait(0);
    }
  }

  /** Records of each site at once. @param count of the hall's first sites; all when left out */
  tell(records: Records, count = this.#sites.length): void {
    for (const site of this.#sites.slice(0, count)) tellAll(site, records, 0);
  }

  /** Records of each site every so often, the sites one after the other. */
  begin(everyMs: number, records: Records, from = 0, to = this.#sites.length): void {
    const sites = this.#sites.slice(from, to);
    let next = 0;
    const startMs = performance.now();
    this.#timers.push(
      setInterval(() => {
        const due = Math.floor(((performance.now() - startMs) / everyMs) * sites.length);
        for (; next < due; next++) tellAll(sites[next % sites.length]!, records, 0);
      }, TICK_MS),
    );
  }

  end(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** @param from of the sites, as `to`, whose figures are wanted; latencies are taken away */
  look(from = 0, to = this.#sites.length): View {
    const sites = this.#sites.slice(from, to);
    const sum = (pick: (site: SimulatedSite) => number): number => sites.reduce((total, site) => total + pick(site), 0);
    const stats = new Map(sites.map((site) => [site, site.spool.stats()]));
    const lanes = (of: Readonly<Record<Lane, number>>): number => LANES.reduce((total, lane) => total + of[lane], 0);
    const failures = new Set(sites.filter((site) => !site.isConnected).map((site) => site.failure));
    return {
      sites: sites.length,
      connected: sum((site) => (site.isConnected ? 1 : 0)),
      connections: sum((site) => site.connections),
      latenciesMs: sites.flatMap((site) => site.latenciesMs.splice(0)),
      p0Waiting: sum((site) => (site.p0Waiting > 0 ? 1 : 0)),
      pendingRecords: sum((site) => stats.get(site)!.records + stats.get(site)!.queuedRecords),
      pendingP0: sum((site) => stats.get(site)!.pending.p0),
      accepted: sum((site) => lanes(stats.get(site)!.accepted)),
      evicted: sum((site) => lanes(stats.get(site)!.evicted)),
      refused: sum((site) => stats.get(site)!.refusedRecords),
      sentAgain: sum((site) => site.batchesSentAgain),
      failures: [...failures].slice(0, FAILURES_TOLD),
      rssBytes: process.memoryUsage.rss(),
    };
  }

  async close(): Promise<void> {
    this.end();
    await Promise.all(this.#sites.map((site) => site.close()));
  }
}

const TICK_MS = 10;
const FAILURES_TOLD = 3;

function tellAll(site: SimulatedSite, records: Records, behindMs: number): void {
  for (const lane of LANES) site.tell(lane, records[lane] ?? 0, behindMs);
}
