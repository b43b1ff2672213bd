import { Registry } from 'prom-client';
import { silentLogger } from '../../../protocol/base/log.js';
import { type Clock, isoMillis, systemClock } from '../../../protocol/base/time.js';
import { encodeBatch } from '../../../protocol/codec.js';
import type { Ack, BatchHeader } from '../../../protocol/envelope.js';
import type { Lane } from '../../../protocol/records/lanes.js';
import type { AnyRecord } from '../../../protocol/records/records.js';
import { arrivalsAt } from '../arrival.js';
import { ArrivalClock } from '../arrival-clock.js';
import type { Rejected, Sender } from '../batches.js';
import { Ingest, type IngestDeps } from '../ingest.js';
import { fieldsOf, unpackBatch } from '../unpack.js';

/** Support of tests: an ingest over a disk that can fail and outlives it. */
export const SENDER: Sender = { agent: 'a1', site: 's1', company: 'c1' };
export const CONFIG = {
  ...{ gatherMs: 0, insertMs: 0, insertRowsMax: 100, queueBytesMax: 2 ** 23, credit: 8 },
  ...{ agentBytesMax: 2 ** 23, companyBytesMax: 2 ** 23, backlogBytesPerS: 2 ** 20 },
};

/** What outlives a crash, and what may fail. */
export class Disk {
  readonly rows: AnyRecord[] = [];
  readonly tokens = new Set<string>();
  readonly unpacked = new Map<string, AnyRecord[]>();
  readonly marks = new Map<string, { seq: number }>();
  readonly letters: Rejected[] = [];
  /** Whether the engine writes anything at all. */
  canTell = true;
  inserts = 0;
  /** Called before each write; may throw or wait. */
  onInsert: (rows: readonly AnyRecord[]) => Promise<void> | void = () => {};
  /** The rows are there; may throw as if nobody knew. */
  afterInsert: () => void = () => {};
  /** Of the collector: what it says may be wrong. */
  clock: Clock = systemClock;
  onMark: () => void = () => {};
  onLetter: () => void = () => {};
}

const opened: Ingest[] = [];
export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((ingest) => ingest.close()));
}

export async function open(disk: Disk, config: Partial<typeof CONFIG> = {}) {
  const acks: Ack[] = [];
  let wake = () => {};
  const deps: IngestDeps = {
    clock: disk.clock,
    arrivals: new ArrivalClock(disk.clock),
    random: () => 0,
    log: silentLogger,
    metrics: new Registry(),
    store: {
      async unpack(name, group, ingestedMs) {
        const ingested = isoMillis(ingestedMs);
        const contents = group.map((packed) => unpackBatch(packed));
        disk.unpacked.set(
          name,
          contents.flatMap(({ records }, index) =>
            records.map((record, row) => ({
              ...record,
              ...arrivalsAt(ingestedMs)(record),
              ...fieldsOf(group[index]!, ingested),
              'hinomi.row': row,
            })),
          ),
        );
        return contents.map(({ records, rejected }) => ({ rows: records.length, rejected, noted: [] }));
      },
      async write(name) {
        const rows = disk.unpacked.get(name) ?? [];
        disk.inserts += 1;
        await disk.onInsert(rows);
        if (!disk.tokens.has(name)) disk.rows.push(...rows);
        disk.tokens.add(name);
        disk.afterInsert();
      },
      async marks() {
        const marks = new Map<string, { agent: string; epoch: string; lane: Lane; seq: number; ingestedMs: number }>();
        for (const row of disk.rows) {
          const [agent, epoch, lane] = [row['hinomi.agent'], row['hinomi.epoch'], row['hinomi.lane']].map(String);
          const key = `${agent}:${epoch}:${lane}`;
          const seq = Math.max(Number(row['hinomi.seq']), marks.get(key)?.seq ?? 0);
          const ingestedMs = Date.parse(String(row['event.ingested']));
          marks.set(key, { agent: agent!, epoch: epoch!, lane: lane as Lane, seq, ingestedMs });
        }
        return [...marks.values()];
      },
    },
    doneMarks: {
      async put(key, value) {
        disk.onMark();
        disk.marks.set(key, value);
      },
      list: async () => [...disk.marks],
    },
    deadLetters: {
      async add(_sender, rejected) {
        disk.onLetter();
        disk.letters.push(rejected);
      },
    },
    tellPoison: async () => disk.canTell,
    acknowledge: (_sender, ack) => {
      acks.push(ack);
      wake();
    },
    onBatch: () => {},
  };
  const ingest = new Ingest({ ...CONFIG, ...config }, deps);
  opened.push(ingest);
  await ingest.start();
  /** Waits until as many acknowledgements have come. */
  const acked = async (count: number): Promise<Ack[]> => {
    while (acks.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return acks;
  };
  return { ingest, acks, acked };
}

export const good = (name: string): AnyRecord => ({
  '@timestamp': '2026-11-23T01:02:03.000000Z',
  'event.kind': 'event',
  'event.dataset': 'dns',
  'dns.question.name': name,
});
export const bad = (): AnyRecord => ({ ...good('bad'), 'dns.question.name': 5 });

export function batch(seq: number, records: AnyRecord[] = [good(`r${seq}`)], more: Partial<BatchHeader> = {}): Buffer {
  const header = { v: 1, epoch: 'e1', lane: 'p2', seq, count: records.length, boot: 'b', clock: 0, ...more } as const;
  return encodeBatch(
    header,
    records.map((record) => Buffer.from(JSON.stringify(record))),
  );
}

export const seqsOf = (disk: Disk): unknown[] => disk.rows.map((row) => row['hinomi.seq']);
