import { readFileSync } from 'node:fs';

/** What Linux says of processes (proc_pid(5)). */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Whether it runs: not gone, and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** The child whose command line holds a text. */
export function childOf(pid: number | undefined, text: string): number | undefined {
  return childrenOf(pid ?? 0).find((child) => commandLineOf(child).includes(text));
}

/** Resident, and the most it ever was, in bytes. */
export function memoryOf(pid: number): { bytes: number; bytesMax: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { bytes: kib('VmRSS') * 1_024, bytesMax: kib('VmHWM') * 1_024 };
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
