import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import { FairQueue } from './fair-queue.js';

const item = (agent: string, lane: Lane, seq: number) => ({ sender: { agent }, header: { lane }, seq });
type Item = ReturnType<typeof item>;
const say = ({ sender, header, seq }: Item): string => `${sender.agent} ${header.lane} ${seq}`;

test('p0 of all comes first, then one of each office in turn', () => {
  const queue = new FairQueue<Item>();
  for (let seq = 1; seq <= 3; seq++) queue.push(item('busy', 'p3', seq));
  queue.push(item('busy', 'p0', 1));
  queue.push(item('quiet', 'p3', 1));
  queue.push(item('quiet', 'p0', 1));
  expect(queue.take(() => true).map(say)).toEqual([
    ...['busy p0 1', 'quiet p0 1'],
    ...['busy p3 1', 'quiet p3 1', 'busy p3 2', 'busy p3 3'],
  ]);
  expect(queue.length).toBe(0);
});

test('takes what fits, but always one', () => {
  const queue = new FairQueue<Item>();
  for (let seq = 1; seq <= 3; seq++) queue.push(item('a', 'p2', seq));
  let room = 2;
  expect(queue.take(() => room-- > 0)).toHaveLength(2);
  expect(queue.take(() => false)).toHaveLength(1);
  expect(queue.take(() => false)).toEqual([]);
});

test('nothing is lost, and each lane of an office keeps its order', () => {
  const source = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...LANES), fc.nat(3)));
  fc.assert(
    fc.property(source, (list) => {
      const queue = new FairQueue<Item>();
      const out: Item[] = [];
      list.forEach(([agent, lane, taken], seq) => {
        queue.push(item(agent, lane, seq));
        let room = taken;
        if (taken > 0) out.push(...queue.take(() => room-- > 0));
      });
      while (queue.length > 0) out.push(...queue.take(() => false));
      expect(out).toHaveLength(list.length);
      for (const agent of ['a', 'b', 'c']) {
        for (const lane of LANES) {
          const seqs = out
            .filter((one) => one.sender.agent === agent && one.header.lane === lane)
            .map((one) => one.seq);
          expect(seqs).toEqual([...seqs].sort((x, y) => x - y));
        }
      }
    }),
  );
});
