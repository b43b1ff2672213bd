/**
 * Compares the records of the real pipeline and dialects with what other programs and specifications expect of the same
 * captures and messages, field by field, and replays every capture once more for no crash and no hang.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ACCEPTED } from './conformance/accepted.js';
import { compareArkime } from './conformance/arkime.js';
import { compareCommunityIds } from './conformance/community-id.js';
import { compareJa4 } from './conformance/ja4.js';
import { Recordings } from './conformance/recording.js';
import { replayAll } from './conformance/robustness.js';
import { compareSyslog } from './conformance/syslog.js';
import { differencesOf, needsOf, tableOf } from './conformance/table.js';
import { Tally } from './conformance/tally.js';
import { compareZeek } from './conformance/zeek.js';

const CORPORA_DEFAULT = resolve(import.meta.dirname, '..', '..', 'shared', 'corpora');
const SLOWEST_SHOWN = 5;

const SUITES: Readonly<Record<string, (folder: string, recordings: Recordings, tally: Tally) => Promise<void>>> = {
  'community-id': (folder, ...rest) => compareCommunityIds(join(folder, 'community-id'), ...rest),
  ja4: (folder, ...rest) => compareJa4(join(folder, 'ja4'), ...rest),
  arkime: (folder, ...rest) => compareArkime(join(folder, 'arkime', 'pcap'), ...rest),
  syslog: (folder, ...rest) => compareSyslog(join(folder, 'syslog'), ...rest),
  zeek: (folder, ...rest) => compareZeek(join(folder, 'zeek'), ...rest),
};

interface Options {
  corpora: string;
  suite?: string;
  verbose?: boolean;
  captureS: string;
}

const program = new Command('conformance')
  .description('Compare flow and dns records with the corpora, field by field.')
  .option('--corpora <dir>', 'where the corpora are', CORPORA_DEFAULT)
  .addOption(new Option('--suite <name>', 'only this one').choices([...Object.keys(SUITES), 'robustness']))
  .option('--verbose', 'print each difference')
  .option('--capture-s <seconds>', 'longest that one capture may take', '30');

await main(program.parse().opts<Options>());

async function main(options: Options): Promise<void> {
  if (!existsSync(options.corpora)) {
    process.stdout.write(`corpora: not present at ${options.corpora}, nothing to compare\n`);
    return;
  }
  await compare(options);
  if (options.suite === undefined || options.suite === 'robustness') await endure(options);
}

async function compare(options: Options): Promise<void> {
  const tally = new Tally(ACCEPTED);
  const recordings = new Recordings();
  for (const [name, run] of Object.entries(SUITES)) {
    if (options.suite === undefined || options.suite === name) await run(options.corpora, recordings, tally);
  }
  if (tally.checks.length === 0) return;
  if (options.verbose) process.stdout.write(`${differencesOf(tally)}\n\n`);
  process.stdout.write(`${tableOf(tally)}\n\n`);
  const needs = needsOf(tally);
  if (needs !== '') process.stdout.write(`Not decoded yet:\n${needs}\n`);
  for (const [reason, count] of tally.skipped) process.stdout.write(`Skipped: ${reason} (${count})\n`);
  const compared = new Set(tally.checks.map((check) => check.suite));
  for (const { suite, field, reason } of tally.unused(compared)) {
    process.stdout.write(`Accepted but not seen: ${suite} ${field.source}: ${reason}\n`);
  }
}

/** A crash or a hang is the only failure of this script: shares are for reading. */
async function endure(options: Options): Promise<void> {
  const captureMs = Math.max(1, Number(options.captureS) || 1) * 1000;
  const { captures, packets, errors, failures, slowest } = await replayAll(options.corpora, captureMs);
  const lines = [`Robustness: ${captures} captures, ${packets} packets, ${failures.length} crashed or hung`];
  for (const { path, message } of failures) lines.push(`  FAILED ${path}: ${message}`);
  lines.push(`Ended with a clear error: ${errors.length}`);
  if (options.verbose) for (const { path, message } of errors) lines.push(`  ${path}: ${message}`);
  lines.push('Slowest:');
  for (const { path, tookMs, packets: count } of slowest.slice(0, SLOWEST_SHOWN)) {
    lines.push(`  ${Math.round(tookMs)} ms ${path} (${count} packets)`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  if (failures.length > 0) process.exitCode = 1;
}
