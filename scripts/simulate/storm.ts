import { setTimeout as wait } from 'node:timers/promises';
import { compare, type Outcome, rank } from './outcome.js';
import { onStage, type ScenarioOptions, waitFor } from './scenario.js';

/** All p0, that of the outage and of its end, is to be stored within so long of the storm's begin. */
const P0_MS_MAX = 60_000;
const GAP_MS = 1_000;
const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;

/** Hours without a collector, in simulated time; then all offices come back at once. */
export function storm(options: ScenarioOptions): Promise<Outcome> {
  const { sites, steps, hours, records, say } = options;
  const spool = { bytesMax: options.spoolMib * MIB, gapMs: GAP_MS, laneBytesMax: { p3: options.p3Kib * 1_024 } };
  return onStage(options, { spool, publish: { firstMsMax: 0 } }, async (stage) => {
    await stage.halls.all('fill', steps, (hours * HOUR_MS) / steps, shares(records));
    const before = await stage.halls.look();
    say(`${before.pendingRecords} records wait, ${before.pendingP0} of them p0; ${before.evicted} were thrown away`);
    await stage.startCollector();
    const idleMib = Math.round(stage.rssBytes() / 2 ** 20);
    const startMs = performance.now();
    await stage.halls.all('tell', { p0: 1 });
    await stage.halls.all('connect', stage.mqttUrl, 0);
    const liveMs: number[] = [];
    const note = (view: { latenciesMs: readonly number[] }): void => void liveMs.push(...view.latenciesMs);
    const liveP0Ms = await waitFor(stage, 'p0 of now is acknowledged', startMs, (view) => view.p0Waiting === 0, note);
    say(`every office is live: a p0 of its own is acknowledged, after ${Math.round(liveP0Ms)} ms`);
    const p0Ms = await waitFor(stage, 'all p0 is acknowledged', startMs, (view) => view.pendingP0 === 0, note);
    say(`all p0 is acknowledged after ${Math.round(p0Ms)} ms`);
    const allMs = await waitFor(stage, 'all is acknowledged', startMs, (view) => view.pendingRecords === 0, note);
    // The last gaps are told a while after the last eviction.
    await wait(GAP_MS * 2);
    await waitFor(stage, 'the gaps are acknowledged', startMs, (view) => view.pendingRecords === 0);
    const figures = {
      idleMib,
      liveP0Ms: Math.round(liveP0Ms),
      liveP0P50Ms: rank(liveMs, 0.5),
      liveP0P99Ms: rank(liveMs, 0.99),
      allP0Ms: Math.round(p0Ms),
      allMs: Math.round(allMs),
    };
    const outcome = compare(await stage.halls.look(), await stage.judge(), stage.rssMaxBytes, figures);
    const isLate = p0Ms > P0_MS_MAX;
    return isLate ? { ...outcome, broken: [...outcome.broken, `p0 of ${sites} offices took too long`] } : outcome;
  });
}

/** Mostly flows, as in an office. */
function shares(records: number): { p0: number; p1: number; p2: number; p3: number } {
  const p0 = 1;
  const p1 = Math.ceil(records / 10);
  const p2 = Math.ceil(records / 3);
  return { p0, p1, p2, p3: Math.max(1, records - p0 - p1 - p2) };
}
