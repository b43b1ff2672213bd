import {
  type Counter,
  Gauge,
  type Histogram,
  Counter as MakeCounter,
  Histogram as MakeHistogram,
  type Registry,
} from 'prom-client';
import { type Static, Type } from 'typebox';
import { Backoff } from '../../protocol/base/backoff.js';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMicros, sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { type Batch, decodeBatch } from '../../protocol/codec.js';
import type { Ack, BatchHeader } from '../../protocol/envelope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import { type AnyRecord, flawOfRecord } from '../../protocol/records/records.js';
import { judge, type LaneState, refuse, take } from './lane-state.js';

export const IngestConfig = Type.Object(
  {
    gatherMs: Type.Integer({ default: 20, minimum: 0, maximum: 1_000, description: 'Wait for more before an insert.' }),
    insertRowsMax: Type.Integer({
      default: 20_000,
      minimum: 100,
      maximum: 200_000,
      description: 'Rows of one insert.',
    }),
    queueBytesMax: Type.Integer({
      default: 64 * 2 ** 20,
      minimum: 2 ** 20,
      description: 'Compressed batches that wait for the disk. Beyond this agents are told to wait.',
    }),
    credit: Type.Integer({ default: 16, minimum: 1, maximum: 1_024, description: 'Batches in flight of one agent.' }),
    lanesMax: Type.Integer({ default: 400_000, minimum: 16, description: 'Lanes of spools that are remembered.' }),
  },
  { additionalProperties: false },
);
export type IngestConfig = Static<typeof IngestConfig>;

/** Who sent a batch, from its certificate. */
export interface Sender {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

/** What could not be stored as a record. */
export interface Rejected {
  readonly lane?: Lane;
  readonly seq?: number;
  readonly row?: number;
  readonly reason: string;
  readonly content: Uint8Array;
}

export interface IngestDeps extends World {
  readonly metrics: Registry;
  readonly store: {
    insert(rows: readonly AnyRecord[]): Promise<void>;
    marks(): Promise<ReadonlyArray<{ agent: string; epoch: string; lane: Lane; seq: number }>>;
  };
  /** Marks of batches of which the table holds nothing. On disk when `put` returns. */
  readonly doneMarks: {
    put(key: string, value: { seq: number }): Promise<void>;
    list(): Promise<Array<[string, { seq: number }]>>;
  };
  readonly deadLetters: { add(sender: Sender, rejected: Rejected): Promise<void> };
  acknowledge(sender: Sender, ack: Ack): void;
  /** A batch was taken: for rates and clock skew. */
  onBatch(sender: Sender, records: number, bytes: number, clockMs: number): void;
}

interface Waiting {
  readonly sender: Sender;
  readonly header: BatchHeader;
  readonly records: AnyRecord[];
  readonly rejected: Rejected[];
  readonly bytes: number;
}

/** Beyond this share of the queue agents pause. */
const FULL_SHARE = 0.9;
const FULL_PAUSE_MS = 1_000;
const RETRY = { baseMs: 200, maxMs: 10_000 };

/**
 * From a message to rows on disk, exactly once: batches at or below the mark of their lane are acknowledged and
 * dropped, the others are gathered across agents into one insert, and acknowledged only when it has returned.
 */
export class Ingest implements Component {
  readonly name = 'ingest';
  readonly #config: IngestConfig;
  readonly #deps: IngestDeps;
  readonly #lanes = new Map<string, LaneState>();
  readonly #queue: Waiting[] = [];
  readonly #counts: Counters;
  readonly #stop = new AbortController();
  #queueBytes = 0;
  #writing: Promise<void> | undefined;

  constructor(config: IngestConfig, deps: IngestDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#counts = makeCounters(deps.metrics, () => this.#queueBytes);
  }

