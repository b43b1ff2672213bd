import { State } from '../state.js';

/** For tests: opened, used, closed. */
export async function withState<T>(place: string, use: (state: State) => Promise<T>): Promise<T> {
  const state = new State(place);
  await state.start();
  try {
    return await use(state);
  } finally {
    await state.close();
  }
}
