import { writeFileSync } from 'node:fs';
import type { Programs } from '../../test/support/programs.js';

/** Linux gives each run of the machine an id; this command lets a program believe in another one. Needs a mount namespace. */
export function newMachineRun(programs: Programs, number: number): string[] {
  const file = programs.path('boot_id');
  writeFileSync(file, `00000000-0000-0000-0000-${String(number * 2).padStart(12, '0')}\n`);
  const mount = `mount --bind ${file} /proc/sys/kernel/random/boot_id && exec "$@"`;
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh'];
}
