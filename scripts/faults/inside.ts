import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Need } from './fault.js';

const INSIDE = 'HINOMI_FAULTS_INSIDE';
export const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((file) => existsSync(file));

/**
 * Namespaces of our own: whatever a fault mounts, starts or cuts is gone with the last of its processes, however this
 * one ends. The shell is the first process there, since somebody has to bury the orphans.
 */
const UNSHARE = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
const PREPARE = 'ip link set lo up; mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; "$@"; exit $?';

/** Runs this very script once more inside of namespaces. @returns its exit code, or undefined when we are inside, or may not */
export async function runInside(): Promise<number | undefined> {
  if (isInside() || !mayIsolate()) return undefined;
  const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  // It must not outlive this process, which may be killed.
  const command = ['--pdeathsig', 'KILL', 'unshare', ...UNSHARE, 'bash', '-c', PREPARE, 'inside', ...self];
  const child = spawn('setpriv', command, { stdio: 'inherit', env: { ...process.env, [INSIDE]: 'yes' } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGKILL'));
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}

/** Why a fault cannot be played on this machine, or undefined. */
export function whyNot(needs: readonly Need[]): string | undefined {
  if (needs.includes('root') && !isInside() && !mayIsolate()) return 'needs root: mounts and networks of its own';
  if (needs.includes('faketime') && FAKETIME === undefined) return 'needs the package faketime';
  return undefined;
}

function isInside(): boolean {
  return process.env[INSIDE] === 'yes';
}

function mayIsolate(): boolean {
  return spawnSync('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...UNSHARE, 'true']).status === 0;
}
