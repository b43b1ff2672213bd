import { State } from '../state.js';

export interface Answer {
  /** What was there when it was opened. */
  readonly found: [string, { seq: number }][];
  readonly error?: string;
}

/** Opens it, reads it, puts something into it, closes it. */
export async function hold(place: string, key: string): Promise<Answer> {
  const state = new State(place);
  await state.start();
  const found = await state.tables.doneMarks.list();
  await state.tables.doneMarks.put(key, { seq: 1 });
  await state.close();
  return { found };
}

/** As a process of its own: LevelDB ends it over some damage, as it ends a collector. */
if (process.send !== undefined && process.argv[2] === 'holder')
  process.on('message', ({ place, key }: { place: string; key: string }) => {
    hold(place, key)
      .catch((error: unknown) => ({
        found: [],
        error: error instanceof Error ? `${error.stack} ${error.cause}` : String(error),
      }))
      .then((answer) => process.send?.(answer));
  });
