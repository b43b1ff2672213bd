/**
 * Many offices against one real collector: their real spools and publishers, TLS 1.3 with a certificate each.
 *
 *   npx tsx scripts/simulate-sites.ts steady [--sites 1000] [--seconds 60] [--every 5000] [--records 10]
 *   npx tsx scripts/simulate-sites.ts storm [--sites 1000] [--hours 72] [--steps 72] [--records 10] [--spool-mib 1]
 *   npx tsx scripts/simulate-sites.ts flood [--sites 50] [--seconds 30]
 *
 * `storm`: hours without a collector, in simulated time, then all return at once. `flood`: one office sends as fast as
 * it can beside the others. `--disk` keeps spools on disk instead of in memory, `--halls` is the number of processes.
 * Exit 0 when nothing was lost in silence, nothing came twice, and what the mode promises was kept.
 */
import { Command } from 'commander';
import { buildPrograms } from './simulate/build.js';
import { flood } from './simulate/flood.js';
import type { Outcome } from './simulate/outcome.js';
import type { ScenarioOptions } from './simulate/scenario.js';
import { steady } from './simulate/steady.js';
import { storm } from './simulate/storm.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const MODES: Readonly<Record<string, (options: ScenarioOptions) => Promise<Outcome>>> = { steady, storm, flood };

const program = new Command('simulate-sites').description('many offices against one collector');
for (const [name, run] of Object.entries(MODES)) {
  program
    .command(name)
    .option('--sites <number>', 'offices', Number, name === 'flood' ? 50 : 1_000)
    .option('--halls <number>', 'processes that hold them', Number, 2)
    .option('--seconds <number>', 'of each measurement', Number, 30)
    .option('--every <ms>', 'one batch of each lane', Number, 5_000)
    .option('--records <number>', 'of an office each time', Number, 10)
    .option('--hours <number>', 'of the outage', Number, 72)
    .option('--steps <number>', 'times at which something happens during it', Number, 72)
    .option('--spool-mib <number>', 'size of a spool', Number, 512)
    .option('--p3-kib <number>', 'of flows in it', Number, 384 * 1_024)
    .option('--disk', 'spools on disk')
    .action(async (options: Omit<ScenarioOptions, 'say' | 'isOnDisk' | 'form'> & { disk?: boolean }) => {
      buildPrograms();
      const outcome = await run({ ...options, isOnDisk: options.disk === true, form: 'built', say });
      say(
        `${JSON.stringify(outcome)}\n${outcome.broken.length === 0 ? 'kept' : `BROKEN: ${outcome.broken.join('; ')}`}`,
      );
      process.exit(outcome.broken.length === 0 ? 0 : 1);
    });
}
await program.parseAsync();
