import { Counter, Gauge, type Registry } from 'prom-client';

/** @param counters as they are when they are asked for */
export function measureEngine(metrics: Registry, counters: { restarts: number; residentBytes: number }): void {
  new Counter({
    name: 'hinomi_engine_restarts_total',
    help: 'How often the telemetry engine was started again.',
    registers: [metrics],
    collect() {
      this.reset();
      this.inc(counters.restarts);
    },
  });
  new Gauge({
    name: 'hinomi_engine_resident_bytes',
    help: 'Memory of the telemetry engine.',
    registers: [metrics],
    collect() {
      this.set(counters.residentBytes);
    },
  });
}
