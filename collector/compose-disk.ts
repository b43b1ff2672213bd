import type { Registry } from 'prom-client';
import type { World } from '../protocol/base/world.js';
import { type Teller, THE_COLLECTOR } from './alert/teller.js';
import type { CollectorConfig } from './config.js';
import type { Ingest, Pressure } from './ingest/ingest.js';
import { DiskWatch } from './store/disk-watch.js';
import type { Engine } from './store/engine/engine.js';

/** At this level ingest takes p0 alone; beyond it the store takes nothing. */
const MOST: Pressure = 3;

export function makeDiskWatch(
  config: CollectorConfig,
  deps: World & { metrics: Registry; store: Engine; teller: Teller; ingest: Ingest },
): DiskWatch {
  const { store, teller, ingest } = deps;
  return new DiskWatch(config.store, config.data, {
    ...deps,
    usage: () => store.usage(),
    tell: (telling) => teller.tell(THE_COLLECTOR, telling),
    setPressure: (level) => {
      store.setFull(level > MOST);
      ingest.setPressure(level > MOST ? MOST : (level as Pressure));
    },
  });
}
