import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, readLines } from './journal-lines.js';

/** An entry, or that there is none any more, and by which change; 0: by the snapshot. */
export type Entry = readonly [key: string, value: string | undefined, change: number];

/** What the journal says the state is. */
export interface Account {
  /** The last change that it knows. Changes are numbered from 1. */
  readonly last: number;
  /** Of the newest journal file, and how much of it can be read. */
  readonly number: number;
  readonly endBytes: number;
  /** Of what is read at a start. */
  readonly bytes: number;
  /** Something behind the last change cannot be read. The end of a line that was being written does not count. */
  readonly isCut: boolean;
  /** In the order of the database. */
  entries(): AsyncGenerator<Entry>;
}

export const snapshotFile = (folder: string, number: number): string => join(folder, `snapshot-${number}`);
export const journalFile = (folder: string, number: number): string => join(folder, `journal-${number}`);

/** First and last line of a snapshot. */
export const headOf = (last: number) => ({ v: 1, last });
export const tailOf = (entries: number) => ({ end: entries });

/** The snapshots or journals in a folder, the lowest number first. */
export function filesOf(folder: string, kind: 'snapshot' | 'journal'): { number: number; isFile: boolean }[] {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => ({ number: Number(NAME.exec(entry.name)?.[2] ?? 0), isFile: entry.isFile(), name: entry.name }))
    .filter(({ name }) => NAME.exec(name)?.[1] === kind)
    .toSorted((a, b) => a.number - b.number);
}

const NAME = /^(snapshot|journal)-(\d{1,15})$/;

/** @returns undefined when there is no snapshot that is whole @throws NodeJS.ErrnoException */
export async function readAccount(folder: string): Promise<Account | undefined> {
  for (const { number, isFile } of filesOf(folder, 'snapshot').toReversed()) {
    if (!isFile) continue;
    const last = await checkSnapshot(snapshotFile(folder, number));
    if (last !== undefined) return follow(folder, number, last);
  }
  return undefined;
}

/** @returns the last change that is in it; undefined when it is not whole */
async function checkSnapshot(path: string): Promise<number | undefined> {
  let last: number | undefined;
  let lines = 0;
  for await (const { value } of readLines(path)) {
    if (lines === 0) last = numberIn(value, 'last');
    else if (!isEntry(value)) return numberIn(value, 'end') === lines - 1 ? last : undefined;
    lines += 1;
  }
  return undefined;
}

const isEntry = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');

function numberIn(value: unknown, name: 'last' | 'end'): number | undefined {
  const number = (value as Record<string, unknown> | null)?.[name];
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

/** The journals behind a snapshot, as far as they can be read. */
async function follow(folder: string, snapshot: number, from: number): Promise<Account> {
  const changed = new Map<string, Entry>();
  const journals = filesOf(folder, 'journal').filter(({ number }) => number >= snapshot);
  let [last, number, endBytes, bytes] = [from, snapshot, 0, statSync(snapshotFile(folder, snapshot)).size];
  let isCut = false;
  for (const journal of journals) {
    isCut ||= journal.number !== number && journal.number !== number + 1;
    isCut ||= !journal.isFile;
    if (isCut) break;
    [number, endBytes] = [journal.number, 0];
    const path = journalFile(folder, number);
    for await (const { value, endBytes: end } of readLines(path)) {
      if (!isStep(value) || value[0] !== last + 1) break;
      const [n, changes] = value;
      for (const [key, text] of changes) changed.set(key, [key, text, n]);
      [last, endBytes] = [n, end];
    }
    isCut = await hasLine(path, endBytes);
    bytes += endBytes;
  }
  const entries = (): AsyncGenerator<Entry> => merge(readSnapshot(snapshotFile(folder, snapshot)), changed);
  return { last, number, endBytes, bytes, isCut, entries };
}

async function hasLine(path: string, start: number): Promise<boolean> {
  for await (const piece of createReadStream(path, { start }) as AsyncIterable<Buffer>)
    if (piece.includes('\n')) return true;
  return false;
}

const isStep = (value: unknown): value is [number, Change[]] =>
  Array.isArray(value) && Number.isSafeInteger(value[0]) && Array.isArray(value[1]) && value[1].every(Array.isArray);

async function* readSnapshot(path: string): AsyncGenerator<Entry> {
  for await (const { value } of readLines(path)) {
    if (isEntry(value)) yield [...value, 0];
  }
}

async function* merge(snapshot: AsyncIterable<Entry>, changed: ReadonlyMap<string, Entry>): AsyncGenerator<Entry> {
  const changes = [...changed.values()].toSorted(([a], [b]) => compareKeys(a, b));
  let index = 0;
  for await (const entry of snapshot) {
    while (index < changes.length && compareKeys(changes[index]![0], entry[0]) <= 0) yield changes[index++]!;
    if (!changed.has(entry[0])) yield entry;
  }
  yield* changes.slice(index);
}

/** As LevelDB does: by the bytes of UTF-8. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
