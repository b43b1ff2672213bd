import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** A part of the table: `20261125_1_7_2`, its day, first and last block, and how often it was merged. */
export interface Part {
  readonly name: string;
  readonly path: string;
  readonly day: string;
  readonly first: number;
  readonly last: number;
  readonly level: number;
}

/** What could not be read, and is not in the table any more. */
export interface Damage {
  readonly day: string;
  /** Undefined when that is not known either. */
  readonly rows: number | undefined;
  /** Where it lies now. */
  readonly path: string;
}

const PART = /^(?:broken(?:-on-start|-from-backup)?_)?((\d{8})_(\d+)_(\d+)_(\d+)(?:_\d+)?)$/;
const DEPTH_MAX = 6;
const ROWS_MAX = 1e12;

export function partOf(path: string, name: string): Part | undefined {
  const match = PART.exec(name);
  if (match === null) return undefined;
  const [, plain = '', day = '', first, last, level] = match;
  return { name: plain, path, day, first: Number(first), last: Number(last), level: Number(level) };
}

/** Parts that lie anywhere below a folder. */
export function findParts(folder: string, depth = 0): Part[] {
  if (depth > DEPTH_MAX || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const path = join(folder, entry.name);
    const part = partOf(path, entry.name);
    return part === undefined ? findParts(path, depth + 1) : [part];
  });
}

/** The same without those that the engine has put aside itself. */
export function attachedParts(folder: string): Part[] {
  return findParts(folder).filter(({ path }) => !path.includes('/detached/'));
}

/** As `2026-11-25`. */
export function dayOf({ day }: Pick<Part, 'day'>): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

/** Whether all rows of one part are in the other as well: it is what several were merged into. */
export function covers(whole: Part, part: Part): boolean {
  return whole.day === part.day && whole.first <= part.first && whole.last >= part.last && whole.level >= part.level;
}

/** Takes a part that cannot be read out of the engine's way. What it is of is told once. */
export function setAside(part: Part, folder: string): Damage {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let path = join(folder, part.name);
  for (let count = 1; existsSync(path); count++) path = join(folder, `${part.name}.${count}`);
  renameSync(part.path, path);
  return { day: part.day, rows: rowsOf(path), path };
}

function rowsOf(path: string): number | undefined {
  try {
    const text = readFileSync(join(path, 'count.txt'), 'utf8').trim();
    const rows = /^\d{1,12}$/.test(text) ? Number(text) : undefined;
    return rows !== undefined && rows < ROWS_MAX ? rows : undefined;
  } catch {
    return undefined;
  }
}
