/**
 * What a box writes to its disk for each record while the collector takes everything at once.
 *
 *   npx tsx bench/wear.ts [--seconds 60] [--flows 20] [--dns 10] [--folder DIR]
 *
 * The real spool; batches are acknowledged 100 ms after they were stored. Bytes are those that the process passed to
 * the file system, and those of its that the kernel sent to the disk: proc_pid_io(5), `wchar` and `write_bytes`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { Spool, SpoolConfig } from '../agent/spool/spool.js';
import { loadConfig } from '../protocol/base/config.js';
import { silentLogger } from '../protocol/base/log.js';
import { systemClock } from '../protocol/base/time.js';
import { LANES, type Lane } from '../protocol/records/lanes.js';
import { recordOf } from '../scripts/simulate/records.js';
import { describeRun } from './machine.js';

const ACK_MS = 100;
const TICK_MS = 50;

const options = new Command('wear')
  .option('--seconds <number>', 'of the measurement', Number, 60)
  .option('--flows <number>', 'a second', Number, 20)
  .option('--dns <number>', 'a second', Number, 10)
  .option('--folder <path>', 'on the disk to measure', tmpdir())
  .parse()
  .opts<{ seconds: number; flows: number; dns: number; folder: string }>();

function written(): { passed: number; disk: number } {
  const text = readFileSync('/proc/self/io', 'utf8');
  const number = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1]);
  return { passed: number('wchar'), disk: number('write_bytes') };
}

const folder = mkdtempSync(join(options.folder, 'hinomi-wear-'));
const world = { clock: systemClock, random: Math.random, log: silentLogger };
const spool = new Spool(loadConfig(SpoolConfig, {}), {
  ...world,
  dataFolder: folder,
  boot: 'bench',
  machineBoot: 'bench',
});
try {
  await spool.start();
  const highest: Record<Lane, number> = { p0: 0, p1: 0, p2: 0, p3: 0 };
  spool.onStored(() => {
    for (const lane of LANES) {
      for (let entry = spool.next(lane, highest[lane]); entry; entry = spool.next(lane, entry.seq)) {
        const { seq } = entry;
        highest[lane] = seq;
        setTimeout(() => spool.ack(spool.epoch, lane, seq), ACK_MS);
      }
    }
  });
  const before = written();
  let told = 0;
  const due = { p2: 0, p3: 0 };
  for (const startMs = performance.now(); performance.now() - startMs < options.seconds * 1_000; await wait(TICK_MS)) {
    const seconds = (performance.now() - startMs) / 1_000;
    for (; due.p3 < seconds * options.flows; due.p3++) spool.append('p3', recordOf('p3', Date.now(), told++));
    for (; due.p2 < seconds * options.dns; due.p2++) spool.append('p2', recordOf('p2', Date.now(), told++));
  }
  await wait(2_000);
  await spool.flush();
  const after = written();
  const { acked } = spool.stats();
  const records = LANES.reduce((sum, lane) => sum + acked[lane], 0);
  const each = (bytes: number): string => (bytes / records).toFixed(1);
  process.stdout.write(`${describeRun()}\n\n${records} records delivered in ${options.seconds} s; a record: `);
  process.stdout.write(`${each(after.passed - before.passed)} bytes written, `);
  process.stdout.write(`${each(after.disk - before.disk)} bytes to the disk\n`);
} finally {
  await spool.close();
  rmSync(folder, { recursive: true, force: true });
}
