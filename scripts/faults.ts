/**
 * Plays faults on real processes, a real broker and a real store, and says for each what held.
 *
 *   npx tsx scripts/faults.ts [--only NAME,NAME] [--short] [--seed 1] [--json]
 *
 * The table goes to standard output; `--json` gives one object a line in its place.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import { describeError } from '../protocol/base/errors.js';
import { ROOT } from '../protocol/base/place.js';
import { FAULTS } from './faults/all.js';
import type { Fault, Play } from './faults/fault.js';
import { runInside, whyNot } from './faults/inside.js';

export interface FaultResult {
  readonly name: string;
  readonly what: string;
  readonly outcome: 'held' | 'FAILED' | 'skipped';
  /** What held, why it did not, or why it was not played. */
  readonly words: string;
  readonly seconds: number;
}

const options = new Command('faults')
  .option('--only <names>', 'which, separated by commas')
  .option('--short', 'the short form of each')
  .option('--seed <number>', 'which chances', '1')
  .option('--json', 'one result a line')
  .parse()
  .opts<{ only?: string; short?: boolean; seed: string; json?: boolean }>();

const code = await runInside();
process.exit(code ?? (await playAll()));

async function playAll(): Promise<number> {
  const built = spawnSync('bash', [join(ROOT, 'scripts/setup'), 'run'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  let failures = 0;
  if (!options.json) process.stdout.write('| fault | | what held | s |\n| --- | --- | --- | --: |\n');
  for (const fault of chosen()) {
    const result = await play(fault);
    if (result.outcome === 'FAILED') failures += 1;
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : row(result));
  }
  return failures === 0 ? 0 : 1;
}

function chosen(): readonly Fault[] {
  const names = options.only?.split(',');
  const unknown = names?.filter((name) => !FAULTS.some((fault) => fault.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no such fault: ${unknown}; there are ${FAULTS.map(({ name }) => name)}`);
  return names === undefined ? FAULTS : FAULTS.filter((fault) => names.includes(fault.name));
}

async function play(fault: Fault): Promise<FaultResult> {
  const { name, what } = fault;
  const reason = whyNot(fault.needs);
  if (reason !== undefined) return { name, what, outcome: 'skipped', words: reason, seconds: 0 };
  const begin = performance.now();
  const seconds = (): number => Math.round((performance.now() - begin) / 100) / 10;
  const say = (text: string): void => void process.stderr.write(`${name}: ${text}\n`);
  const how: Play = { isShort: options.short === true, seed: Number(options.seed), say };
  try {
    const words = await fault.play(how);
    return { name, what, outcome: 'held', words, seconds: seconds() };
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? '') : '');
    return { name, what, outcome: 'FAILED', words: describeError(error), seconds: seconds() };
  }
}

function row({ what, outcome, words, seconds }: FaultResult): string {
  const cell = (text: string): string => text.replaceAll('|', '/').replaceAll('\n', ' ');
  return `| ${cell(what)} | ${outcome} | ${cell(words)} | ${seconds} |\n`;
}
