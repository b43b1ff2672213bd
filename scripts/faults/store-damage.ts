import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sum } from './box.js';
import { damageSome } from './damage.js';
import type { Fault } from './fault.js';
import { newMachineRun } from './machine-run.js';
import { generator, pick } from './random.js';
import { Stage } from './stage.js';
import type { StoredBatch } from './table.js';

const ROUNDS = { short: 2, long: 25 };
/** What the engine keeps for the table itself: parts, not its temporary files and logs. */
const TELEMETRY =
  /\/all_|\/\d{8}_\d+_\d+|\.sql$|format_version|\.bin$|\.cmrk|\.mrk|checksums|columns|primary|count\.txt/;
const STATE = /CURRENT|MANIFEST-\d+|\.log|\.ldb|journal-\d+$|snapshot-\d+$/;
/** Of the rounds. */
const STATE_SHARE = 0.6;

interface Round {
  readonly damage: readonly string[];
  readonly before: readonly StoredBatch[];
  readonly after: readonly StoredBatch[];
  readonly log: string;
}

export const storeDamage: Fault = {
  name: 'store-damage',
  what: "files of the collector's telemetry and state cut, zero-filled or garbled at random places after a power cut",
  needs: ['root'],
  play: ({ isShort, seed, say }) =>
    Stage.play({}, async (stage) => {
      const random = generator(seed);
      let lost = 0;
      const rounds = isShort ? ROUNDS.short : ROUNDS.long;
      for (let number = 1; number <= rounds; number++) {
        const round = await playRound(stage, random, number);
        const missing = judge(round, `round ${number}: ${round.damage.join('; ')}`);
        lost += missing;
        say(`${number}: ${round.damage.join('; ')}: ${missing} batches lost`);
      }
      return `${rounds} times started; ${lost} batches lost with their parts, each time told; nothing twice`;
    }),
};

/** Records arrive, the power is cut, files are damaged, and everything is started as if nothing had been. */
async function playRound(stage: Stage, random: () => number, number: number): Promise<Round> {
  const { box, collector, programs } = stage;
  if (collector.running === undefined) await collector.start();
  await box.start({ speed: 4 });
  const acked = sum(box.status?.spool.acked ?? {});
  await box.untilStatus('records are stored', ({ spool }) => sum(spool.acked) > acked + 200 + random() * 1_000);
  await collector.kill();
  await box.kill();
  const before = (await stage.table()).batches;
  const damage = damageBoth(collector.data, random);
  const mark = collector.mark();
  await collector.start({ prefix: newMachineRun(programs, number) });
  await box.start({ speed: 0 });
  await box.untilStatus('its spool is empty', ({ spool }) => spool.batches === 0 && spool.queuedRecords === 0);
  await wait(500);
  await box.stop();
  await collector.stop();
  return { damage, before, after: (await stage.table()).batches, log: collector.since(mark) };
}

function damageBoth(data: string, random: () => number): string[] {
  const telemetry = damageSome(join(data, 'telemetry'), random, (path) => TELEMETRY.test(path));
  // The state has a journal beside it: one of the two is enough.
  const part = pick(random, ['state', 'state.journal']);
  const state = random() < STATE_SHARE ? damageSome(join(data, part), random, (path) => STATE.test(path)) : undefined;
  return [telemetry, state].filter((what) => what !== undefined);
}

/** @returns how many batches are missing */
function judge({ before, after, log }: Round, where: string): number {
  const now = new Map(after.map((batch) => [keyOf(batch), batch.records]));
  const missing = before.filter((batch) => !now.has(keyOf(batch)));
  for (const batch of before) {
    const records = now.get(keyOf(batch)) ?? batch.records;
    assert.equal(records, batch.records, `${where}: ${keyOf(batch)} had ${batch.records} rows and has ${records}`);
  }
  assert.ok(
    missing.length === 0 || /damaged|detached|put aside|missing/i.test(log),
    `${where}: ${missing.length} batches are missing, and the log says nothing`,
  );
  return missing.length;
}

const keyOf = ({ agent, epoch, lane, seq }: StoredBatch): string => `${agent} ${epoch} ${lane} ${seq}`;
