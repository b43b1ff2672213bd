import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../protocol/base/files.js';
import { attachedParts, dayOf } from './damage.js';
import { TABLE } from './table.js';

/** No collector was away for so long; one whose clock says so has a wrong clock. */
const AWAY_DAYS_MAX = 35;
const DAY_MS = 86_400_000;
/** As the engine writes it: each clause has a line of its own. */
const TTL_LINE = /\nTTL [^\n]*(?=\n)/;

/**
 * The engine throws away by its clock, at once when it opens the table, and cannot take it back: a clock that jumped by
 * years would cost everything. When it is far ahead of the newest part, the table of a stopped engine is told to keep
 * all; it is told its retention again at the next start at which the clock can be believed.
 * @param folder of the engine, which must not be running
 * @returns by how many days the clock is ahead, when nothing is thrown away for that
 */
export function holdRetention(folder: string, nowMs: number): number | undefined {
  const store = join(folder, 'store');
  const days = attachedParts(store).map((part) => Date.parse(dayOf(part)));
  const awayDays = Math.floor((nowMs - Math.max(...days)) / DAY_MS);
  if (days.length === 0 || awayDays <= AWAY_DAYS_MAX) return undefined;
  for (const file of definitionsIn(store)) {
    const text = readFileSync(file, 'utf8');
    if (TTL_LINE.test(text)) replaceFile(file, text.replace(TTL_LINE, ''), 0o600);
  }
  return awayDays;
}

/** `store/abc/abcdef…/records.sql`: where the engine keeps what it knows of a table. */
function definitionsIn(store: string): string[] {
  return foldersIn(store)
    .flatMap(foldersIn)
    .map((database) => join(database, `${TABLE}.sql`))
    .filter(existsSync);
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
