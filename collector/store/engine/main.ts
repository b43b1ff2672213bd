/**
 * The telemetry engine: a process of its own, started by the collector, so that a crash, a hang or exhausted memory in
 * an insert or in somebody's query takes nothing else with it. Its only way out is the channel to its parent.
 */

import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { Logger } from '../../../protocol/base/log.js';
import { systemClock } from '../../../protocol/base/time.js';
import { ClickHouseStore } from '../clickhouse.js';
import { retentionBy } from '../retention.js';
import { type EngineArgument, type Failure, failureOf, type Request, type Word } from './messages.js';
import { operationsOf } from './operations.js';

const ALIVE_MS = 1_000;
/** For the last word to be sent. */
const STARVED_END_MS = 50;
/** proc(5): when memory runs out in the machine, this process goes before the broker. */
const OOM_SCORE = '500';

const send = (word: Word): void => {
  // A parent that is gone ends this process by 'disconnect'.
  if (process.connected) process.send?.(word, undefined, {}, () => {});
};

function parentLogger(bindings: object = {}): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (facts: object, event: string): void =>
      send({ kind: 'log', level, facts: { ...bindings, ...facts }, event });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => parentLogger({ ...bindings, ...more }),
  };
}

/** The engine's own threads and exit handlers have nothing to finish: what was acknowledged is on disk. */
const end = (): never => {
  process.kill(process.pid, 'SIGKILL');
  return process.exit();
};

/** Without memory nothing will go better in this process. */
function onFailure(id: number, failure: Failure): void {
  send({ kind: 'failure', id, failure });
  if (failure.facts['starved'] === true) setTimeout(end, STARVED_END_MS);
}

async function run({ config, folder }: EngineArgument): Promise<void> {
  const world = { clock: systemClock, random: Math.random, log: parentLogger() };
  const store = new ClickHouseStore(config, folder, world);
  const operations = operationsOf(store, retentionBy(config.retentionDays));
  try {
    await store.start();
  } catch (error) {
    send({ kind: 'unable', failure: failureOf(error) });
    return;
  }
  process.on('message', ({ id, operation, args }: Request) => {
    if (operation === 'close') {
      void store.close().finally(end);
      return;
    }
    operations(operation, args).then(
      (value) => send({ kind: 'value', id, value }),
      (error: unknown) => onFailure(id, failureOf(error)),
    );
  });
  send({ kind: 'ready' });
}

function goBeforeOthers(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
    setPriority(1);
  } catch {
    // Not on this system.
  }
}

process.on('disconnect', end);
// A collector that was killed while this file was being loaded said so when nobody listened.
if (!process.connected) end();
// A terminal's Ctrl-C goes to both; the parent says when it is time.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
goBeforeOthers();
setInterval(() => send({ kind: 'alive' }), ALIVE_MS);
await run(JSON.parse(process.argv[2] ?? '{}') as EngineArgument);
