import type { Database } from './database.js';
import type { Medium } from './open.js';
import { loadState } from './state.js';

/** A database that somebody else made, such as one in memory. It is opened again as it is. */
export function mediumOf(db: Database): Medium {
  return {
    async open() {
      await db.open();
      return { db, state: await loadState(db), damage: 'none' };
    },
  };
}
