import type { World } from '../protocol/base/world.js';
import type { Manifest } from './backup/manifest.js';
import { restore } from './backup/restore.js';
import type { CollectorConfig } from './config.js';
import { State } from './state/state.js';
import { Engine } from './store/engine/engine.js';

const RESTORE_S = 24 * 3_600;

/** Makes a data folder from a backup; no collector runs on it meanwhile. @throws RESTORE_TARGET, BACKUP_DAMAGED */
export function restoreCollector(
  backup: string,
  data: string,
  config: CollectorConfig,
  world: World,
): Promise<Manifest> {
  return restore(backup, data, {
    loadState: async (folder, entries) => {
      const state = new State(folder);
      await state.start();
      try {
        await state.load(entries);
      } finally {
        await state.close();
      }
    },
    restoreTable: async (folder, from) => {
      const engine = new Engine({ ...config.store, startS: RESTORE_S, restoreFrom: from }, folder, world);
      try {
        await engine.start();
        return (await engine.usage()).rows;
      } finally {
        await engine.close();
      }
    },
  });
}
