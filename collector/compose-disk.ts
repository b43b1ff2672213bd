import type { Registry } from 'prom-client';
import type { World } from '../protocol/base/world.js';
import { type Teller, THE_COLLECTOR } from './alert/teller.js';
import type { CollectorConfig } from './config.js';
import { DiskWatch } from './store/disk-watch.js';
import type { Engine } from './store/engine/engine.js';

/** Lanes are turned away at the edge first, the last of them here. */
interface Pressed {
  setPressure(level: 0 | 1 | 2 | 3): void;
}

const MOST = 3;

export function makeDiskWatch(
  config: CollectorConfig,
  deps: World & { metrics: Registry; store: Engine; teller: Teller; ingest: Pressed },
): DiskWatch {
  const { store, teller, ingest } = deps;
  return new DiskWatch(config.store, config.data, {
    ...deps,
    usage: () => store.usage(),
    tell: (telling) => teller.tell(THE_COLLECTOR, telling),
    setPressure: (level) => {
      store.setFull(level > MOST);
      ingest.setPressure(level > MOST ? MOST : (level as 0 | 1 | 2 | 3));
    },
  });
}
