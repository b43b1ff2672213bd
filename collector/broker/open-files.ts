import { readFileSync } from 'node:fs';

/** For the store, the state, people at the console and the gate. */
const FILES_RESERVED = 512;

/** How many files this process may have open, proc(5). Node has raised it to what the system allows. Undefined: not known. */
export function openFilesMax(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** Each connection is an open file: how many there can be. */
export function connectionsFor(filesMax: number | undefined, wanted: number): number {
  return filesMax === undefined ? wanted : Math.min(wanted, Math.max(1, filesMax - FILES_RESERVED));
}
