import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Vault } from './vault.js';
import { vaultSecret } from './vault-secret.js';

const root = mkdtempSync(join(tmpdir(), 'hinomi-vault-'));
afterAll(() => rmSync(root, { recursive: true }));
const key = { kind: 'key', bytes: Buffer.alloc(32, 1) } as const;
const PEM = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'v-'));
});

test('what is written comes back with the same secret, and lies nowhere in plain', () => {
  Vault.open(folder, key).write('a', PEM);
  expect(Vault.open(folder, key).read('a')).toBe(PEM);
  const secret = PEM.split('\n')[1]!;
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain(secret);
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  }
});

test('a passphrase opens it, and only that one', () => {
  Vault.open(folder, { kind: 'passphrase', text: 'correct horse battery' }).write('a', PEM);
  expect(Vault.open(folder, { kind: 'passphrase', text: 'correct horse battery' }).read('a')).toBe(PEM);
  const wrong = expect.objectContaining({ code: 'AUTHORITY_LOCKED', message: expect.stringMatching(/passphrase/) });
  expect(() => Vault.open(folder, { kind: 'passphrase', text: 'correct horse batterz' })).toThrow(wrong);
  expect(() => Vault.open(folder, key)).toThrow(wrong);
});

test('another key, a changed file and a key under another name are refused', () => {
  const vault = Vault.open(folder, key);
  vault.write('a', PEM);
  expect(() => Vault.open(folder, { kind: 'key', bytes: Buffer.alloc(32, 2) })).toThrow(/not the key file/);
  writeFileSync(join(folder, 'b.sealed'), readFileSync(join(folder, 'a.sealed')));
  expect(() => vault.read('b')).toThrow(/damaged/);
  const sealed = JSON.parse(readFileSync(join(folder, 'a.sealed'), 'utf8')) as { data: string };
  const data = Buffer.from(sealed.data, 'base64');
  data[3]! ^= 1;
  writeFileSync(join(folder, 'a.sealed'), JSON.stringify({ ...sealed, data: data.toString('base64') }));
  expect(() => vault.read('a')).toThrow(/damaged/);
});

test('a short tag is no tag', () => {
  const vault = Vault.open(folder, key);
  vault.write('a', PEM);
  const sealed = JSON.parse(readFileSync(join(folder, 'a.sealed'), 'utf8')) as { tag: string };
  const tag = Buffer.from(sealed.tag, 'base64').subarray(0, 4).toString('base64');
  writeFileSync(join(folder, 'a.sealed'), JSON.stringify({ ...sealed, tag }));
  expect(() => vault.read('a')).toThrow(/damaged/);
});

test('a plain key from before is taken in, also after a stop in between', () => {
  writeFileSync(join(folder, 'a.pem'), PEM);
  expect(Vault.open(folder, key).read('a')).toBe(PEM);
  expect(existsSync(join(folder, 'a.pem'))).toBe(false);
  writeFileSync(join(folder, 'a.pem'), PEM);
  expect(Vault.open(folder, key).read('a')).toBe(PEM);
  expect(existsSync(join(folder, 'a.pem'))).toBe(false);
});

test('a plain file that is no key, or another one, replaces nothing', () => {
  Vault.open(folder, key).write('a', PEM);
  const other = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  for (const text of ['nonsense', other]) {
    writeFileSync(join(folder, 'a.pem'), text);
    expect(() => Vault.open(folder, key).read('a')).toThrow();
    rmSync(join(folder, 'a.pem'));
  }
  expect(Vault.open(folder, key).read('a')).toBe(PEM);
});

test('keys whose vault is gone are not taken for none', () => {
  Vault.open(folder, key).write('a', PEM);
  rmSync(join(folder, 'vault.json'));
  expect(() => Vault.open(folder, key)).toThrow(/backup/);
  writeFileSync(join(folder, 'vault.json'), '{"v":1');
  expect(() => Vault.open(folder, key)).toThrow(/damaged/);
});

test('without a setting there is a key file beside the data folder, made once and for its owner alone', () => {
  const data = join(folder, 'collector');
  const first = vaultSecret({}, data, true);
  expect(statSync(`${data}.key`).mode & 0o777).toBe(0o600);
  expect(vaultSecret({}, data, true)).toEqual(first);
  expect(vaultSecret({}, data, false)).toEqual(first);
  rmSync(`${data}.key`);
  expect(() => vaultSecret({}, data, false)).toThrow(expect.objectContaining({ code: 'AUTHORITY_LOCKED' }));
});

test('a key file that others can read, or that is none, is refused', () => {
  const keyFile = join(folder, 'k');
  vaultSecret({ keyFile }, folder, true);
  chmodSync(keyFile, 0o644);
  expect(() => vaultSecret({ keyFile }, folder, false)).toThrow(/others can read.*chmod 600/);
  writeFileSync(keyFile, 'abc');
  chmodSync(keyFile, 0o600);
  expect(() => vaultSecret({ keyFile }, folder, false)).toThrow(/no key file/);
});

test('a passphrase comes from a file too; a short one, or two sources, are refused', () => {
  const passphraseFile = join(folder, 'p');
  writeFileSync(passphraseFile, 'correct horse battery\n', { mode: 0o600 });
  expect(vaultSecret({ passphraseFile }, folder, true)).toEqual({ kind: 'passphrase', text: 'correct horse battery' });
  expect(() => vaultSecret({ passphrase: 'short' }, folder, true)).toThrow(/12/);
  expect(() => vaultSecret({ passphrase: 'long enough it is', passphraseFile }, folder, true)).toThrow(/exclude/);
});