  /** Reads the marks back from the table: what is there is what counts. */
  async start(): Promise<void> {
    for (const mark of await this.#deps.store.marks())
      this.#raise(laneKey(mark.agent, mark.epoch, mark.lane), mark.seq);
    for (const [key, { seq }] of await this.#deps.doneMarks.list()) this.#raise(key, seq);
    this.#deps.log.info({ lanes: this.#lanes.size }, 'marks read');
  }

  /** Finishes the insert that is under way. What waits behind it was never acknowledged and comes again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#writing;
  }

  /** Takes one message of an agent, synchronously: order within a lane is the order of calls. */
  accept(sender: Sender, payload: Uint8Array): void {
    if (this.#stop.signal.aborted) return;
    this.#counts.batches.inc();
    const decoded = decodeBatch(payload);
    if (!decoded.ok) {
      this.#onBroken(sender, payload, decoded.reason, decoded.header);
      return;
    }
    const { header } = decoded.value;
    this.#deps.onBatch(sender, header.count, payload.length, header.clock);
    this.#admit(sender, header, payload.length, () => split(decoded.value));
  }

  #onBroken(sender: Sender, payload: Uint8Array, reason: string, header: BatchHeader | undefined): void {
    const rejected: Rejected = {
      ...(header === undefined ? {} : { lane: header.lane, seq: header.seq }),
      reason,
      content: payload,
    };
    if (header !== undefined) {
      this.#admit(sender, header, payload.length, () => ({ records: [], rejected: [rejected] }));
      return;
    }
    // Nothing says which batch it was: it can be kept and counted, not acknowledged.
    this.#counts.deadLetters.inc();
    this.#deps.deadLetters.add(sender, rejected).catch((error: unknown) => this.#onDeadLetterLost(error));
  }

  #onDeadLetterLost(error: unknown): void {
    this.#deps.log.error({ error: describeError(error) }, 'a dead letter could not be kept');
  }

  #admit(
    sender: Sender,
    header: BatchHeader,
    bytes: number,
    unpack: () => { records: AnyRecord[]; rejected: Rejected[] },
  ): void {
    const lane = this.#lane(laneKey(sender.agent, header.epoch, header.lane));
    const verdict = judge(lane, header.seq);
    if (verdict === 'stored') {
      this.#counts.duplicates.inc();
      this.#acknowledge(sender, header, lane.stored);
      return;
    }
    if (verdict === 'waiting') {
      this.#counts.duplicates.inc();
      return;
    }
    if (verdict === 'behind-refused') {
      this.#counts.refused.inc();
      return;
    }
    if (this.#queueBytes + bytes > this.#config.queueBytesMax) {
      this.#counts.refused.inc();
      refuse(lane, header.seq);
      this.#acknowledge(sender, header, lane.stored);
      return;
    }
    take(lane, header.seq);
    this.#queue.push({ sender, header, bytes, ...unpack() });
    this.#queueBytes += bytes;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      await sleep(this.#config.gatherMs, this.#stop.signal).catch(() => {});
      await this.#commit(this.#nextGroup());
    }
  }

  #nextGroup(): Waiting[] {
    let rows = 0;
    let count = 0;
    for (; count < this.#queue.length; count++) {
      rows += this.#queue[count]!.records.length;
      if (rows > this.#config.insertRowsMax && count > 0) break;
    }
    return this.#queue.splice(0, count);
  }

  /** One insert, tried until it holds; then dead letters, marks and acknowledgements, in this order. */
  async #commit(group: readonly Waiting[]): Promise<void> {
    const backoff = new Backoff(RETRY, this.#deps.random);
    for (;;) {
      try {
        await this.#store(group);
        break;
      } catch (error) {
        this.#counts.failures.inc();
        this.#deps.log.error({ error: describeError(error), batches: group.length }, 'insert failed');
        if (this.#stop.signal.aborted) return;
        await sleep(backoff.next(), this.#stop.signal).catch(() => {});
        if (this.#stop.signal.aborted) return;
      }
    }
    this.#onStored(group);
  }

  async #store(group: readonly Waiting[]): Promise<void> {
    const nowMs = this.#deps.clock.now();
    const ingested = isoMicros(Math.floor(nowMs / 1000), (nowMs % 1000) * 1000);
    const rows = group.flatMap((batch) => rowsOf(batch, ingested));
    // Before the rows: after them a crash would leave the mark without its dead letters.
    for (const batch of group) {
      for (const rejected of batch.rejected) await this.#deps.deadLetters.add(batch.sender, rejected);
    }
    const end = this.#counts.insertSeconds.startTimer();
    await this.#deps.store.insert(rows);
    end();
    for (const batch of group) {
      if (batch.records.length > 0) continue;
      const key = laneKey(batch.sender.agent, batch.header.epoch, batch.header.lane);
      await this.#deps.doneMarks.put(key, { seq: batch.header.seq });
    }
    this.#counts.records.inc(rows.length);
  }

  #onStored(group: readonly Waiting[]): void {
    const last = new Map<string, Waiting>();
    for (const batch of group) {
      this.#queueBytes -= batch.bytes;
      this.#counts.deadLetters.inc(batch.rejected.length);
      const key = laneKey(batch.sender.agent, batch.header.epoch, batch.header.lane);
      this.#lane(key).stored = batch.header.seq;
      last.set(key, batch);
    }
    for (const batch of last.values()) this.#acknowledge(batch.sender, batch.header, batch.header.seq);
  }

  #acknowledge(sender: Sender, header: BatchHeader, seq: number): void {
    const fill = this.#queueBytes / this.#config.queueBytesMax;
    const credit = Math.max(1, Math.floor(this.#config.credit * (1 - fill)));
    this.#deps.acknowledge(sender, {
      epoch: header.epoch,
      lane: header.lane,
      seq,
      credit,
      pauseMs: fill > FULL_SHARE ? FULL_PAUSE_MS : 0,
    });
  }

