import { MemoryLevel } from 'memory-level';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { State } from '../state/state.js';
import { DeadLetters } from './dead-letters.js';
import { SENDER } from './testing/disk.js';

let nowMs: number;
let state: State;
let metrics: Registry;
const world = { clock: { now: () => nowMs, monotonic: () => nowMs }, random: Math.random, log: silentLogger };
const mad = { ...SENDER, agent: 'mad' };
const open = async (): Promise<DeadLetters> => {
  metrics = new Registry();
  const letters = new DeadLetters(state.tables.deadLetters, world, metrics);
  await letters.start();
  return letters;
};
const letter = (reason: string) => ({ reason, content: Buffer.from(reason) });
const reasons = async (letters: DeadLetters, agent?: string): Promise<string[]> =>
  (await letters.list({ agent, limit: 1_000 })).map(([, { reason }]) => reason);

beforeEach(async () => {
  nowMs = Date.parse('2026-11-25T00:00:00Z');
  state = new State(new MemoryLevel<string, string>());
  await state.start();
});
afterEach(() => state.close());

test('they are counted by agent, shown newest first, and all of that again after a restart', async () => {
  const letters = await open();
  for (const reason of ['a', 'b', 'c']) {
    nowMs += 1_000;
    await letters.add(reason === 'b' ? mad : SENDER, letter(reason));
  }
  for (const each of [letters, await open()]) {
    expect(await reasons(each)).toEqual(['c', 'b', 'a']);
    expect(await reasons(each, 'a1')).toEqual(['c', 'a']);
    expect(each.byAgent()).toEqual([
      { agent: 'a1', count: 2, newest: '2026-11-25T00:00:03.000Z' },
      { agent: 'mad', count: 1, newest: '2026-11-25T00:00:02.000Z' },
    ]);
    expect([each.count, each.countOf('a1'), each.countOf('nobody')]).toEqual([3, 2, 0]);
  }
  const text = await metrics.metrics();
  expect(text).toContain('hinomi_dead_letters 3');
  expect(text).toContain('hinomi_dead_letters_by_agent{agent="a1"} 2');
});

test('one is taken away, or all of an agent; what is not there is nobody', async () => {
  const letters = await open();
  for (const reason of ['a', 'b']) await letters.add(SENDER, letter(reason));
  await letters.add(mad, letter('m'));
  const [id] = (await letters.list({ agent: 'a1', limit: 1 }))[0]!;
  expect((await letters.get(id))?.reason).toBe('b');
  expect([await letters.remove(id), await letters.remove(id), await letters.remove('__proto__')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([await letters.removeOf('mad'), await letters.removeOf('mad')]).toEqual([1, 0]);
  expect(await reasons(letters)).toEqual(['a']);
  expect(letters.byAgent().map(({ agent }) => agent)).toEqual(['a1']);
});

test('a box gone mad pushes out its own, not those of others', async () => {
  const letters = await open();
  await letters.add(SENDER, letter('mine'));
  for (let i = 0; i < 1_005; i++) await letters.add(mad, letter(`m${i}`));
  expect([letters.countOf('mad'), letters.countOf('a1')]).toEqual([1_000, 1]);
  expect((await reasons(letters, 'mad')).at(-1)).toBe('m5');
});

test('they come in pages, of all or of one agent, and are counted by reason', async () => {
  const letters = await open();
  for (const reason of ['bad', 'bad', 'worse', 'bad']) {
    nowMs += 1_000;
    await letters.add(reason === 'worse' ? mad : SENDER, letter(reason));
  }
  const pages: string[][] = [];
  for (const agent of [undefined, 'a1'])
    for (let before: string | undefined, isFirst = true; isFirst || before !== undefined; isFirst = false) {
      const page = await letters.list({ agent, limit: 2, before });
      pages.push(page.map(([, { reason }]) => reason));
      before = page.length < 2 ? undefined : page.at(-1)?.[0];
    }
  expect(pages).toEqual([['bad', 'worse'], ['bad', 'bad'], [], ['bad', 'bad'], ['bad']]);
  for (const each of [letters, await open()]) {
    expect(await each.byReason()).toEqual([
      { reason: 'bad', count: 3 },
      { reason: 'worse', count: 1 },
    ]);
    expect(await each.byReason('mad')).toEqual([{ reason: 'worse', count: 1 }]);
  }
  await letters.add(mad, letter('bad'));
  await letters.removeOf('a1');
  expect(await letters.byReason()).toEqual([
    { reason: 'bad', count: 1 },
    { reason: 'worse', count: 1 },
  ]);
});
