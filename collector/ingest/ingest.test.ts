import { afterEach, expect, test, vi } from 'vitest';
import { CodedError } from '../../protocol/base/errors.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { bad, batch, closeAll, Disk, good, open, SENDER, seqsOf } from './testing/disk.js';

afterEach(closeAll);

test('a stored batch is acknowledged, with the identity of its sender on each row', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  ingest.accept(SENDER, batch(1, [good('a'), good('b')]));
  expect((await acked(1))[0]).toMatchObject({ epoch: 'e1', lane: 'p2', seq: 1, pauseMs: 0 });
  expect(disk.rows.map((row) => [row['hinomi.company'], row['hinomi.site'], row['hinomi.row']])).toEqual([
    ['c1', 's1', 0],
    ['c1', 's1', 1],
  ]);
});

test('a record whose time is far from its arrival is kept as it is and marked; an agent cannot mark its own', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  const at = (time: string) => ({ ...good('x'), '@timestamp': time });
  const now = new Date().toISOString();
  const times = ['1970-01-01T00:00:00Z', '2040-01-01T00:00:00Z', now];
  ingest.accept(SENDER, batch(1, [...times.map(at), { ...at(now), 'hinomi.arrival': 'late' }]));
  await acked(1);
  expect(disk.rows.map((row) => [row['@timestamp'], row['hinomi.arrival']])).toEqual([
    [times[0], 'late'],
    [times[1], 'future'],
    [now, undefined],
  ]);
  expect(disk.letters.map(({ reason }) => reason)).toEqual(['hinomi.arrival is set by the collector alone']);
});

test('what was stored is acknowledged again and dropped, also after a crash before the acknowledgement', async () => {
  const disk = new Disk();
  const first = await open(disk);
  first.ingest.accept(SENDER, batch(1));
  first.ingest.accept(SENDER, batch(2));
  await first.acked(1);
  await first.ingest.close();
  const second = await open(disk);
  second.ingest.accept(SENDER, batch(1));
  second.ingest.accept(SENDER, batch(2));
  second.ingest.accept(SENDER, batch(3));
  await second.acked(3);
  expect(seqsOf(disk)).toEqual([1, 2, 3]);
});

test('numbers that the agent threw away may be missing', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  ingest.accept(SENDER, batch(1));
  await acked(1);
  ingest.accept(SENDER, batch(7));
  expect((await acked(2))[1]).toMatchObject({ seq: 7 });
});

test('nothing is acknowledged before its insert has returned, and a failed insert is tried again', async () => {
  const disk = new Disk();
  const { ingest, acks, acked } = await open(disk);
  disk.onInsert = () => {
    expect(acks).toEqual([]);
    if (disk.inserts < 3) throw new CodedError('STORE_WRITE_FAILED', 'disk full');
  };
  ingest.accept(SENDER, batch(1));
  await acked(1);
  expect(seqsOf(disk)).toEqual([1]);
});

test('an insert that failed after its rows had arrived counts once', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  disk.afterInsert = () => {
    if (disk.inserts < 3) throw new CodedError('STORE_WRITE_FAILED', 'the connection was lost');
  };
  ingest.accept(SENDER, batch(1));
  await acked(1);
  expect(disk.inserts).toBe(3);
  expect(seqsOf(disk)).toEqual([1]);
});

test('a mark that cannot be written does not repeat the rows before it', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  disk.tokens.has = () => false;
  let failures = 3;
  disk.onMark = () => {
    if (failures-- > 0) throw new Error('disk full');
  };
  ingest.accept(SENDER, batch(1));
  ingest.accept(SENDER, batch(2, [bad()]));
  await acked(1);
  expect(disk.inserts).toBe(1);
  expect(disk.letters).toHaveLength(1);
  expect(disk.marks.get('a1:e1:p2')).toEqual({ seq: 2 });
});

test('bad records become dead letters, the good ones of the batch are stored', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  ingest.accept(SENDER, batch(1, [good('a'), bad(), good('b')]));
  await acked(1);
  expect(disk.rows.map((row) => row['dns.question.name'])).toEqual(['a', 'b']);
  expect(disk.letters).toMatchObject([{ seq: 1, row: 1, reason: expect.stringContaining('dns.question.name') }]);
});

