/**
 * Real programs talk in machines made of namespaces, a capture listens between them, and `hinomi-agent replay` has to
 * tell what they did: users, names, shares, files, and none of their secrets.
 *
 *   npx tsx scripts/real-programs.ts [--only dns,tls] [--write docs/real-programs.md] [--keep]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { problemsOf, writeReport } from './real-programs/lab/report.js';
import { runAll } from './real-programs/lab/run.js';
import { SCENARIOS } from './real-programs/scenarios.js';

const options = new Command('real-programs')
  .option('--only <names>', 'scenarios, separated by commas')
  .option('--write <file>', 'the report as Markdown')
  .option('--keep', 'keep recordings and configurations, and say where')
  .parse()
  .opts<{ only?: string; write?: string; keep?: boolean }>();
const say = (text: string): void => void process.stderr.write(`${text}\n`);

if (process.getuid?.() !== 0) {
  say('real-programs: needs root, to make network namespaces');
  process.exit(1);
}
const only = options.only?.split(',');
const unknown = only?.filter((name) => !SCENARIOS.some((one) => one.name === name)) ?? [];
if (unknown.length > 0) {
  say(`real-programs: no scenario ${unknown.join(', ')}; there are ${SCENARIOS.map((one) => one.name).join(', ')}`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'hinomi-programs-'));
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
try {
  const outcome = await runAll(SCENARIOS, { folder, say, signal: stop.signal, ...(only ? { only } : {}) });
  if (options.write !== undefined) writeReport(options.write, outcome);
  const problems = problemsOf(outcome);
  for (const problem of problems) say(problem);
  process.exitCode = problems.length === 0 && !stop.signal.aborted ? 0 : 1;
} finally {
  if (options.keep) say(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
