import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { CodedError } from '../../protocol/base/errors.js';
import type { Ack } from '../../protocol/envelope.js';
import { batch, closeAll, Disk, open, SENDER, seqsOf } from './testing/disk.js';

afterEach(closeAll);

/** One lane of an agent: what its spool holds, and how far it has sent on this run. */
class AgentModel {
  readonly pending = new Set<number>();
  readonly evicted = new Set<number>();
  cursor = 0;
  last = 0;

  make(): void {
    this.last += 1;
    this.pending.add(this.last);
  }
  next(): number | undefined {
    for (const seq of this.pending) if (seq > this.cursor) return seq;
    return undefined;
  }
  evict(): void {
    const [oldest] = this.pending;
    if (oldest === undefined) return;
    this.pending.delete(oldest);
    this.evicted.add(oldest);
  }
  onAck(ack: Ack): void {
    for (const seq of this.pending) if (seq <= ack.seq) this.pending.delete(seq);
    this.cursor = Math.max(this.cursor, ack.seq);
  }
}

const STEPS = ['make', 'send', 'send', 'send', 'rewind', 'evict', 'crash', 'fail', 'lose', 'turn'] as const;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

test('whatever fails, repeats, is thrown away or crashes: each batch is there once, and none is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 60, size: 'max' }), async (steps) => {
      const disk = new Disk();
      const agent = new AgentModel();
      // Room for three batches: being turned away is common.
      const start = () => open(disk, { queueBytesMax: 700, insertRowsMax: 2 });
      let current = await start();
      let applied = 0;
      const applyAcks = (): void => {
        for (; applied < current.acks.length; applied++) agent.onAck(current.acks[applied]!);
      };
      const send = (): void => {
        const seq = agent.next();
        if (seq === undefined) return;
        agent.cursor = seq;
        current.ingest.accept(SENDER, batch(seq));
      };
      const fail = (): never => {
        disk.onInsert = () => {};
        disk.afterInsert = () => {};
        throw new CodedError('STORE_WRITE_FAILED', 'chance');
      };
      const act = {
        make: () => agent.make(),
        send: () => {
          agent.make();
          send();
        },
        rewind: () => {
          agent.cursor = 0;
        },
        evict: () => agent.evict(),
        // Acknowledgements that are under way are lost with the connection.
        crash: async () => {
          await current.ingest.close();
          current = await start();
          applied = 0;
          agent.cursor = 0;
        },
        fail: () => {
          disk.onInsert = fail;
        },
        lose: () => {
          disk.afterInsert = fail;
        },
        turn: async () => {
          await turn();
          applyAcks();
        },
      };
      for (const step of steps) await act[step]();
      for (let round = 0; agent.pending.size > 0; round++) {
        expect(round).toBeLessThan(500);
        agent.cursor = 0;
        for (let count = 0; count < 3; count++) send();
        await act.turn();
      }
      const stored = seqsOf(disk).map(Number);
      expect(new Set(stored).size).toBe(stored.length);
      for (let seq = 1; seq <= agent.last; seq++) expect(agent.evicted.has(seq) || stored.includes(seq)).toBe(true);
      await current.ingest.close();
    }),
    { numRuns: 150 },
  );
}, 60_000);
