import type { Command } from 'commander';
import { runCommand } from '../../protocol/base/cli.js';

export const NAME = 'hinomi-collector';
export const DATA_DEFAULT = 'var/collector';

export interface AdminOptions {
  data: string;
  json?: boolean;
}

/** A command that asks the running collector and prints its answer as JSON or as lines for people. */
export function admin<T>(
  parent: Command,
  usage: string,
  description: string,
  ask: (options: AdminOptions & Record<string, string>, ...args: string[]) => Promise<T>,
  show: (answer: T) => string[],
): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--data <folder>', "the collector's data folder", DATA_DEFAULT)
    .option('--json', 'print JSON')
    .action((...all: unknown[]) =>
      runCommand(NAME, async () => {
        const command = all.at(-1) as Command;
        const options = command.opts() as AdminOptions & Record<string, string>;
        const answer = await ask(options, ...(command.processedArgs as string[]));
        const text = options.json === true ? JSON.stringify(answer) : show(answer).join('\n');
        if (text !== '') process.stdout.write(`${text}\n`);
      }),
    );
}
