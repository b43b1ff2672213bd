import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';

/** One thing that happens to a folder of LevelDB's while nobody has it open. `file` and `other` choose among what is there. */
export type Harm =
  | { kind: 'cut'; file: number; at: number }
  | { kind: 'fill'; file: number; at: number; bytes: Uint8Array }
  | { kind: 'zeros'; file: number; at: number; length: number }
  | { kind: 'remove'; file: number }
  | { kind: 'swap' | 'duplicate' | 'rename'; file: number; other: number; name: string }
  | { kind: 'folder' | 'link' | 'pipe' | 'empty'; name: string; target: string }
  | { kind: 'text'; name: string; bytes: Uint8Array }
  | { kind: 'sparse'; name: string }
  | { kind: 'kind-gone'; name: string }
  | { kind: 'place'; as: 'file' | 'dangling' | 'nothing' | 'full-of-folders' };

const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const file = fc.nat(50);
/** What LevelDB calls its files, and what resembles that. */
const name = fc.oneof(
  fc.constantFrom('CURRENT', 'LOCK', 'LOG', 'LOG.old', 'lost', 'MANIFEST-000002', 'MANIFEST-999999', '000003.log'),
  fc.constantFrom('999999.log', '000005.ldb', '999999.ldb', '000004.sst', '000007.dbtmp', 'CURRENT.bak', '-1.log'),
  fc.constantFrom('18446744073709551615.log', 'a\nb', '\u{1f4a5}.ldb', 'x'.repeat(250), '%00', '...', ' '),
);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 600 });
const targets = fc.constantFrom('nowhere', '/etc/passwd', '/dev/zero', 'CURRENT', '.', '/proc/self/mem');
const texts = fc.constantFrom(
  'MANIFEST-999999\n',
  'MANIFEST-000002',
  '../../etc/passwd\n',
  '\n',
  '000003.log\n',
  '/\n',
);

export const harms: fc.Arbitrary<Harm> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cut' as const), file, at: part }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fill' as const), file, at: part, bytes }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('zeros' as const), file, at: part, length: fc.nat(40_000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), file }) },
  fc.record({
    kind: fc.constantFrom('swap' as const, 'duplicate' as const, 'rename' as const),
    file,
    other: file,
    name,
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('folder' as const, 'link' as const, 'pipe' as const, 'empty' as const),
      name,
      target: targets,
    }),
  },
  fc.record({ kind: fc.constant('text' as const), name, bytes }),
  fc.record({
    kind: fc.constant('text' as const),
    name: fc.constant('CURRENT'),
    bytes: texts.map((t) => Buffer.from(t)),
  }),
  fc.record({ kind: fc.constant('sparse' as const), name }),
  fc.record({ kind: fc.constant('kind-gone' as const), name: fc.constantFrom('ldb', 'log', 'MANIFEST', 'CURRENT') }),
  fc.record({
    kind: fc.constant('place' as const),
    as: fc.constantFrom('file' as const, 'dangling' as const, 'nothing' as const, 'full-of-folders' as const),
  }),
);

const SPARSE_BYTES = 2 ** 42;
const COPIED_BYTES_MAX = 2 ** 24;

/** Does it to the folder, as far as there is something to do it to. */
export function doHarm(folder: string, harm: Harm): void {
  if (harm.kind === 'place') harmPlace(folder, harm.as);
  else if (existsSync(folder) && statSync(folder).isDirectory()) harmInside(folder, harm);
}

function harmInside(folder: string, harm: Exclude<Harm, { kind: 'place' }>): void {
  const files = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile());
  if ('file' in harm) {
    const path = files[harm.file % Math.max(files.length, 1)];
    if (path !== undefined) harmFile(path, harm, files);
  } else if (harm.kind === 'kind-gone') {
    for (const path of files) if (basename(path).includes(harm.name)) rmSync(path);
  } else putThere(join(folder, harm.name), harm);
}

function harmFile(path: string, harm: Extract<Harm, { file: number }>, files: readonly string[]): void {
  const { size } = statSync(path);
  // A huge sparse file is no interesting place for a scratch near its end.
  const at = 'at' in harm ? Math.floor(harm.at * Math.min(size, 2 ** 20)) : 0;
  if (harm.kind === 'cut') truncateSync(path, at);
  else if (harm.kind === 'fill') overwrite(path, at, harm.bytes.subarray(0, size - at));
  else if (harm.kind === 'zeros') overwrite(path, at, Buffer.alloc(Math.min(harm.length, size - at)));
  else if (harm.kind === 'remove') rmSync(path);
  else {
    const other = files[harm.other % files.length]!;
    if (harm.kind === 'rename') moveOver(path, join(path, '..', harm.name));
    else if (harm.kind === 'duplicate') copyOver(path, other === path ? join(path, '..', harm.name) : other);
    else if (other !== path) {
      renameSync(path, `${path}.swap`);
      renameSync(other, path);
      renameSync(`${path}.swap`, other);
    }
  }
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

const clear = (path: string): void => rmSync(path, { recursive: true, force: true });

function moveOver(from: string, to: string): void {
  if (from === to) return;
  clear(to);
  renameSync(from, to);
}

function copyOver(from: string, to: string): void {
  if (from === to || statSync(from).size > COPIED_BYTES_MAX) return;
  clear(to);
  copyFileSync(from, to);
}

function putThere(path: string, harm: Exclude<Harm, { file: number } | { kind: 'place' | 'kind-gone' }>): void {
  clear(path);
  if (harm.kind === 'folder') {
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), 'x');
  } else if (harm.kind === 'link') symlinkSync(harm.target, path);
  else if (harm.kind === 'pipe') execFileSync('mkfifo', [path]);
  else if (harm.kind === 'empty') writeFileSync(path, '');
  else if (harm.kind === 'text') writeFileSync(path, harm.bytes);
  else {
    const file = openSync(path, 'w');
    ftruncateSync(file, SPARSE_BYTES);
    closeSync(file);
  }
}

function harmPlace(folder: string, as: 'file' | 'dangling' | 'nothing' | 'full-of-folders'): void {
  clear(folder);
  if (as === 'file') writeFileSync(folder, 'a file');
  else if (as === 'dangling') symlinkSync('nowhere/at/all', folder);
  else if (as === 'full-of-folders')
    for (const name of ['CURRENT', 'LOCK', 'LOG', 'MANIFEST-000001', '000001.log', '000002.ldb', 'lost'])
      mkdirSync(join(folder, name, 'deep'), { recursive: true });
}
