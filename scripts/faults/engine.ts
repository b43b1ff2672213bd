import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../../test/support/programs.js';
import { type Box, sum } from './box.js';
import type { Collector } from './collector.js';
import type { Fault } from './fault.js';
import { PATIENCE_MS } from './member.js';
import { childOf, memoryOf } from './processes.js';
import { assertExact, describeBooks, Stage } from './stage.js';
import { Undisturbed } from './undisturbed.js';

const MIB = 2 ** 20;
const CONFIG = { store: { hungS: 3 } };

const engineOf = (collector: Collector): number | undefined => childOf(collector.pid, 'engine/main');

async function engineAt(collector: Collector): Promise<number> {
  await until('there is an engine', () => engineOf(collector) !== undefined, collector.running, PATIENCE_MS);
  return engineOf(collector)!;
}

/** From now on: what a status says is up to a second old. */
async function untilStoredAgain(box: Box): Promise<void> {
  const fromMs = Date.now();
  let before: number | undefined;
  await box.untilStatus('records are stored again', ({ at, spool }) => {
    if (Date.parse(at) < fromMs) return false;
    before ??= sum(spool.acked);
    return sum(spool.acked) > before;
  });
}

/** Does something to the engine under load. The collector, its connections and what is accepted must not notice. */
async function playOn(
  config: object,
  rounds: number,
  harm: (stage: Stage, engine: number) => Promise<void>,
): Promise<string> {
  return Stage.play(config, async (stage) => {
    const { box, neighbour, collector } = stage;
    await stage.startBoxes();
    const watches = [box, neighbour].map((watched) => new Undisturbed(watched, { mayStall: true }));
    for (let round = 0; round < rounds; round++) {
      const engine = await engineAt(collector);
      const mark = collector.mark();
      await harm(stage, engine);
      await until(
        'another engine is there',
        () => ![engine, undefined].includes(engineOf(collector)),
        undefined,
        PATIENCE_MS,
      );
      // One that is frozen while it opens the table has `store.startS` for it.
      await collector.untilLog('engine is open', mark);
      await untilStoredAgain(box);
    }
    for (const watch of watches) watch.end();
    assert.equal(collector.starts, 1, 'the collector had to be started again');
    assert.match(collector.log, /engine/, 'the log says nothing of the engine');
    const books = await stage.settle();
    assertExact(books);
    return `${rounds} times back by itself, no connection lost; ${describeBooks(books)}`;
  });
}

export const engineKilled: Fault = {
  name: 'engine-killed',
  what: 'the engine crashes under load',
  needs: [],
  play: ({ isShort }) =>
    playOn(CONFIG, isShort ? 2 : 20, async (_stage, engine) => {
      await wait(500);
      process.kill(engine, 'SIGKILL');
    }),
};

export const engineFrozen: Fault = {
  name: 'engine-frozen',
  what: 'the engine hangs under load (SIGSTOP)',
  needs: [],
  play: ({ isShort }) =>
    playOn(CONFIG, isShort ? 1 : 5, async ({ collector }, engine) => {
      process.kill(engine, 'SIGSTOP');
      const begin = performance.now();
      await collector.get('/api/v1/sites');
      assert.ok(performance.now() - begin < 10_000, 'the API waits for the engine');
    }),
};

export const engineStarved: Fault = {
  name: 'engine-starved',
  what: 'the engine gets no more memory, in an insert and in a query',
  needs: [],
  play: ({ isShort }) =>
    playOn(CONFIG, isShort ? 1 : 5, async ({ collector }, engine) => {
      const bytes = Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync(`/proc/${engine}/status`, 'utf8'))?.[1]) * 1_024;
      execFileSync('prlimit', ['--pid', String(engine), `--as=${bytes + MIB}`]);
      const query = collector.get('/api/v1/events?q=*&from=2000-01-01&to=now%2B1d&limit=10000');
      await query.catch((error: Error) => assert.match(error.message, /"code":"[A-Z_]+"|aborted|timeout/i));
    }),
};

const sentAgain = ({ box, neighbour }: Stage): number =>
  [box, neighbour].reduce((count, { status }) => count + (status?.publisher.batchesSentAgain ?? 0), 0);

/** The engine stands still and is not given up: what arrives has to wait, where there is a limit. */
export const collectorAtLimit: Fault = {
  name: 'collector-at-limit',
  what: 'the collector cannot write for a minute, and everybody sends',
  needs: [],
  play: ({ isShort }) =>
    Stage.play({ store: { hungS: 600, insertS: 3_600 }, ingest: { queueBytesMax: 8 * MIB } }, async (stage) => {
      const { box, neighbour, collector } = stage;
      await stage.startBoxes();
      const watches = [box, neighbour].map((watched) => new Undisturbed(watched, { mayStall: true }));
      const engine = await engineAt(collector);
      const before = memoryOf(collector.pid).bytes;
      const again = sentAgain(stage);
      process.kill(engine, 'SIGSTOP');
      let queueBytes = 0;
      const end = performance.now() + (isShort ? 6_000 : 60_000);
      while (performance.now() < end) {
        queueBytes = Math.max(queueBytes, await collector.metric('hinomi_ingest_queue_bytes'));
        await wait(500);
      }
      const growth = memoryOf(collector.pid).bytes - before;
      assert.ok(queueBytes <= 8 * MIB, `${queueBytes} bytes wait`);
      assert.ok(growth < 100 * MIB, `the collector grew by ${growth} bytes`);
      await box.untilStatus('it keeps its records', ({ spool }) => spool.batches > 0);
      assert.equal(sentAgain(stage), again, 'batches that the collector has were sent again');
      process.kill(engine, 'SIGCONT');
      for (const watch of watches) watch.end();
      const books = await stage.settle();
      assertExact(books);
      const held = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
      return `at most ${held(queueBytes)} waited in the collector, it grew by ${held(Math.max(0, growth))}; boxes kept the rest; ${describeBooks(books)}`;
    }),
};
