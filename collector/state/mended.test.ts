import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
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

/** As one from before there was a journal, or one whose journal is lost as well. */
const withoutJournal = (place: string): void => rmSync(`${place}.journal`, { recursive: true });

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
    const keys = (await state.tables.doneMarks.list()).map(([key]) => key);
    expect(keys).toEqual(['lane-0', 'lane-1', 'lane-2', 'lane-9']);
  });
  await withState(place, async (state) => {
    expect(state.mended).toBeUndefined();
    expect(await state.tables.doneMarks.list()).toHaveLength(4);
  });
});

test('without a journal a database without its root is repaired, not begun anew', async () => {
  const place = await filled();
  withoutJournal(place);
  for (const file of ofKind(place, /^CURRENT$/)) rmSync(file);
  await withState(place, async (state) => {
    expect(state.mended?.how).toBe('repaired');
    expect(await state.tables.doneMarks.list()).toHaveLength(3);
  });
});

test('without a journal what was whole is there after a repair, and it is said that there was one', async () => {
  const place = await filled();
  withoutJournal(place);
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

/** More than may have been on their way when a process ended. */
const MANY = 100;

async function change(place: string, count: number): Promise<void> {
  await withState(place, async ({ tables }) => {
    for (let seq = 0; seq < count; seq++) await tables.doneMarks.put(`more-${seq}`, { seq });
  });
}

test('what is older than it was comes back as it was written, and who was deleted stays deleted', async () => {
  const place = await filled();
  cpSync(place, `${place}-old`, { recursive: true });
  await change(place, MANY);
  await withState(place, ({ tables }) => tables.doneMarks.delete('lane-1'));
  rmSync(place, { recursive: true });
  renameSync(`${place}-old`, place);
  await withState(place, async (state) => {
    expect(state.mended?.how).toBe('completed');
    expect(existsSync(state.mended!.aside!)).toBe(true);
    expect(await state.tables.doneMarks.get('lane-1')).toBeUndefined();
    expect(await state.tables.doneMarks.list()).toHaveLength(MANY + 2);
  });
  await withState(place, async (state) => expect(state.mended).toBeUndefined());
});

test('a change that was on its way into the database when the process ended is made, and nothing is told', async () => {
  const place = await filled();
  cpSync(place, `${place}-old`, { recursive: true });
  await withState(place, ({ tables }) => tables.doneMarks.put('last', { seq: 9 }));
  rmSync(place, { recursive: true });
  renameSync(`${place}-old`, place);
  await withState(place, async (state) => {
    expect(state.mended).toBeUndefined();
    expect(await state.tables.doneMarks.get('last')).toEqual({ seq: 9 });
  });
});

function intoFolder(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

test.each([
  ['cut', (file: string) => truncateSync(file, statSync(file).size - 30)],
  ['empty', (file: string) => truncateSync(file, 0)],
  ['gone', (file: string) => rmSync(file)],
  ['garbled', (file: string) => writeFileSync(file, Buffer.alloc(500, 7))],
  ['a folder', intoFolder],
])('a journal that is %s takes nothing away and is made anew', async (_how, harm) => {
  for (const kind of [/^journal/, /^snapshot/]) {
    const place = await filled();
    await change(place, 3);
    const journal = `${place}.journal`;
    for (const file of ofKind(journal, kind)) harm(file);
    await withState(place, async (state) => {
      expect(state.mended?.how).toBe('copied');
      expect(await state.tables.doneMarks.list()).toHaveLength(6);
      await state.tables.doneMarks.put('lane-9', { seq: 9 });
    });
    for (const file of ofKind(place, /./)) writeFileSync(file, Buffer.alloc(50));
    await withState(place, async (state) => {
      expect(state.mended?.how).toBe('rebuilt');
      expect(await state.tables.doneMarks.list()).toHaveLength(7);
    });
  }
});

test('something else in the place of the journal is put aside', async () => {
  const place = await filled();
  rmSync(`${place}.journal`, { recursive: true });
  writeFileSync(`${place}.journal`, 'something else');
  await withState(place, async (state) => expect(state.mended?.how).toBe('copied'));
  await withState(place, async (state) => expect(state.mended).toBeUndefined());
});

test('a journal that cannot be written takes nothing from the database, and is told', async () => {
  const place = await filled();
  rmSync(`${place}.journal`, { recursive: true });
  symlinkSync('/proc/nowhere/at/all', `${place}.journal`);
  await expect(new State(place).start()).rejects.toMatchObject({ code: 'STATE_OPEN_FAILED' });
  rmSync(`${place}.journal`);
  await withState(place, async (state) => {
    expect(state.mended?.how).toBe('copied');
    expect(await state.tables.doneMarks.list()).toHaveLength(3);
  });
});

test('a state from before there was a journal gets one, and nothing is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-state-'));
  folders.push(folder);
  const place = join(folder, 'state');
  const old = new Level<string, string>(place);
  await old.put('company/a', '{"id":"a"}');
  await old.close();
  await withState(place, async (state) => expect(state.mended).toBeUndefined());
  for (const file of ofKind(place, /./)) writeFileSync(file, Buffer.alloc(50));
  await withState(place, async (state) => {
    expect(state.mended?.how).toBe('rebuilt');
    expect(await state.tables.companies.list()).toHaveLength(1);
  });
});

test('a journal that has grown long is begun anew while changes go on, and keeps all of them', async () => {
  const place = await filled();
  const name = 'x'.repeat(100_000);
  const contact = (id: number) => ({ id: `c${id}`, name, created: '' });
  await withState(place, async ({ tables }) => {
    for (let id = 0; id < 120; id++)
      await Promise.all([
        tables.companies.put(`c${id % 40}`, contact(id)),
        tables.doneMarks.put(`m${id}`, { seq: id }),
        ...(id % 10 === 0 ? [tables.doneMarks.delete(`m${id - 5}`)] : []),
      ]);
  });
  expect(Math.max(...readdirSync(`${place}.journal`).map((file) => Number(file.split('-')[1])))).toBeGreaterThan(1);
  const expected = await withState(place, async (state) => [
    await state.tables.companies.list(),
    await state.tables.doneMarks.list(),
  ]);
  for (const file of ofKind(place, /./)) writeFileSync(file, Buffer.alloc(50));
  await withState(place, async (state) => {
    expect(state.mended?.how).toBe('rebuilt');
    expect([await state.tables.companies.list(), await state.tables.doneMarks.list()]).toEqual(expected);
  });
});
