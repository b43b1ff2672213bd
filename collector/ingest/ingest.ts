import type { Registry } from 'prom-client';
import { type Static, Type } from 'typebox';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { sleep } from '../../protocol/base/time.js';
import { decodeBatch, peekBatch } from '../../protocol/codec.js';
import type { Ack, BatchHeader } from '../../protocol/envelope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { laneKey, laneKeyOf, type Sender, type Waiting } from './batches.js';
import { type Counters, makeCounters } from './counters.js';
import { type Group, GroupCommit, type GroupCommitDeps } from './group-commit.js';
import { judge, type LaneState, newLane, refuse, take } from './lane-state.js';

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
      minimum: 2 ** 23,
      description: 'Unpacked batches that wait for the disk. Beyond this agents are told to wait.',
    }),
    credit: Type.Integer({ default: 16, minimum: 1, maximum: 1_024, description: 'Batches in flight of one agent.' }),
    lanesMax: Type.Integer({ default: 400_000, minimum: 16, description: 'Lanes of spools that are remembered.' }),
  },
  { additionalProperties: false },
);
export type IngestConfig = Static<typeof IngestConfig>;

export interface IngestDeps extends GroupCommitDeps {
  readonly metrics: Registry;
  readonly store: GroupCommitDeps['store'] & {
    marks(): Promise<ReadonlyArray<{ agent: string; epoch: string; lane: Lane; seq: number }>>;
  };
  readonly doneMarks: GroupCommitDeps['doneMarks'] & { list(): Promise<Array<[string, { seq: number }]>> };
  acknowledge(sender: Sender, ack: Ack): void;
  /** A batch was taken: for rates and clock skew. */
  onBatch(sender: Sender, records: number, bytes: number, clockMs: number): void;
  /** Those of the records that are on disk now which somebody looks at, once each but for a restart of the collector. */
  onStored?(sender: Sender, records: readonly AnyRecord[]): void;
}

/** Far below the size at which the engine would cut an insert into several parts. */
const INSERT_BYTES_MAX = 32 * 2 ** 20;
/** Beyond this share of the queue agents pause. */
const FULL_SHARE = 0.9;
const FULL_PAUSE_MS = 1_000;

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
  readonly #groups: GroupCommit;
  #queueBytes = 0;
  #writing: Promise<void> | undefined;

  constructor(config: IngestConfig, deps: IngestDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#counts = makeCounters(deps.metrics, () => this.#queueBytes);
    this.#groups = new GroupCommit(deps, this.#counts, this.#stop.signal);
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
    const peeked = peekBatch(payload);
    if (peeked === undefined) {
      this.#onStrange(sender, payload);
      return;
    }
    this.#take(sender, peeked.header, peeked.unpackedBytes, payload);
  }

  #take(sender: Sender, header: BatchHeader, unpackedBytes: number, payload: Uint8Array): void {
    this.#deps.onBatch(sender, header.count, payload.length, header.clock);
    this.#admit(sender, header, Math.max(unpackedBytes, payload.length), payload);
  }

  /** Its header is not where our agents put it. */
  #onStrange(sender: Sender, payload: Uint8Array): void {
    const decoded = decodeBatch(payload);
    const header = decoded.ok ? decoded.value.header : decoded.header;
    if (header !== undefined) {
      this.#take(sender, header, decoded.ok ? decoded.value.unpackedBytes : 0, payload);
      return;
    }
    // Nothing says which batch it was: it can be kept and counted, not acknowledged.
    const rejected = { reason: decoded.ok ? '' : decoded.reason, content: payload };
    this.#counts.deadLetters.inc();
    this.#deps.deadLetters.add(sender, rejected).catch((error: unknown) => this.#onDeadLetterLost(error));
  }

  #onDeadLetterLost(error: unknown): void {
    this.#deps.log.error({ error: describeError(error) }, 'a dead letter could not be kept');
  }

  #admit(sender: Sender, header: BatchHeader, bytes: number, payload: Uint8Array): void {
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
    if (verdict === 'behind-refused' || this.#queueBytes + bytes > this.#config.queueBytesMax) {
      this.#counts.refused.inc();
      refuse(lane, header.seq);
      if (verdict === 'take') this.#acknowledge(sender, header, lane.stored, FULL_PAUSE_MS);
      return;
    }
    take(lane, header.seq);
    this.#queue.push({ sender, header, payload, bytes, rows: undefined, rejected: [], noted: [] });
    this.#queueBytes += bytes;
    this.#begin();
  }

  #begin(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      // What came while the last look at the queue was on its way back.
      if (this.#queue.length > 0 && !this.#stop.signal.aborted) this.#begin();
    });
  }

  /** While a group is written, the one behind it is unpacked. They are written in order, each after the one in front. */
  async #write(): Promise<void> {
    let next = await this.#prepare();
    while (next !== undefined) {
      const { group, isUnpacked } = next;
      const [isStored, following] = await Promise.all([
        isUnpacked.then((is) => is && this.#groups.run(group)),
        isUnpacked.then((is) => (is ? this.#prepare() : undefined)),
      ]);
      // What follows may not be acknowledged without it.
      if (!isStored) return;
      this.#onStored(group.batches);
      next = following ?? (await this.#prepare());
    }
  }

  /** The next group, whose unpacking has begun. Undefined when nothing waits. */
  async #prepare(): Promise<{ group: Group; isUnpacked: Promise<boolean> } | undefined> {
    if (this.#queue.length === 0 || this.#stop.signal.aborted) return undefined;
    await sleep(this.#config.gatherMs, this.#stop.signal).catch(() => {});
    if (this.#stop.signal.aborted) return undefined;
    const group = this.#groups.groupOf(this.#nextGroup());
    return { group, isUnpacked: this.#groups.unpack(group) };
  }

  #nextGroup(): Waiting[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (; count < this.#queue.length; count++) {
      rows += this.#queue[count]!.header.count;
      bytes += this.#queue[count]!.bytes;
      if ((rows > this.#config.insertRowsMax || bytes > INSERT_BYTES_MAX) && count > 0) break;
    }
    return this.#queue.splice(0, count);
  }

  #onStored(group: readonly Waiting[]): void {
    const last = new Map<string, Waiting>();
    for (const batch of group) {
      this.#queueBytes -= batch.bytes;
      const key = laneKeyOf(batch);
      this.#lane(key).stored = batch.header.seq;
      last.set(key, batch);
      if (batch.noted.length > 0) this.#deps.onStored?.(batch.sender, batch.noted);
    }
    for (const batch of last.values()) this.#acknowledge(batch.sender, batch.header, batch.header.seq);
  }

  #acknowledge(sender: Sender, header: BatchHeader, seq: number, pauseMs = 0): void {
    const fill = this.#queueBytes / this.#config.queueBytesMax;
    const credit = Math.max(1, Math.floor(this.#config.credit * (1 - fill)));
    this.#deps.acknowledge(sender, {
      epoch: header.epoch,
      lane: header.lane,
      seq,
      credit,
      pauseMs: fill > FULL_SHARE ? FULL_PAUSE_MS : pauseMs,
    });
  }

  #lane(key: string): LaneState {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      if (this.#lanes.size >= this.#config.lanesMax) this.#deps.log.warn({ lanes: this.#lanes.size }, 'many lanes');
      lane = newLane();
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
