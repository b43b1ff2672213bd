import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Spool, SpoolConfig } from '../../agent/spool/spool.js';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { LANES } from '../../protocol/records/lanes.js';
import type { Box } from './box.js';
import { damageSome } from './damage.js';
import type { Fault } from './fault.js';
import { newMachineRun } from './machine-run.js';
import { generator } from './random.js';
import { Stage } from './stage.js';
import type { StoredBatch, StoredGap } from './table.js';

/** Not LevelDB's own diary. */
const DATA = /CURRENT|MANIFEST-\d+|\.log|\.ldb/;
const ROUNDS = { short: 3, long: 40 };

interface Round {
  readonly damage: string;
  readonly startMs: number;
  endMs: number;
  /** What lay in the spool before. */
  readonly pending: readonly Omit<StoredBatch, 'agent'>[];
}

export const spoolDamage: Fault = {
  name: 'spool-damage',
  what: "files of a box's spool cut, zero-filled or garbled at random places after a power cut",
  needs: ['root'],
  play: ({ isShort, seed, say }) =>
    Stage.play({}, async (stage) => {
      const random = generator(seed);
      const rounds: Round[] = [];
      await stage.neighbour.start({ speed: 1 });
      for (let number = 1; number <= (isShort ? ROUNDS.short : ROUNDS.long); number++) {
        const round = await playRound(stage, random, number);
        say(`${number}: ${round.damage}, ${round.pending.length} batches were pending`);
        rounds.push(round);
      }
      await stage.neighbour.drain();
      await stage.box.drain();
      await stage.collector.stop();
      const { batches, gaps } = await stage.table();
      return judge(rounds, batches, gaps, stage.box);
    }),
};

/** Without a collector batches pile up; then the power is cut. */
async function playRound({ box, programs }: Stage, random: () => number, number: number): Promise<Round> {
  box.begin({ speed: 4, config: { publish: { url: 'mqtts://127.0.0.1:9' } }, prefix: newMachineRun(programs, number) });
  await box.untilStatus('there are batches', ({ spool }) => spool.batches > 4 + random() * 20);
  await box.kill();
  const pending = await pendingOf(box, programs.path('copy'));
  const damage = damageSome(join(box.data, 'spool'), random, (path) => DATA.test(path)) ?? 'nothing';
  const startMs = Date.now();
  await box.start({ speed: 0, config: {}, prefix: newMachineRun(programs, number + 0.5) });
  await box.untilStatus('its spool is empty', ({ spool }) => spool.batches === 0 && spool.queuedRecords === 0);
  await wait(500);
  await box.stop();
  return { damage, startMs, endMs: Date.now(), pending };
}

/** Read from a copy, so that nothing is repaired before it is damaged. */
async function pendingOf(box: Box, copy: string): Promise<Round['pending']> {
  cpSync(join(box.data, 'spool'), join(copy, 'spool'), { recursive: true });
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const spool = new Spool(loadConfig(SpoolConfig, {}), { ...world, dataFolder: copy, boot: 'copy', machineBoot: '' });
  await spool.start();
  const found: Omit<StoredBatch, 'agent'>[] = [];
  for (const lane of LANES) {
    for (let entry = spool.next(lane, 0); entry !== undefined; entry = spool.next(lane, entry.seq))
      found.push({ epoch: spool.epoch, lane, seq: entry.seq, records: entry.count });
  }
  await spool.close();
  rmSync(copy, { recursive: true });
  return found;
}

/** Each pending batch is in the table whole and once, or the round has told that some are lost. */
function judge(rounds: readonly Round[], stored: readonly StoredBatch[], gaps: readonly StoredGap[], box: Box): string {
  const own = new Map(stored.filter(({ agent }) => agent === box.agent).map((batch) => [keyOf(batch), batch.records]));
  let pending = 0;
  let missing = 0;
  for (const [index, round] of rounds.entries()) {
    const lost = round.pending.filter((batch) => own.get(keyOf(batch)) !== batch.records);
    const told = gaps.filter((gap) => gap.agent === box.agent && gap.atMs >= round.startMs && gap.atMs <= round.endMs);
    pending += round.pending.length;
    missing += lost.length;
    const where = `round ${index + 1}, ${round.damage}`;
    assert.ok(
      lost.every((batch) => !own.has(keyOf(batch))),
      `${where}: a batch is there in part, or twice`,
    );
    assert.ok(lost.length === 0 || told.length > 0, `${where}: ${lost.length} batches are missing, and nobody said so`);
  }
  return `${rounds.length} times started; of ${pending} batches ${missing} were lost, each loss told by a gap`;
}

const keyOf = ({ epoch, lane, seq }: Omit<StoredBatch, 'agent' | 'records'>): string => `${epoch} ${lane} ${seq}`;
