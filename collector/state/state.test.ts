import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLevel } from 'memory-level';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { State } from './state.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-state-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const places = {
  'on disk': () => join(folder, String(count++)),
  'in memory': () => new MemoryLevel<string, string>(),
};

describe.each(Object.entries(places))('state %s', (_name, makePlace) => {
  let state: State;
  beforeEach(async () => {
    state = new State(makePlace());
    await state.start();
  });
  afterEach(() => state.close());

  const company = (id: string) => ({ id, name: `name of ${id}`, created: '2026-11-23T00:00:00.000Z' });

  test('a value comes back, and is gone after its deletion', async () => {
    await state.tables.companies.put('a', company('a'));
    expect(await state.tables.companies.get('a')).toEqual(company('a'));
    await state.tables.companies.delete('a');
    expect(await state.tables.companies.get('a')).toBeUndefined();
  });

  test('only the first of two takes an absent key', async () => {
    const both = await Promise.all([1, 2].map(() => state.tables.companies.putIfAbsent('a', company('a'))));
    expect(both).toEqual([true, false]);
  });

  test('concurrent changes do not lose one another', async () => {
    await state.tables.doneMarks.put('k', { seq: 0 });
    await Promise.all(
      Array.from({ length: 20 }, () => state.tables.doneMarks.update('k', ({ seq }) => ({ seq: seq + 1 }))),
    );
    expect(await state.tables.doneMarks.get('k')).toEqual({ seq: 20 });
  });

  test('tables do not see each other, and lists are in the order of keys', async () => {
    await state.tables.companies.put('b', company('b'));
    await state.tables.companies.put('a', company('a'));
    await state.tables.sites.put('s', { id: 's', company: 'a', name: 's', created: '' });
    expect((await state.tables.companies.list()).map(([key]) => key)).toEqual(['a', 'b']);
    expect((await state.tables.companies.list({ reverse: true, limit: 1 })).map(([key]) => key)).toEqual(['b']);
    expect((await state.tables.companies.list({ prefix: 'b' })).map(([key]) => key)).toEqual(['b']);
  });
});

test('a second collector on the same folder is told so', async () => {
  const place = join(folder, 'shared');
  const first = new State(place);
  await first.start();
  await expect(new State(place).start()).rejects.toMatchObject({
    code: 'STATE_OPEN_FAILED',
    message: expect.stringContaining('another collector'),
  });
  await first.close();
});
