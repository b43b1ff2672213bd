import { readFileSync } from 'node:fs';

/** Linux gives each run of the machine an id: it tells a power cut from a killed process. */
export function machineBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
