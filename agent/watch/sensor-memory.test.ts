import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SensorMemory } from './sensor-memory.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-memory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what was learned is there for the next sensor, and nothing else is left', () => {
  const memory = new SensorMemory(folder);
  expect(memory.load()).toBeUndefined();
  memory.save(Buffer.from('{"version":1}'));
  memory.save(Buffer.from('{"version":2}'));
  expect(new SensorMemory(folder).load()).toEqual({ version: 2 });
  expect(readdirSync(folder)).toEqual(['sensor-memory.json']);
});

test('a damaged file, a huge one and a folder that is gone stop nobody', () => {
  const memory = new SensorMemory(folder);
  writeFileSync(join(folder, 'sensor-memory.json'), '{"version"');
  expect(memory.load()).toBeUndefined();
  writeFileSync(join(folder, 'sensor-memory.json'), `"${'x'.repeat(70_000)}"`);
  expect(memory.load()).toBeUndefined();
  memory.save(Buffer.alloc(70_000, 0x31));
  const gone = new SensorMemory(join(folder, 'gone'));
  gone.save(Buffer.from('1'));
  expect(gone.load()).toBeUndefined();
});