test('a batch of bad records alone is done, also after a crash', async () => {
  const disk = new Disk();
  const first = await open(disk);
  first.ingest.accept(SENDER, batch(1, [bad()]));
  await first.acked(1);
  await first.ingest.close();
  const second = await open(disk);
  second.ingest.accept(SENDER, batch(1, [bad()]));
  expect(await second.acked(1)).toMatchObject([{ seq: 1 }]);
  expect(disk.letters).toHaveLength(1);
});

test('thousands of bad records write a few letters', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  ingest.accept(
    SENDER,
    batch(
      1,
      Array.from({ length: 2_000 }, () => bad()),
    ),
  );
  await acked(1);
  expect(disk.letters.length).toBeLessThan(20);
  expect(disk.letters.at(-1)?.reason).toContain('1984 more');
});

test('a batch that is damaged behind its header is kept as a letter and acknowledged', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  const whole = batch(
    4,
    Array.from({ length: 500 }, (_, at) => good(`name-${at}.example.jp`)),
  );
  ingest.accept(SENDER, whole.subarray(0, whole.length - 20));
  expect(await acked(1)).toMatchObject([{ seq: 4 }]);
  expect(disk.letters).toHaveLength(1);
});

test('one batch that the engine refuses goes to the dead letters, and holds up no other', async () => {
  const disk = new Disk();
  const { ingest, acks, acked } = await open(disk, { gatherMs: 5 });
  disk.onInsert = (rows) => {
    if (rows.some((row) => row['dns.question.name'] === 'poison')) {
      throw new CodedError('STORE_ROWS_REFUSED', 'the engine refused an insert');
    }
  };
  const other = { agent: 'a2', site: 's2', company: 'c2' };
  ingest.accept(SENDER, batch(1));
  ingest.accept(SENDER, batch(2, [good('poison')]));
  ingest.accept(other, batch(1));
  ingest.accept(SENDER, batch(3));
  await acked(2);
  expect(acks.map(({ seq }) => seq).sort()).toEqual([1, 3]);
  expect(seqsOf(disk)).toEqual([1, 1, 3]);
  expect(disk.letters).toMatchObject([{ seq: 2, reason: expect.stringContaining('refused') }]);
});

test('small inserts keep a distance; many rows do not wait', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk, { gatherMs: 5, insertMs: 300, insertRowsMax: 10_000 });
  const atMs = async (seq: number, records?: AnyRecord[]): Promise<number> => {
    ingest.accept(SENDER, batch(seq, records));
    await acked(seq);
    return performance.now();
  };
  const first = await atMs(1);
  const second = await atMs(2);
  expect(second - first).toBeGreaterThan(250);
  const many = Array.from({ length: 4_000 }, () => good('x'));
  expect((await atMs(3, many)) - second).toBeLessThan(250);
});

/** An engine that ends over one batch, whatever else is in its insert. */
function crashOver(disk: Disk, name: string): void {
  disk.onInsert = (rows) => {
    if (rows.some((row) => row['dns.question.name'] === name)) {
      throw new CodedError('STORE_ENGINE_CRASHED', 'the engine ended during an insert');
    }
  };
}

test('one batch that the engine crashes over goes to the dead letters, and holds up no other', async () => {
  const disk = new Disk();
  const { ingest, acks, acked } = await open(disk, { gatherMs: 5 });
  crashOver(disk, 'poison');
  const other = { agent: 'a2', site: 's2', company: 'c2' };
  ingest.accept(SENDER, batch(1));
  ingest.accept(SENDER, batch(2, [good('poison')]));
  ingest.accept(other, batch(1));
  ingest.accept(SENDER, batch(3));
  await acked(2);
  expect(acks.map(({ seq }) => seq).sort()).toEqual([1, 3]);
  expect(seqsOf(disk)).toEqual([1, 1, 3]);
  expect(disk.letters).toMatchObject([{ seq: 2, reason: expect.stringContaining('crashes') }]);
}, 30_000);

test('no batch is given up for an engine that crashes over everything', async () => {
  const disk = new Disk();
  disk.canTell = false;
  const { ingest, acks } = await open(disk, { gatherMs: 5 });
  crashOver(disk, 'r1');
  ingest.accept(SENDER, batch(1));
  await vi.waitFor(() => expect(disk.inserts).toBeGreaterThan(2), 10_000);
  expect(acks).toEqual([]);
  expect(disk.letters).toEqual([]);
}, 30_000);

