import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { sleep } from '../../../protocol/base/time.js';

/** Who holds the table, in a file beside its folder: a stopped or frozen engine may outlive a collector that was killed. */
interface Holder {
  readonly pid: number;
  readonly since: string;
}

const GONE_WAIT_MS = 10_000;
const POLL_MS = 20;
/** proc(5): fields of /proc/PID/stat behind the name; the state, and the start in ticks since the machine's. */
const STATE = 0;
const START_TICKS = 19;

function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

const isAlive = ({ pid, since }: Holder): boolean => {
  const stat = statOf(pid);
  return stat !== undefined && stat[START_TICKS] === since && stat[STATE] !== 'Z';
};

export function rememberEngine(file: string, pid: number | undefined): void {
  const since = pid === undefined ? undefined : statOf(pid)?.[START_TICKS];
  if (pid === undefined || since === undefined) return;
  writeFileSync(file, `${JSON.stringify({ pid, since })}\n`, { mode: 0o600 });
}

export function forgetEngine(file: string): void {
  rmSync(file, { force: true });
}

/** Ends the engine of an earlier collector, if there still is one. @returns its process id */
export async function endStaleEngine(file: string): Promise<number | undefined> {
  const holder = readHolder(file);
  if (holder === undefined || !isAlive(holder)) return undefined;
  process.kill(holder.pid, 'SIGKILL');
  for (let waitedMs = 0; isAlive(holder) && waitedMs < GONE_WAIT_MS; waitedMs += POLL_MS) await sleep(POLL_MS);
  return holder.pid;
}

function readHolder(file: string): Holder | undefined {
  try {
    const { pid, since } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && pid > 1 && typeof since === 'string' ? { pid, since } : undefined;
  } catch {
    return undefined;
  }
}
