import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CodedError } from '../../protocol/base/errors.js';
import { systemClock } from '../../protocol/base/time.js';
import type { Ack, BatchHeader } from '../../protocol/envelope.js';
import { LANES } from '../../protocol/records/lanes.js';
import type { Sender, Waiting } from './batches.js';
import { batch, type CONFIG, closeAll, Disk, good, open, SENDER } from './testing/disk.js';
import { WaitingRoom } from './waiting-room.js';

const ACK_TIMEOUT_MS = 10_000; // `publish.ackTimeoutMs` of a box.

beforeEach(() => void vi.useFakeTimers());
let goOn = () => {};
afterEach(async () => {
  vi.useRealTimers();
  goOn();
  await closeAll();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A disk whose next insert lasts until `goOn` is called. */
async function stuck(config: Partial<typeof CONFIG> = {}) {
  const disk = new Disk();
  disk.onInsert = () =>
    new Promise<void>((resolve) => {
      goOn = resolve;
      disk.onInsert = () => {};
    });
  return { disk, ...(await open(disk, config)) };
}

test('who waits for the disk hears from the collector well before it loses patience, and nothing is acknowledged', async () => {
  const { ingest, acks } = await stuck();
  const heardMs: number[] = [];
  ingest.accept(SENDER, batch(1));
  ingest.accept(SENDER, batch(2, [good('late')], { lane: 'p3' }));
  for (let second = 1; second <= 60; second++) {
    await pass(1_000);
    if (acks.length > heardMs.length) heardMs.push(second * 1_000);
    // One word at a time, however many batches wait.
    expect(acks.length).toBe(heardMs.length);
  }
  expect(acks.every(({ epoch, seq }) => epoch === 'e1' && seq === 0)).toBe(true);
  const silences = heardMs.map((ms, index) => ms - (heardMs[index - 1] ?? 0));
  expect(Math.max(...silences)).toBeLessThan(ACK_TIMEOUT_MS * 0.7);
  expect(Math.min(...silences)).toBeGreaterThan(1_000);
  goOn();
  await pass(100);
  const last = acks.slice(heardMs.length);
  expect(last.map(({ lane, seq }) => `${lane} ${seq}`).sort()).toEqual(['p2 1', 'p3 2']);
  const told = acks.length;
  await pass(60_000);
  expect(acks.length).toBe(told);
});

test('the word names what is stored of the lane; alerts go on, the others wait until the disk goes on', async () => {
  const { ingest, acks, disk } = await stuck();
  const hang = disk.onInsert;
  disk.onInsert = () => {};
  ingest.accept(SENDER, batch(1));
  await pass(100);
  disk.onInsert = hang;
  ingest.accept(SENDER, batch(2));
  await pass(7_000);
  expect(acks[1]).toMatchObject({ lane: 'p2', seq: 1, pauseMs: 0, lanes: ['p0'], credit: 7 });
  expect(acks[1]).not.toHaveProperty('again');
  goOn();
  await pass(100);
  expect(acks.at(-1)).toMatchObject({ lane: 'p2', seq: 2, pauseMs: 0 });
  expect(acks.at(-1)).not.toHaveProperty('lanes');
});

test('an engine that fails again and again is waited for as one that hangs', async () => {
  const disk = new Disk();
  const { ingest, acks } = await open(disk);
  disk.onInsert = () => {
    throw new CodedError('STORE_WRITE_FAILED', 'disk full');
  };
  ingest.accept(SENDER, batch(1));
  await pass(10_000);
  expect(acks.length).toBeGreaterThan(1);
  expect(acks.every(({ seq }) => seq === 0)).toBe(true);
});

test('a sender that comes again meanwhile hears it too, of what its spool is called now', async () => {
  const { ingest, acks } = await stuck();
  ingest.accept(SENDER, batch(1));
  ingest.accept({ ...SENDER }, batch(1));
  await pass(7_000);
  expect(acks.at(-1)).toMatchObject({ epoch: 'e1', seq: 0 });
  const told = acks.length;
  ingest.accept({ ...SENDER }, batch(1, [good('new')], { epoch: 'e2', lane: 'p1' }));
  await pass(4_000);
  expect(acks.length).toBe(told + 1);
  expect(acks.at(-1)).toMatchObject({ epoch: 'e2', lane: 'p1', seq: 0 });
});

test('after the end nothing is said any more, and no timer runs', async () => {
  const { ingest, acks } = await stuck();
  ingest.accept(SENDER, batch(1));
  await pass(7_000);
  const told = acks.length;
  expect(told).toBeGreaterThan(0);
  const closed = ingest.close();
  await pass(30_000);
  expect(acks.length).toBe(told);
  goOn();
  await closed;
  expect(vi.getTimerCount()).toBe(0);
});

const waiting = (sender: Sender): Waiting => {
  const header: BatchHeader = { v: 1, epoch: 'e1', lane: 'p2', seq: 1, count: 1, boot: 'b', clock: 0 };
  return { sender, header, payload: new Uint8Array(), bytes: 1, rows: undefined, rejected: [], noted: [] };
};

test('ten thousand senders have one word each in a round, and others their turn in between', async () => {
  const words = new Map<string, number>();
  let run = 0;
  let runMax = 0;
  const room = new WaitingRoom(systemClock, ({ agent }) => {
    words.set(agent, (words.get(agent) ?? 0) + 1);
    run += 1;
    runMax = Math.max(runMax, run);
    queueMicrotask(() => queueMicrotask(() => (run = 0)));
  });
  const stop = new AbortController();
  const end = room.run(stop.signal);
  await pass(1_000);
  const senders = Array.from({ length: 10_000 }, (_, at) => ({ agent: `a${at}`, site: 's', company: 'c' }));
  for (const batch of [...senders, ...senders].map(waiting)) room.enter(batch);
  await pass(ACK_TIMEOUT_MS * 0.7);
  expect(words.size).toBe(10_000);
  expect([...words.values()].every((count) => count === 1)).toBe(true);
  expect(runMax).toBeLessThanOrEqual(100);
  stop.abort();
  await end;
});

test('who is served in time hears nothing of it, however much goes in and out', async () => {
  const words: string[] = [];
  const room = new WaitingRoom(systemClock, ({ agent }) => words.push(agent));
  const stop = new AbortController();
  const end = room.run(stop.signal);
  let before: Waiting | undefined;
  for (let step = 0; step < 60; step++) {
    const next = waiting(SENDER);
    room.enter(next);
    await pass(500);
    if (before !== undefined) room.leave(before);
    before = next;
  }
  expect(words).toEqual([]);
  stop.abort();
  await end;
});

const STEPS = ['new', 'new', 'again', 'hang', 'fail', 'go on', 'wait', 'wait'] as const;

test('whatever hangs, fails or comes again: no word says that a batch is stored that is not', async () => {
  const step = fc.record({ what: fc.constantFrom(...STEPS), lane: fc.constantFrom(...LANES) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const disk = new Disk();
      const { ingest, acks } = await open(disk, { queueBytesMax: 1_500, insertRowsMax: 2 });
      const sent = { p0: 0, p1: 0, p2: 0, p3: 0 };
      let seen = 0;
      const isStored = ({ lane, seq }: Ack): boolean => {
        const stored = disk.rows.filter((row) => row['hinomi.lane'] === lane).map((row) => Number(row['hinomi.seq']));
        return Array.from({ length: seq }, (_, at) => at + 1).every((each) => stored.includes(each));
      };
      const check = (): void => {
        for (const ack of acks.slice(seen)) expect(isStored(ack), JSON.stringify(ack)).toBe(true);
        seen = acks.length;
      };
      const release = (): void => {
        disk.onInsert = () => {};
        goOn();
      };
      for (const { what, lane } of steps) {
        if (what === 'new') ingest.accept(SENDER, batch(++sent[lane], [good('x')], { lane }));
        if (what === 'again')
          for (let seq = 1; seq <= sent[lane]; seq++) ingest.accept(SENDER, batch(seq, [good('x')], { lane }));
        if (what === 'hang')
          disk.onInsert = () =>
            new Promise<void>((resolve) => {
              goOn = resolve;
            });
        if (what === 'fail') {
          let failures = 3;
          disk.onInsert = () => {
            if (failures-- > 0) throw new CodedError('STORE_WRITE_FAILED', 'chance');
          };
        }
        if (what === 'go on') release();
        await pass(what === 'wait' ? 4_000 : 10);
        check();
      }
      for (let round = 0; round < 3; round++) {
        release();
        await pass(15_000);
        check();
      }
      await ingest.close();
    }),
    { numRuns: 60 },
  );
}, 60_000);
