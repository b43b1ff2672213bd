import { Command } from 'commander';
import { runCommand } from '../protocol/base/cli.js';

const NAME = 'hinomi-agent';
const list = (text: string): string[] => text.split(',').filter((part) => part !== '');

const program = new Command(NAME).description('the box in the office');

program
  .command('replay')
  .description('print the records of a recording as NDJSON')
  .argument('<file>', 'pcap or pcapng, gzip or not; - is standard input')
  .option('--datasets <list>', 'record kinds, separated by commas (default: flow,dns)', list)
  .option('--local <list>', "the office's networks, separated by commas (default: private addresses)", list)
  .option('--checksums', 'drop packets whose checksums do not hold')
  .action((file: string, options: { datasets?: string[]; local?: string[]; checksums?: boolean }) =>
    runCommand(NAME, async () => {
      const { replay } = await import('./replay.js');
      await replay({ file, ...options, dropBadChecksums: options.checksums ?? false });
    }),
  );

await program.parseAsync();
