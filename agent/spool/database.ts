import type { Level } from 'level';

/** Keys are text, values bytes unless an operation says otherwise. `keys.ts` has the layout. */
export type Database = Level<string, Buffer>;
