/**
 * Lines a second from text to record (and to JSON) on one core, of lines of our own in many dialects.
 *
 *   npx tsx bench/parse.ts [--rounds 5]
 */
import { Command } from 'commander';
import { Dialects } from '../agent/dialects/dialects.js';
import { describeRun, quantile } from './machine.js';
import { MIXED_LINES } from './parse-lines.js';

const LINES = 20_000;
const RECEIVED_MS = Date.parse('2026-06-10T03:00:00Z');

const options = new Command('parse').option('--rounds <count>', 'how often', '5').parse().opts<{ rounds: string }>();
const dialects = new Dialects({ zone: 'Asia/Tokyo' });

/** Lines a second of processor time: others may use the machine too. */
function measure(lines: readonly string[], consume: (line: string) => unknown): number {
  const start = process.cpuUsage();
  for (let index = 0; index < LINES; index++) consume(lines[index % lines.length]!);
  const { user, system } = process.cpuUsage(start);
  return (LINES * 1e6) / (user + system);
}

const toRecord = (line: string): unknown => dialects.record(line, RECEIVED_MS);
const toJson = (line: string): unknown => JSON.stringify(dialects.record(line, RECEIVED_MS));
const perSecond = (samples: number[]): string => Math.round(quantile(samples, 0.5)).toLocaleString('en');
const repeat = (lines: readonly string[], consume: (line: string) => unknown): number[] =>
  Array.from({ length: Math.max(1, Number(options.rounds) || 1) }, () => measure(lines, consume));

process.stdout.write(`${describeRun()}\n`);
const all = Object.values(MIXED_LINES).flat();
repeat(all, toJson);
process.stdout.write(
  `mixed, ${all.length} different lines, ${Math.round(all.join('').length / all.length)} characters on average\n`,
);
process.stdout.write(`  to record      ${perSecond(repeat(all, toRecord))} lines/s\n`);
process.stdout.write(`  to JSON        ${perSecond(repeat(all, toJson))} lines/s\n`);
for (const [name, lines] of Object.entries(MIXED_LINES)) {
  process.stdout.write(`  ${name.padEnd(14)} ${perSecond(repeat(lines, toRecord))} lines/s\n`);
}
