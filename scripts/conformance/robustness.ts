import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Endured } from './robustness-child.js';

const RECORDING = /\.(pcap|pcapng|cap|trace)(\.gz)?$/;

export interface Robustness {
  captures: number;
  packets: number;
  /** Ended by one clear error line each. */
  errors: { path: string; message: string }[];
  /** Threw something else, ended the process, or took too long. */
  failures: { path: string; message: string }[];
  /** Longest first. */
  slowest: { path: string; tookMs: number; packets: number }[];
}

/**
 * Replays every recording below a folder, with and without regard to checksums, in a process of its own: a loop
 * without end and a crash of the process are seen too, and the next recording gets a new one.
 */
export async function replayAll(folder: string, captureMs: number): Promise<Robustness> {
  const result: Robustness = { captures: 0, packets: 0, errors: [], failures: [], slowest: [] };
  const paths = listRecordings(folder);
  for (let next = 0; next < paths.length; ) next = await endureFrom(paths, next, captureMs, result);
  for (const list of [result.errors, result.failures, result.slowest]) {
    for (const item of list) item.path = relative(folder, item.path);
  }
  result.slowest.sort((a, b) => b.tookMs - a.tookMs);
  return result;
}

function listRecordings(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && RECORDING.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** @returns the place of the first recording that was not tried */
function endureFrom(paths: readonly string[], first: number, captureMs: number, result: Robustness): Promise<number> {
  const child = fork(join(import.meta.dirname, 'robustness-child.ts'));
  return new Promise((resolve) => {
    let at = first;
    let reason = 'the process ended';
    let timer: NodeJS.Timeout | undefined;
    const ask = (): void => {
      clearTimeout(timer);
      if (at >= paths.length) {
        child.disconnect();
        return;
      }
      timer = setTimeout(() => {
        reason = `took longer than ${captureMs} ms`;
        child.kill('SIGKILL');
      }, captureMs);
      child.send(paths[at]!);
    };
    child.on('message', (endured: Endured) => {
      note(endured, paths[at]!, result);
      at += 1;
      ask();
    });
    child.once('error', (error) => {
      reason = error.message;
    });
    // Not 'close': it does not come after a disconnect from here.
    child.once('exit', () => {
      clearTimeout(timer);
      if (at < paths.length) result.failures.push({ path: paths[at]!, message: reason });
      resolve(at + 1);
    });
    ask();
  });
}

function note(endured: Endured, path: string, result: Robustness): void {
  result.captures += 1;
  result.packets += endured.packets;
  result.slowest.push({ path, tookMs: endured.tookMs, packets: endured.packets });
  if (endured.error !== undefined) result.errors.push({ path, message: endured.error });
  if (endured.failure !== undefined) result.failures.push({ path, message: endured.failure });
}
