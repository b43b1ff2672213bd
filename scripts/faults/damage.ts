import { closeSync, openSync, readdirSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pick } from './random.js';

const SIZE_MAX = 4_096;

/**
 * What a power cut or a bad card leaves of a file: cut, a range of zeros, or a range of anything.
 * @returns what was done, in words; undefined when there is no file to damage
 */
export function damageSome(
  folder: string,
  random: () => number,
  isChosen: (path: string) => boolean = () => true,
): string | undefined {
  const files = filesBelow(folder).filter((path) => isChosen(path) && statSync(path).size > 0);
  if (files.length === 0) return undefined;
  const path = pick(random, files);
  const { size } = statSync(path);
  const at = Math.floor(random() * size);
  const what = `${path.slice(folder.length + 1)} at ${at} of ${size}`;
  const kind = pick(random, ['cut', 'zeros', 'garbled'] as const);
  if (kind === 'cut') {
    truncateSync(path, at);
    return `cut ${what}`;
  }
  const length = Math.min(size - at, 1 + Math.floor(random() * SIZE_MAX));
  const bytes = Buffer.from(Array.from({ length }, () => (kind === 'zeros' ? 0 : Math.floor(random() * 256))));
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, length, at);
  closeSync(file);
  return `${kind} ${what}, ${length} bytes`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
