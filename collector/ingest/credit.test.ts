import { expect, test } from 'vitest';
import { Credit } from './credit.js';

const MIB = 2 ** 20;
const CONFIG = {
  queueBytesMax: 64 * MIB,
  agentBytesMax: 8 * MIB,
  companyBytesMax: 16 * MIB,
  credit: 16,
  backlogBytesPerS: MIB,
};
const office = (agent: string, company = agent) => ({ agent, site: `s-${agent}`, company });

/** Batches of a MiB until one is turned away. */
function flood(credit: Credit, sender: ReturnType<typeof office>): number {
  let count = 0;
  for (; credit.refusalOf(sender, 'p3', MIB) === undefined; count++) credit.take(sender, MIB);
  return count;
}

test('an office has its share, then it alone is told to wait; its alerts find room beyond it', () => {
  const credit = new Credit(CONFIG);
  const busy = office('busy');
  expect(flood(credit, busy)).toBe(8);
  expect(credit.refusalOf(busy, 'p3', MIB)).toBe('share');
  expect(credit.wordFor(busy, 'share')).toMatchObject({ credit: 1, pauseMs: 1_000 });
  expect(credit.refusalOf(busy, 'p0', MIB)).toBeUndefined();
  expect(credit.refusalOf(office('other'), 'p3', MIB)).toBeUndefined();
  expect(credit.wordFor(office('other'))).toMatchObject({ credit: 14, pauseMs: 0 });
});

test('the offices of a company share what it may have; another company is not disturbed', () => {
  const credit = new Credit(CONFIG);
  expect(['a', 'b', 'c'].map((agent) => flood(credit, office(agent, 'chain')))).toEqual([8, 8, 0]);
  expect(credit.wordFor(office('c', 'chain')).credit).toBe(1);
  expect(credit.refusalOf(office('x', 'shop'), 'p3', MIB)).toBeUndefined();
});

test('what is stored is given back', () => {
  const credit = new Credit(CONFIG);
  const busy = office('busy');
  for (let left = flood(credit, busy); left > 0; left--) credit.giveBack(busy, MIB);
  expect(credit.bytes).toBe(0);
  expect(flood(credit, busy)).toBe(8);
});

test('as the queue fills p3 has to wait first and p0 last', () => {
  const credit = new Credit(CONFIG);
  const taken: string[] = [];
  for (let count = 0; count < 64; count++) {
    credit.take(office(`a${count}`), MIB);
    const lanes = credit.lanes.join(' ');
    if (taken.at(-1) !== lanes) taken.push(lanes);
  }
  expect(taken).toEqual(['p0 p1 p2 p3', 'p0 p1 p2', 'p0 p1', 'p0', '']);
  expect(credit.refusalOf(office('x'), 'p0', MIB)).toBe('lane');
});

test.each([
  [0, ['p0', 'p1', 'p2', 'p3']],
  [1, ['p0', 'p1', 'p2']],
  [2, ['p0', 'p1']],
  [3, ['p0']],
] as const)('pressure %i leaves %j', (level, lanes) => {
  const credit = new Credit(CONFIG);
  credit.pressure = level;
  expect(credit.lanes).toEqual(lanes);
  expect(credit.wordFor(office('a')).lanes).toEqual(level === 0 ? undefined : lanes);
  expect(credit.refusalOf(office('a'), 'p3', 1)).toBe(level === 0 ? undefined : 'lane');
  expect(credit.refusalOf(office('a'), 'p0', 1)).toBeUndefined();
});

test('backlog comes slower the fuller it is, and never stops', () => {
  const credit = new Credit(CONFIG);
  const busy = office('busy');
  const rates = [credit.wordFor(busy).backlogBytesPerS];
  for (let count = 0; count < 8; count++) {
    credit.take(busy, MIB);
    rates.push(credit.wordFor(busy).backlogBytesPerS);
  }
  expect(rates).toEqual([...rates].sort((a, b) => b! - a!));
  expect(rates[0]).toBe(MIB);
  expect(rates.at(-1)).toBe(16 * 1_024);
});