  #lane(key: string): LaneState {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      if (this.#lanes.size >= this.#config.lanesMax) this.#deps.log.warn({ lanes: this.#lanes.size }, 'many lanes');
      lane = { stored: 0, taken: 0, refused: undefined };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #raise(key: string, seq: number): void {
    const lane = this.#lane(key);
    lane.stored = Math.max(lane.stored, seq);
    lane.taken = lane.stored;
  }
}

function laneKey(agent: string, epoch: string, lane: Lane): string {
  return `${agent}:${epoch}:${lane}`;
}

/** Good records and, one by one, what is wrong with the others: one bad record does not take its batch with it. */
function split(batch: Batch): { records: AnyRecord[]; rejected: Rejected[] } {
  const records: AnyRecord[] = [];
  const rejected: Rejected[] = [];
  batch.records.forEach((record, row) => {
    const flaw = flawOfRecord(record);
    if (flaw === undefined) {
      records.push(record as AnyRecord);
      return;
    }
    const { lane, seq } = batch.header;
    rejected.push({ lane, seq, row, reason: flaw, content: Buffer.from(JSON.stringify(record)) });
  });
  return { records, rejected };
}

/** Adds what only the collector knows. */
function rowsOf(batch: Waiting, ingested: string): AnyRecord[] {
  const { sender, header } = batch;
  return batch.records.map((record, row) => ({
    ...record,
    'hinomi.company': sender.company,
    'hinomi.site': sender.site,
    'hinomi.agent': sender.agent,
    'hinomi.epoch': header.epoch,
    'hinomi.lane': header.lane,
    'hinomi.seq': header.seq,
    'hinomi.row': row,
    'event.ingested': ingested,
  }));
}

interface Counters {
  readonly batches: Counter;
  readonly records: Counter;
  readonly duplicates: Counter;
  readonly refused: Counter;
  readonly failures: Counter;
  readonly deadLetters: Counter;
  readonly insertSeconds: Histogram;
}

function makeCounters(registry: Registry, queueBytes: () => number): Counters {
  const counter = (name: string, help: string): Counter =>
    new MakeCounter({ name: `hinomi_ingest_${name}`, help, registers: [registry] });
  new Gauge({
    name: 'hinomi_ingest_queue_bytes',
    help: 'Compressed batches that wait for the disk.',
    registers: [registry],
    collect() {
      this.set(queueBytes());
    },
  });
  return {
    batches: counter('batches_total', 'Batches received.'),
    records: counter('records_total', 'Records stored.'),
    duplicates: counter('duplicate_batches_total', 'Batches that were stored or taken already.'),
    refused: counter('refused_batches_total', 'Batches turned away because the queue was full; they come again.'),
    failures: counter('insert_failures_total', 'Inserts that failed and were tried again.'),
    deadLetters: counter('dead_letters_total', 'Batches and records that could not be stored.'),
    insertSeconds: new MakeHistogram({
      name: 'hinomi_ingest_insert_seconds',
      help: 'Time of one group commit.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
  };
}
