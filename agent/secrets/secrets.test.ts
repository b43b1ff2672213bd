import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setSecret } from './command.js';
import { Secrets } from './secrets.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TEXT = 'himitsu-42';

test('a secret comes back as it was given, and is nowhere on the disk as it is', async () => {
  await setSecret(folder, 'ups', Readable.from([Buffer.from(`${TEXT}\n`)]));
  expect(new Secrets(folder).get('ups')).toBe(TEXT);
  expect(new Secrets(folder).texts()).toEqual([TEXT]);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(folder, file)).isDirectory()) continue;
    expect(readFileSync(join(folder, file), 'utf8')).not.toContain(TEXT);
    expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
  }
});

test('the same secret looks different each time', () => {
  const secrets = new Secrets(folder);
  secrets.set('a', TEXT);
  const first = readFileSync(join(folder, 'secrets/a.sealed'), 'utf8');
  secrets.set('a', TEXT);
  expect(readFileSync(join(folder, 'secrets/a.sealed'), 'utf8')).not.toBe(first);
});

test('a file that was renamed, changed or cut does not open, and the refusal does not quote it', () => {
  const secrets = new Secrets(folder);
  secrets.set('a', TEXT);
  const file = join(folder, 'secrets/a.sealed');
  const text = readFileSync(file, 'utf8');
  renameSync(file, join(folder, 'secrets/b.sealed'));
  expect(() => secrets.get('b')).toThrow('sealed under another key');
  for (const wrong of [text.slice(0, -20), text.replace('"data":"', '"data":"AAAA'), '{}', TEXT]) {
    writeFileSync(file, wrong);
    expect(() => secrets.get('a')).toThrow(expect.not.objectContaining({ message: expect.stringContaining(TEXT) }));
  }
});

test('a key that others can read, or that is gone, opens nothing and is not made anew', () => {
  const secrets = new Secrets(folder);
  secrets.set('a', TEXT);
  chmodSync(join(folder, 'secrets.key'), 0o644);
  expect(() => secrets.get('a')).toThrow('chmod 600');
  rmSync(join(folder, 'secrets.key'));
  expect(() => secrets.get('a')).toThrow('is missing');
  expect(() => secrets.set('b', TEXT)).toThrow('is missing');
});

test('names that lead elsewhere, empty, long and many-lined secrets are refused', async () => {
  const secrets = new Secrets(folder);
  for (const name of ['../x', 'A', '', 'a/b', 'a'.repeat(64)]) expect(() => secrets.set(name, TEXT)).toThrow('name');
  for (const text of ['', 'a\nb', 'x'.repeat(1_025)]) expect(() => secrets.set('a', text)).toThrow('one line');
  await expect(setSecret(folder, 'a', Readable.from(['x'.repeat(5_000)]))).rejects.toThrow('too long');
  expect(secrets.names()).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)('what root sets belongs to the owner of the data folder', () => {
  chownSync(folder, 65_534, 65_534);
  new Secrets(folder).set('a', TEXT);
  for (const path of ['secrets', 'secrets/a.sealed', 'secrets.key'])
    expect([path, statSync(join(folder, path)).uid]).toEqual([path, 65_534]);
});

test('what is removed is gone', () => {
  const secrets = new Secrets(folder);
  secrets.set('a', TEXT);
  expect([secrets.remove('a'), secrets.remove('a'), secrets.get('a')]).toEqual([true, false, undefined]);
});