/** Nearly a fifth of the queue when unpacked, little when sent. */
const large = (seq: number): Buffer =>
  batch(
    seq,
    Array.from({ length: 25 }, () => ({
      ...good('x'),
      message: 'm'.repeat(30_000),
      'event.original': 'o'.repeat(30_000),
    })),
  );

test('beyond the limit of the queue batches are turned away unacknowledged, and come again in order', async () => {
  const disk = new Disk();
  const { ingest, acks } = await open(disk);
  let release = () => {};
  disk.onInsert = () =>
    new Promise<void>((resolve) => {
      release = resolve;
    });
  for (let seq = 1; seq <= 8; seq++) ingest.accept(SENDER, large(seq));
  const paused = acks.filter(({ pauseMs }) => pauseMs > 0);
  expect(paused).toHaveLength(1);
  expect(paused[0]).toMatchObject({ seq: 0 });
  disk.onInsert = () => {};
  release();
  await untilStored(disk, 5);
  // The last of the first run alone would let the agent forget the ones before it.
  ingest.accept(SENDER, batch(9));
  for (let seq = 6; seq <= 9; seq++) ingest.accept(SENDER, batch(seq));
  await untilStored(disk, 9);
  expect([...new Set(seqsOf(disk))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a lane goes on when the agent threw away what was turned away', async () => {
  const disk = new Disk();
  const { ingest } = await open(disk);
  let release = () => {};
  disk.onInsert = () =>
    new Promise<void>((resolve) => {
      release = resolve;
    });
  for (let seq = 1; seq <= 8; seq++) ingest.accept(SENDER, large(seq));
  disk.onInsert = () => {};
  release();
  await untilStored(disk, 5);
  for (const seq of [8, 9]) ingest.accept(SENDER, batch(seq));
  await untilStored(disk, 9);
  expect([...new Set(seqsOf(disk))]).toEqual([1, 2, 3, 4, 5, 8, 9]);
});

async function untilStored(disk: Disk, seq: number): Promise<void> {
  while (!disk.rows.some((row) => row['hinomi.seq'] === seq)) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('an alert of one office is stored before what waits of a flooding one', async () => {
  const disk = new Disk();
  const { ingest, acked } = await open(disk);
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  disk.onInsert = () => (disk.inserts === 1 ? held : undefined);
  for (let seq = 1; seq <= 6; seq++)
    ingest.accept(
      SENDER,
      batch(
        seq,
        Array.from({ length: 60 }, () => good('flood')),
      ),
    );
  await vi.waitFor(() => expect(disk.inserts).toBe(1));
  const quiet = { agent: 'quiet', site: 'q', company: 'q' };
  ingest.accept(quiet, batch(1, [good('alert')], { lane: 'p0' }));
  release();
  await acked(4);
  const order = disk.rows.map((row) => row['hinomi.agent']);
  // Behind the group that is written and the one that is unpacked meanwhile.
  expect(order.indexOf('quiet')).toBe(120);
});

test('a lane that has to wait is turned away with the lanes that need not, and comes again from there', async () => {
  const disk = new Disk();
  const { ingest, acks, acked } = await open(disk);
  ingest.setPressure(1);
  ingest.accept(SENDER, batch(1, [good('flow')], { lane: 'p3' }));
  ingest.accept(SENDER, batch(2, [good('flow')], { lane: 'p3' }));
  expect(acks).toEqual([expect.objectContaining({ lane: 'p3', seq: 0, again: true, lanes: ['p0', 'p1', 'p2'] })]);
  ingest.accept(SENDER, batch(1));
  expect((await acked(2))[1]).toMatchObject({ lane: 'p2', seq: 1, lanes: ['p0', 'p1', 'p2'] });
  ingest.setPressure(0);
  ingest.accept(SENDER, batch(1, [good('flow')], { lane: 'p3' }));
  const last = (await acked(3))[2];
  expect(last).toMatchObject({ lane: 'p3', seq: 1 });
  expect(last).not.toHaveProperty('lanes');
});
