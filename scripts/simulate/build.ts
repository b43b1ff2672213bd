import { execFileSync } from 'node:child_process';
import { ROOT } from '../../protocol/base/place.js';

/** Our programs as they are installed, from the sources of now: what runs through tsx takes longer to start and to run. */
export function buildPrograms(): void {
  execFileSync('npx', ['vite', 'build', '--config', 'scripts/programs.vite.ts', '--logLevel', 'error'], { cwd: ROOT });
}
