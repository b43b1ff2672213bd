/**
 * Kills the processes at random while a recording replays in a loop, and compares what the agent accepted with what
 * the collector has: none lost, none twice. The programs are those in `dist/`.
 *
 *   npx tsx scripts/chaos.ts [--kills 100] [--seed 1] [--minutes 40]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { ROOT } from '../protocol/base/place.js';
import type { Box } from './faults/box.js';
import type { Collector } from './faults/collector.js';
import { childOf } from './faults/processes.js';
import { generator, pick } from './faults/random.js';
import { type Account, Stage } from './faults/stage.js';

const TARGETS = ['sensor', 'agent', 'collector', 'engine'] as const;
type Target = (typeof TARGETS)[number];
/** Many times as fast as it was recorded, so that every kill hits work under way. */
const SPEED = 20;
/** Between two kills. */
const PAUSE_MS = { min: 200, max: 1_000 };
/** For every other program that starts again: so long is waited until it is at work. The others may be killed at their start. */
const READY_MS_MAX = 2_500;
/** Between a kill and the new start of what was killed. */
const AWAY_MS_MAX = 500;
/** The sensor comes back soon after each kill, not later and later as in an office. */
const CONFIG = { watch: { restartMs: 100, restartMsMax: 1_000 }, publish: { backoffMsMax: 1_000 } };

export interface ChaosResult extends Omit<Account, 'gaps'> {
  readonly kills: Record<Target, number>;
  /** Ends of the collector or the agent that were no kills of ours. */
  readonly endedThemselves: number;
}

/** Runs the whole story. Everything it starts it ends. */
export function chaos(options: {
  kills: number;
  seed: number;
  /** Ends the killing early. */
  minutesMax?: number;
  say: (text: string) => void;
}): Promise<ChaosResult> {
  const endMs = performance.now() + (options.minutesMax ?? Number.POSITIVE_INFINITY) * 60_000;
  const random = generator(options.seed);
  const kills: Record<Target, number> = { sensor: 0, agent: 0, collector: 0, engine: 0 };
  let endedThemselves = 0;
  return Stage.play({}, async (stage) => {
    const { collector, box } = stage;
    await box.start({ config: CONFIG, speed: SPEED });
    for (let i = 1; i <= options.kills && performance.now() < endMs; ) {
      await wait(PAUSE_MS.min + random() * (PAUSE_MS.max - PAUSE_MS.min));
      for (const member of [collector, box]) {
        if (member.running !== undefined) continue;
        endedThemselves += 1;
        options.say(`${member === box ? 'the agent' : 'the collector'} ended by itself: ${member.log.slice(-2_000)}`);
        member.begin();
      }
      const target = await killOne(random, collector, box);
      kills[target] += 1;
      options.say(`${i++}/${options.kills}: killed the ${target}`);
      if (target === 'sensor' || target === 'engine') continue;
      await wait(random() * AWAY_MS_MAX);
      if (target === 'agent') box.begin({ speed: SPEED });
      else collector.begin();
      if (random() < 1 / 2) await ready(target === 'agent' ? () => box.status : () => collector.listening);
    }
    const account = (await stage.settle()).get(box)!;
    const { gaps, ...figures } = account;
    options.say(`told as lost before the spool: ${JSON.stringify(gaps)}`);
    return { kills, endedThemselves, ...figures };
  });
}

export function isWhole({ accepted, records, twice, torn, evicted, endedThemselves }: ChaosResult): boolean {
  return accepted > 0 && accepted === records && twice + torn + evicted + endedThemselves === 0;
}

/** Waits for something to be there, not for ever: a busy machine may take its time. */
async function ready(what: () => unknown): Promise<void> {
  const end = performance.now() + READY_MS_MAX;
  while (what() === undefined && performance.now() < end) await wait(50);
}

/** Of what runs now: a sensor or an engine may be about to start. */
async function killOne(random: () => number, collector: Collector, box: Box): Promise<Target> {
  for (;;) {
    const target = pick(random, TARGETS);
    if (target === 'collector' || target === 'agent') {
      await (target === 'agent' ? box : collector).kill();
      return target;
    }
    const pid = target === 'sensor' ? childOf(box.pid, 'sensor/main') : childOf(collector.pid, 'engine');
    if (pid === undefined) continue;
    process.kill(pid, 'SIGKILL');
    return target;
  }
}

if (process.argv[1] === import.meta.filename) {
  const options = new Command('chaos')
    .option('--kills <count>', 'how many', '100')
    .option('--seed <number>', 'which', '1')
    .option('--minutes <count>', 'kill no longer than this', '40')
    .parse()
    .opts<{ kills: string; seed: string; minutes: string }>();
  const built = spawnSync('bash', [join(ROOT, 'scripts/setup'), 'run'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const { kills, seed, minutes } = options;
  const result = await chaos({ kills: Number(kills), seed: Number(seed), minutesMax: Number(minutes), say });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.stdout.write(isWhole(result) ? 'none lost, none twice\n' : 'NOT EQUAL\n');
  process.exit(isWhole(result) ? 0 : 1);
}
