import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { Scope } from '../protocol/base/scope.js';
import type { World } from '../protocol/base/world.js';
import { EngineWatch } from './alert/engine-watch.js';
import { Teller, THE_COLLECTOR } from './alert/teller.js';
import type { CollectorConfig } from './config.js';
import type { ArrivalClock } from './ingest/arrival-clock.js';
import type { State } from './state/state.js';
import { Engine } from './store/engine/engine.js';

/** The telemetry engine, who writes alerts into it, and who tells that it had to be started again. */
export async function startEngine(
  scope: Scope,
  config: CollectorConfig,
  deps: World & { metrics: Registry; state: State; arrivals: ArrivalClock },
): Promise<{ store: Engine; teller: Teller }> {
  const watch: EngineWatch = new EngineWatch(config.store, {
    ...deps,
    alarms: deps.state.tables.alarms,
    tell: (telling) => teller.tell(THE_COLLECTOR, telling),
  });
  const store = await scope.start(
    new Engine(config.store, join(config.data, 'telemetry'), {
      ...deps,
      onRestarted: (reason, awayMs) => watch.onRestarted(reason, awayMs),
    }),
  );
  const teller = new Teller({ ...deps, clock: deps.arrivals, insert: (rows, token) => store.insert(rows, token) });
  await scope.start(watch);
  return { store, teller };
}
