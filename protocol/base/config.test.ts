import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig, maskSecrets } from './config.js';

const Schema = Type.Object(
  {
    name: Type.String(),
    port: Type.Integer({ default: 80, minimum: 1, maximum: 65_535 }),
    inner: Type.Object(
      { ms: Type.Integer({ default: 5 }), path: Type.Optional(Type.String()) },
      { additionalProperties: false, default: {} },
    ),
  },
  { additionalProperties: false },
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const file = join(folder, 'config.json');
  writeFileSync(file, text);
  return file;
}

test('the command line wins over the file, and the file over the defaults, at every depth', () => {
  const file = fileWith('{"name":"file","inner":{"ms":6,"path":"p"}}');
  expect(loadConfig(Schema, { file, overrides: { name: 'line', inner: { ms: 7 } } })).toEqual({
    name: 'line',
    port: 80,
    inner: { ms: 7, path: 'p' },
  });
});

test('the value is frozen to its depth', () => {
  const value = loadConfig(Schema, { overrides: { name: 'n' } });
  expect(() => Object.assign(value.inner, { ms: 1 })).toThrow(TypeError);
});

test.each([
  ['a missing key', '{}', /name is missing/],
  ['an unknown key', '{"name":"n","prot":1}', /prot is not a known key/],
  ['an unknown inner key', '{"name":"n","inner":{"mss":1}}', /inner\.mss is not a known key/],
  ['a value out of bounds', '{"name":"n","port":0}', /port must be >= 1/],
  ['text that is no JSON', '{', /is not JSON/],
])('%s is named', (_name, text, message) => {
  expect(() => loadConfig(Schema, { file: fileWith(text) })).toThrow(message);
});

test('a file that cannot be read is said so', () => {
  expect(() => loadConfig(Schema, { file: join(folder, 'none') })).toThrow(/could not read/);
});

test('a hostile key changes no prototype', () => {
  const file = fileWith('{"name":"n","__proto__":{"port":1}}');
  expect(() => loadConfig(Schema, { file })).toThrow(/not a known key/);
  expect(({} as { port?: number }).port).toBeUndefined();
});

test('secrets are masked wherever they are', () => {
  expect(maskSecrets({ a: [{ apiToken: 'x' }], password: 'y', name: 'n' })).toEqual({
    a: [{ apiToken: '***' }],
    password: '***',
    name: 'n',
  });
});
