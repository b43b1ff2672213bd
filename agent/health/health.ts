import { loadavg } from 'node:os';
import { type Static, Type } from 'typebox';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { HealthRecord } from '../../protocol/records/health.js';
import { type Lane, laneOf } from '../../protocol/records/lanes.js';

export const HealthConfig = Type.Object(
  {
    firstMs: Type.Integer({ default: 5_000, minimum: 0, description: 'The first record, after the start.' }),
    everyMs: Type.Integer({ default: 60_000, minimum: 1_000, description: 'One record each.' }),
  },
  { additionalProperties: false, default: {} },
);
export type HealthConfig = Static<typeof HealthConfig>;

export interface HealthDeps extends World {
  readonly version: string;
  spool(): { readonly bytes: number; readonly batches: number; readonly accepted: Readonly<Record<string, number>> };
  sensorRestarts(): number;
  accept(lane: Lane, line: Buffer): void;
}

/** The agent about itself, once a minute. */
export class Health implements Component {
  readonly name = 'health';
  readonly #config: HealthConfig;
  readonly #deps: HealthDeps;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(config: HealthConfig, deps: HealthDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#startedMs = this.#deps.clock.monotonic();
    this.#arm(this.#config.firstMs);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#deps.accept(laneOf('health'), Buffer.from(JSON.stringify(this.#record())));
      this.#arm(this.#config.everyMs);
    }, ms);
  }

  #record(): HealthRecord {
    const { clock, version } = this.#deps;
    const spool = this.#deps.spool();
    return {
      '@timestamp': isoMillis(clock.now()),
      'event.kind': 'metric',
      'event.dataset': 'health',
      'hinomi.health.version': version,
      'hinomi.health.uptime_s': Math.floor((clock.monotonic() - this.#startedMs) / 1_000),
      'hinomi.health.sensor_restarts': this.#deps.sensorRestarts(),
      'hinomi.health.spool_bytes': spool.bytes,
      'hinomi.health.spool_batches': spool.batches,
      'hinomi.health.accepted_records': Object.values(spool.accepted).reduce((sum, count) => sum + count, 0),
      'hinomi.health.memory_bytes': process.memoryUsage.rss(),
      'hinomi.health.load': loadavg()[0] ?? 0,
    };
  }
}
