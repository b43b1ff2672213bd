import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { ProgramLog } from './program-log.js';

/** Who the programs run as. Undefined: as whoever started the script. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

export interface Program {
  readonly child: ChildProcess;
  readonly log: ProgramLog;
  /** Resolves with a word about its end, such as `exit 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Starts it anew, where it may ask for that. */
  readonly again?: () => Program;
}

/** One of our programs failed, and has said why and what to do. */
export class ProgramFailed extends Error {}

const TERM_WAIT_MS = 15_000;

function options(user: User | undefined): SpawnOptions {
  return user === undefined ? {} : { uid: user.uid, gid: user.gid };
}

/**
 * Starts a long-running program in a process group of its own, so that Ctrl-C reaches this script alone and the
 * programs end in order. Its standard input is a pipe of ours: were we killed, it would end, and the program with it.
 */
export function startProgram(args: readonly string[], user: User | undefined, log: ProgramLog): Program {
  const child = spawn(process.execPath, [...args, '--end-with-input'], {
    ...options(user),
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => log.take(text));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  return { child, log, ended };
}

/** Asks a program to end, and ends it after 15 s. */
export async function stopProgram(program: Program): Promise<void> {
  if (program.child.exitCode !== null || program.child.signalCode !== null) return;
  program.child.kill('SIGTERM');
  const timer = setTimeout(() => program.child.kill('SIGKILL'), TERM_WAIT_MS);
  await program.ended;
  clearTimeout(timer);
}

/**
 * Runs one of our command lines to its end and returns its standard output.
 * @param signal ends it with SIGTERM
 * @throws ProgramFailed with its last line of standard error
 */
export async function runToEnd(args: readonly string[], user: User | undefined, signal: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, args, { ...options(user), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const end = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => signal.removeEventListener('abort', end));
  if (code !== 0) throw new ProgramFailed(err.trim().split('\n').at(-1) || `exit ${code}`);
  return out;
}
