import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** One line for the head of a table: commit, machine, Node and the day. */
export function describeRun(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
  const commit = `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with local changes' : ''}`;
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine = `${cores.length} x ${cores[0]?.model ?? 'unknown CPU'}, ${memory}`;
  return `commit ${commit}; ${machine}; Node ${process.versions.node}; ${new Date().toISOString().slice(0, 10)}`;
}

/** @param share 0.5 is the median, 0.99 what one in a hundred exceeds; nearest rank */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
