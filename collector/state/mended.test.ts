import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { State } from './state.js';
import { withState } from './testing/with-state.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function filled(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-state-'));
  folders.push(folder);
  const place = join(folder, 'state');
  for (let run = 0; run < 3; run++) {
    await withState(place, (state) => state.tables.doneMarks.put(`lane-${run}`, { seq: run }));
  }
  return place;
}

const ofKind = (place: string, kind: RegExp): string[] =>
  readdirSync(place)
    .filter((name) => kind.test(name))
    .map((name) => join(place, name));

test.each([
  [
    'the manifest is zero-filled',
    /^MANIFEST/,
    (file: string) => writeFileSync(file, Buffer.alloc(readFileSync(file).length)),
  ],
  ['the manifest is cut short', /^MANIFEST/, (file: string) => truncateSync(file, 20)],
  ['CURRENT points elsewhere', /^CURRENT$/, (file: string) => writeFileSync(file, 'MANIFEST-999999\n')],
  ['CURRENT is garbled', /^CURRENT$/, (file: string) => writeFileSync(file, Buffer.from([0, 255, 1]))],
  ['CURRENT is gone', /^CURRENT$/, (file: string) => rmSync(file)],
  ['the log is garbled', /\.log$/, (file: string) => writeFileSync(file, Buffer.alloc(500, 7))],
  ['tables are garbled', /\.ldb$/, (file: string) => writeFileSync(file, Buffer.alloc(500, 7))],
  ['tables are gone', /\.ldb$/, (file: string) => rmSync(file)],
])('it opens and takes more when %s', async (_how, kind, harm) => {
  const place = await filled();
  for (const file of ofKind(place, kind)) harm(file);
  await withState(place, async (state) => {
    await state.tables.doneMarks.put('lane-9', { seq: 9 });
    expect((await state.tables.doneMarks.list()).map(([key]) => key)).toContain('lane-9');
  });
});

test('a database without its root is repaired, not begun anew', async () => {
  const place = await filled();
  for (const file of ofKind(place, /^CURRENT$/)) rmSync(file);
  await withState(place, async (state) => {
    expect(state.mended?.how).toBe('repaired');
    expect(await state.tables.doneMarks.list()).toHaveLength(3);
  });
});

test('what was whole is there after a repair, and it is said that there was one', async () => {
  const place = await filled();
  for (const file of ofKind(place, /^MANIFEST/)) writeFileSync(file, Buffer.alloc(50));
  await withState(place, async (state) => {
    expect(state.mended?.how).toBe('repaired');
    expect(await state.tables.doneMarks.list()).toHaveLength(3);
  });
});

test('a database that another one uses is not touched', async () => {
  const place = await filled();
  await withState(place, async () => {
    await expect(new State(place).start()).rejects.toMatchObject({ code: 'STATE_OPEN_FAILED' });
  });
  await withState(place, async (state) => {
    expect(state.mended).toBeUndefined();
    expect(await state.tables.doneMarks.list()).toHaveLength(3);
  });
});

test('while it is tried a file beside it says so; whoever finds it has it looked at by another process first', async () => {
  const place = await filled();
  const trial = `${place}.trial`;
  await withState(place, async () => expect(existsSync(trial)).toBe(true));
  expect(existsSync(trial)).toBe(false);
  writeFileSync(trial, 'state');
  for (const file of ofKind(place, /\.ldb$/)) writeFileSync(file, readFileSync(file).fill(0, 0, 40));
  await withState(place, async (state) => {
    expect(state.mended?.why).toMatch(/look ended by|orrupt|JSON|sstable|block/);
    await state.tables.doneMarks.put('lane-9', { seq: 9 });
  });
});
