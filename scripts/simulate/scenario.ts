import { setTimeout as wait } from 'node:timers/promises';
import type { View } from './hall.js';
import { Stage, type StageOptions } from './stage.js';

export interface ScenarioOptions {
  readonly sites: number;
  readonly halls: number;
  readonly seconds: number;
  readonly every: number;
  readonly records: number;
  readonly hours: number;
  readonly steps: number;
  readonly spoolMib: number;
  /** Of flows in it: less than an outage brings, and the oldest are thrown away. */
  readonly p3Kib: number;
  readonly isOnDisk: boolean;
  readonly form: 'sources' | 'built';
  say(text: string): void;
}

const POLL_MS = 100;
const SITES_PER_COMPANY = 4;
const WAIT_MS_MAX = 900_000;

/** Sets the stage, plays, and clears it whatever happens. */
export async function onStage<T>(
  options: ScenarioOptions,
  more: Partial<StageOptions>,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { sites, halls, isOnDisk, form, spoolMib } = options;
  const companies = Math.max(2, Math.ceil(sites / SITES_PER_COMPANY));
  const stage = new Stage({
    sites,
    halls,
    isOnDisk,
    form,
    companies,
    spool: { bytesMax: spoolMib * 2 ** 20 },
    ...more,
  });
  try {
    await stage.open();
    return await play(stage);
  } finally {
    await stage.close();
  }
}

/** Latencies that were taken away by a look are given to `onView`. @returns milliseconds since `startMs` */
export async function waitFor(
  stage: Stage,
  what: string,
  startMs: number,
  isDone: (view: View) => boolean,
  onView: (view: View) => void = () => {},
): Promise<number> {
  for (;;) {
    const view = await stage.halls.look();
    onView(view);
    const elapsedMs = performance.now() - startMs;
    if (isDone(view)) return elapsedMs;
    if (elapsedMs > WAIT_MS_MAX)
      throw new Error(`did not happen: ${what}; ${JSON.stringify({ ...view, latenciesMs: [] })}`);
    await wait(POLL_MS);
  }
}
