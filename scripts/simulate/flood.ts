import { setTimeout as wait } from 'node:timers/promises';
import { joined } from './halls.js';
import { compare, type Outcome, rank } from './outcome.js';
import { onStage, type ScenarioOptions, waitFor } from './scenario.js';
import type { Stage } from './stage.js';

/** What the flooding office tells each time, and how often. */
const FLOOD = { everyMs: 100, records: { p0: 1, p2: 1_000, p3: 2_000 } };
/** The others' p0 may take so much longer than without the flood, and this on top. */
const FACTOR_MAX = 3;
const SLACK_MS = 1_000;
const GAP_MS = 1_000;
const MIB = 2 ** 20;

/** One office sends as fast as it can; the p0 of the others is to take no longer than without it. */
export function flood(options: ScenarioOptions): Promise<Outcome> {
  if (options.halls < 2) throw new Error('a flood needs --halls 2 or more');
  const spool = { bytesMax: options.spoolMib * MIB, gapMs: GAP_MS };
  return onStage(options, { spool }, async (stage) => {
    await stage.startCollector();
    await stage.halls.all('connect', stage.mqttUrl, 0);
    await waitFor(stage, 'all connect', performance.now(), (view) => view.connected === options.sites);
    // One office of the first hall floods; the others' figures are those of the other halls, whose processes it leaves alone.
    for (let hall = 1; hall < stage.halls.count; hall++)
      await stage.halls.one(hall, 'begin', options.every, { p0: 1, p3: options.records - 1 });
    const calmMs = await othersP0(stage, options.seconds);
    await stage.halls.one(0, 'begin', FLOOD.everyMs, FLOOD.records, 0, 1);
    const floodedMs = await othersP0(stage, options.seconds);
    await stage.halls.all('end');
    await waitFor(stage, 'all is acknowledged', performance.now(), (view) => view.pendingRecords === 0);
    // The last gaps are told a while after the last refusal.
    await wait(GAP_MS * 2);
    await waitFor(stage, 'the gaps are acknowledged', performance.now(), (view) => view.pendingRecords === 0);
    const figures = {
      calmP0P50Ms: rank(calmMs, 0.5),
      calmP0P99Ms: rank(calmMs, 0.99),
      floodedP0P50Ms: rank(floodedMs, 0.5),
      floodedP0P99Ms: rank(floodedMs, 0.99),
    };
    const outcome = compare(await stage.halls.look(), await stage.judge(), stage.rssMaxBytes, figures);
    const isDisturbed = figures.floodedP0P99Ms > figures.calmP0P99Ms * FACTOR_MAX + SLACK_MS;
    return isDisturbed ? { ...outcome, broken: [...outcome.broken, 'the flood disturbs the others'] } : outcome;
  });
}

async function othersP0(stage: Stage, seconds: number): Promise<readonly number[]> {
  await stage.halls.look();
  await wait(seconds * 1_000);
  const others = Array.from({ length: stage.halls.count - 1 }, (_, index) => stage.halls.one(index + 1, 'look'));
  return joined(await Promise.all(others)).latenciesMs;
}
