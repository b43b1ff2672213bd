import { MemoryLevel } from 'memory-level';
import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { State } from '../state/state.js';
import { Housekeeping } from '../users/housekeeping.js';
import { Audit } from './audit.js';
import type { Access } from './identity.js';

const DAY_MS = 86_400_000;
let nowMs: number;
let state: State;
let audit: Audit;
const world = { clock: { now: () => nowMs, monotonic: () => nowMs }, random: Math.random, log: silentLogger };
const access = (who: string, company?: string): Access => ({
  ...{ who, role: 'soc', mustChangePassword: false, address: '192.0.2.1' },
  companies: company === undefined ? undefined : [company],
});

beforeEach(async () => {
  nowMs = Date.parse('2026-11-23T00:00:00Z');
  state = new State(new MemoryLevel<string, string>());
  await state.start();
  audit = new Audit(state.tables.audit, world);
});

async function write(count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    nowMs += 1_000;
    await audit.change(access(number % 2 === 0 ? 'even' : 'odd'), `change ${number}`, { company: `c${number % 3}` });
  }
}

test('entries come newest first, page by page, each once', async () => {
  await write(25);
  const seen: string[] = [];
  let before: string | undefined;
  do {
    const page = await audit.list({ limit: 10, ...(before !== undefined && { before }) });
    seen.push(...page.entries.map(({ what }) => what));
    before = page.next;
  } while (before !== undefined);
  expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `change ${24 - index}`));
});

test('a question narrows by person, company, text and time', async () => {
  await write(12);
  const whats = async (query: Parameters<Audit['list']>[0]) =>
    (await audit.list(query)).entries.map(({ what }) => Number(what.split(' ')[1]));
  expect(await whats({ who: 'even' })).toEqual([10, 8, 6, 4, 2, 0]);
  expect(await whats({ company: 'c1' })).toEqual([10, 7, 4, 1]);
  expect(await whats({ text: 'CHANGE 1' })).toEqual([11, 10, 1]);
  expect(await whats({ text: '192.0.2', limit: 2 })).toEqual([11, 10]);
  expect(await whats({ from: '2026-11-23T00:00:03.000Z', to: '2026-11-23T00:00:06.000Z' })).toEqual([4, 3, 2]);
});

test('what is rare is looked for in pieces', async () => {
  await audit.change(access('seldom'), 'the first');
  const many = Array.from({ length: 20_500 }, (_, n) => `2026-11-23T00:00:01.000Z-${String(n).padStart(9, '0')}`);
  const entry = { at: '2026-11-23T00:00:01.000Z', who: 'often', what: 'x' };
  await Promise.all(many.map((key) => state.tables.audit.put(key, entry)));
  const first = await audit.list({ who: 'seldom' });
  expect(first.entries).toEqual([]);
  expect((await audit.list({ who: 'seldom', before: first.next! })).entries).toHaveLength(1);
});

test('a clock that is set back overwrites nothing', async () => {
  await audit.change(access('a'), 'one');
  await new Audit(state.tables.audit, world).change(access('a'), 'two');
  expect((await audit.list({})).entries).toHaveLength(2);
});

test('a look is written once in five minutes, by person and place', async () => {
  const look = async (who: Access): Promise<number> => {
    audit.look(who, 'sites', '');
    await new Promise((done) => setImmediate(done));
    return (await audit.list({})).entries.length;
  };
  expect(await look(access('a'))).toBe(1);
  expect(await look(access('a'))).toBe(1);
  expect(await look({ ...access('a'), address: '192.0.2.2' })).toBe(2);
  nowMs += 5 * 60_000;
  expect(await look(access('a', 'c1'))).toBe(3);
  expect((await audit.list({ company: 'c1' })).entries).toHaveLength(1);
});

test('refused sign-ins fill no disk: sixty a minute, and how many more', async () => {
  for (let time = 0; time < 100; time++) await audit.refusal(`name ${time}`, 'sign-in refused', '192.0.2.1');
  expect((await audit.list({})).entries).toHaveLength(60);
  nowMs += 60_000;
  await audit.refusal('late', 'sign-in refused', '192.0.2.1');
  const { entries } = await audit.list({ limit: 2 });
  expect(entries.map(({ who, detail }) => [who, detail])).toEqual([
    ['late', undefined],
    ['nobody', '40 in a minute'],
  ]);
});

test('what was kept for long enough is forgotten', async () => {
  await audit.change(access('a'), 'old');
  nowMs += 2 * DAY_MS;
  await audit.change(access('a'), 'new');
  const users = { purge: async () => ({ sessions: 0, tokens: 0 }) };
  const housekeeping = new Housekeeping({ auditDays: 1 }, { ...world, users, audit: state.tables.audit });
  await housekeeping.clean();
  expect((await audit.list({})).entries.map(({ what }) => what)).toEqual(['new']);
});

test('a failed cleaning is logged, and does not end the collector', async () => {
  const users = { purge: () => Promise.reject(new Error('disk')) };
  const housekeeping = new Housekeeping({ auditDays: 1 }, { ...world, users, audit: state.tables.audit });
  await housekeeping.start();
  await housekeeping.close();
});
