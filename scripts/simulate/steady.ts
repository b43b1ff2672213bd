import { setTimeout as wait } from 'node:timers/promises';
import { compare, type Outcome, rank } from './outcome.js';
import { onStage, type ScenarioOptions, waitFor } from './scenario.js';

/** Every office a batch of p0 and p3 each so often. */
export function steady(options: ScenarioOptions): Promise<Outcome> {
  return onStage(options, {}, async (stage) => {
    await stage.startCollector();
    const startMs = performance.now();
    await stage.halls.all('connect', stage.mqttUrl, 0);
    const connectedMs = await waitFor(stage, 'all connect', startMs, (view) => view.connected === options.sites);
    options.say(`all are connected after ${Math.round(connectedMs)} ms`);
    await stage.halls.all('begin', options.every, { p0: 1, p3: options.records - 1 });
    await wait(options.seconds * 1_000);
    await stage.halls.all('end');
    const latenciesMs: number[] = [];
    const isDone = (view: { pendingRecords: number }): boolean => view.pendingRecords === 0;
    await waitFor(stage, 'all is acknowledged', performance.now(), isDone, (view) =>
      latenciesMs.push(...view.latenciesMs),
    );
    const view = await stage.halls.look();
    const figures = {
      connectedMs: Math.round(connectedMs),
      p0P50Ms: rank(latenciesMs, 0.5),
      p0P99Ms: rank(latenciesMs, 0.99),
    };
    return compare(view, await stage.judge(), stage.rssMaxBytes, figures);
  });
}
