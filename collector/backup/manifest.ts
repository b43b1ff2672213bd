import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CodedError } from '../../protocol/base/errors.js';

const MANIFEST_FILE = 'manifest.json';
/** By day, dataset and merge: a table of years has some thousand parts of a few files. */
const FILES_MAX = 1_000_000;

export const Manifest = Type.Object({
  v: Type.Literal(1),
  made: Type.String({ description: 'When the backup began: what came later may not be in it.' }),
  version: Type.String({ description: 'Of the collector.' }),
  rows: Type.Integer({ minimum: 0, description: 'Records.' }),
  stateEntries: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
  files: Type.Record(Type.String(), Type.String({ pattern: '^[0-9a-f]{64}$' }), {
    description: 'Path below the folder -> SHA-256.',
  }),
});
export type Manifest = Static<typeof Manifest>;
const checkManifest = Compile(Manifest);

/** Reads every file below the folder once. */
export async function describeFiles(folder: string): Promise<Pick<Manifest, 'files' | 'bytes' | 'rows'>> {
  const files: Record<string, string> = {};
  let bytes = 0;
  let rows = 0;
  for (const path of await listFiles(folder)) {
    if (path === MANIFEST_FILE) continue;
    const { digest, length } = await digestOf(join(folder, path));
    files[path] = digest;
    bytes += length;
    // What the engine says of each part of the table.
    if (path.endsWith('/count.txt') && !path.includes('.proj/'))
      rows += Number(await readFile(join(folder, path), 'utf8'));
  }
  return { files, bytes, rows };
}

/** Written last, and synced: a backup without it is none. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flush: true });
}

/**
 * Reads a backup's manifest, and every file that it names.
 * @throws BACKUP_DAMAGED
 */
export async function verifyBackup(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const found = await describeFiles(folder);
  for (const [path, digest] of Object.entries(manifest.files)) {
    if (found.files[path] === undefined) throw damaged(folder, `${path} is missing`);
    if (found.files[path] !== digest) throw damaged(folder, `${path} has changed`);
  }
  const more = Object.keys(found.files).find((path) => !Object.hasOwn(manifest.files, path));
  if (more !== undefined) throw damaged(folder, `${more} does not belong to it`);
  return manifest;
}

async function readManifest(folder: string): Promise<Manifest> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8'));
    if (checkManifest.Check(value)) return value as Manifest;
  } catch (error) {
    throw new CodedError('BACKUP_DAMAGED', `${folder} is no backup, or was not finished`, {}, { cause: error });
  }
  throw damaged(folder, 'its manifest is of another version');
}

function damaged(folder: string, what: string): CodedError {
  return new CodedError('BACKUP_DAMAGED', `the backup in ${folder} cannot be used: ${what}`);
}

async function digestOf(file: string): Promise<{ digest: string; length: number }> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
    length += (chunk as Buffer).length;
  }
  return { digest: hash.digest('hex'), length };
}

async function listFiles(folder: string, below = ''): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await listFiles(folder, path)));
    else if (entry.isFile()) paths.push(path);
    else throw damaged(folder, `${path} is no file`);
    if (paths.length > FILES_MAX) throw damaged(folder, 'it has too many files');
  }
  return paths.sort();
}

/** What was written is on the disk, not only in memory. */
export async function syncTree(folder: string): Promise<void> {
  for (const path of await listFiles(folder)) {
    const file = await open(join(folder, path), 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
