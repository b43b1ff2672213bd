import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { IDS_MAX, Ledger } from './ledger.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const open = (nowMs = 0): Ledger => new Ledger(folder, nowMs, silentLogger);

test('a command that came is known after a kill', () => {
  expect(open().remember('a', 100, 0)).toBe(true);
  expect(open().flaw('a', 0)).toBe('known');
  expect(open().flaw('b', 0)).toBeUndefined();
});

test('when it cannot be read, commands from before are refused, those from after are not', () => {
  open().remember('a', 100, 0);
  writeFileSync(join(folder, 'commands.json'), '{"ids":[["a"');
  const ledger = open(1_000);
  expect(ledger.flaw('a', 999)).toBe('forgotten');
  expect(open(5_000).flaw('a', 999)).toBe('forgotten');
  expect(ledger.flaw('b', 1_000)).toBeUndefined();
});

test('when it is full, nothing is forgotten that may come again', () => {
  const ids = Array.from({ length: IDS_MAX }, (_, index) => [`i${index}`, 1_000] as const);
  writeFileSync(join(folder, 'commands.json'), JSON.stringify({ notBefore: 0, ids, replies: [] }));
  const ledger = open();
  expect(ledger.remember('more', 2_000, 1_000)).toBe(false);
  expect(ledger.remember('more', 2e9, 1_001 + 86_400_000)).toBe(true);
});
