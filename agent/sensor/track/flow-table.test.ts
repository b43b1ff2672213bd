import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frame } from '../wire/frame.js';
import { FlowTable } from './flow-table.js';

const CAPACITY = 8;
const QUEUES = 3;

interface Tuple {
  readonly a: number;
  readonly b: number;
  readonly ports: readonly [number, number];
  readonly version: 4 | 6;
  readonly protocol: number;
}

/** Few values, so that tuples meet again, also turned round. */
const tuple: fc.Arbitrary<Tuple> = fc.record({
  a: fc.nat(2),
  b: fc.nat(2),
  ports: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
  version: fc.constantFrom(4, 6),
  protocol: fc.constantFrom(6, 17),
});
const command = fc.oneof(
  fc.record({ kind: fc.constant('see' as const), tuple, queue: fc.nat(QUEUES - 1) }),
  fc.record({ kind: fc.constant('remove' as const), which: fc.nat(CAPACITY - 1) }),
  fc.record({ kind: fc.constant('flip' as const), which: fc.nat(CAPACITY - 1) }),
);

function frameOf({ a, b, ports, version, protocol }: Tuple): [Frame, Buffer] {
  const frame = new Frame();
  const bytes = Buffer.alloc(32);
  bytes[3] = a;
  bytes[15] = a;
  bytes[19] = b;
  bytes[31] = b;
  frame.reset(64);
  frame.ipVersion = version;
  frame.sourceAddress = 0;
  frame.destinationAddress = 16;
  [frame.sourcePort, frame.destinationPort] = ports;
  frame.protocol = protocol;
  return [frame, bytes];
}

const keyOf = ({ a, b, ports, version, protocol }: Tuple): string =>
  `${version}/${protocol} ${a}:${ports[0]} ${b}:${ports[1]}`;
const turned = (t: Tuple): Tuple => ({ ...t, a: t.b, b: t.a, ports: [t.ports[1], t.ports[0]] });

test('agrees with a simple map, and its queues with simple lists', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 120 }), fc.integer(), (commands, seed) => {
      const table = new FlowTable(CAPACITY, QUEUES, seed);
      const flows = new Map<number, Tuple>();
      const queues: number[][] = Array.from({ length: QUEUES }, () => []);
      const leave = (slot: number): void => {
        for (const queue of queues) if (queue.includes(slot)) queue.splice(queue.indexOf(slot), 1);
      };
      commands.forEach((step, time) => {
        if (step.kind === 'see') {
          const found = table.find(...frameOf(step.tuple));
          const known = [...flows].find(([, t]) => keyOf(t) === keyOf(step.tuple));
          const reverse = [...flows].find(([, t]) => keyOf(t) === keyOf(turned(step.tuple)));
          if (known !== undefined) expect(found).toBe(known[0] * 2);
          else if (reverse !== undefined) expect(found).toBe(reverse[0] * 2 + 1);
          else expect(found).toBe(-1);
          if (found < 0 && table.used === CAPACITY) return;
          const slot = found < 0 ? table.add() : found >> 1;
          if (found < 0) flows.set(slot, step.tuple);
          table.wait(slot, step.queue, time);
          leave(slot);
          queues[step.queue]!.push(slot);
          expect(table.sinceUs[slot]).toBe(time);
          return;
        }
        const slot = [...flows.keys()][step.which];
        if (slot === undefined) return;
        if (step.kind === 'flip') {
          const flipped = turned(flows.get(slot)!);
          table.flip(slot);
          flows.set(slot, flipped);
        } else {
          table.remove(slot);
          flows.delete(slot);
          leave(slot);
        }
      });
      expect(table.used).toBe(flows.size);
      queues.forEach((queue, index) => {
        expect(table.oldest(index)).toBe(queue[0] ?? -1);
      });
    }),
    { numRuns: 500 },
  );
});
