import type { Registry } from 'prom-client';
import { type Static, Type } from 'typebox';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis, sleep } from '../../protocol/base/time.js';
import { decodeBatch, peekBatch } from '../../protocol/codec.js';
import type { Ack, BatchHeader } from '../../protocol/envelope.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { laneKeyOf, type Sender, type Waiting } from './batches.js';
import { type Counters, makeCounters } from './counters.js';
import { Credit, type Pressure, type Refusal } from './credit.js';
import { FairQueue } from './fair-queue.js';
import { type Group, GroupCommit, type GroupCommitDeps } from './group-commit.js';
import { LaneBook } from './lane-book.js';
import { judge, refuse, take } from './lane-state.js';
import { WaitingRoom } from './waiting-room.js';

export type { Pressure } from './credit.js';

export const IngestConfig = Type.Object(
  {
    gatherMs: Type.Integer({ default: 20, minimum: 0, maximum: 1_000, description: 'Wait for more before an insert.' }),
    insertMs: Type.Integer({
      default: 500,
      minimum: 0,
      maximum: 2_000,
      description: 'From one insert to the next, unless many rows wait: what an insert costs is hardly its rows.',
    }),
    insertRowsMax: Type.Integer({
      default: 20_000,
      minimum: 100,
      maximum: 200_000,
      description: 'Rows of one insert.',
    }),
    queueBytesMax: Type.Integer({
      default: 128 * 2 ** 20,
      minimum: 2 ** 23,
      description: 'Unpacked batches that wait for the disk. Beyond this agents are told to wait.',
    }),
    credit: Type.Integer({ default: 16, minimum: 1, maximum: 1_024, description: 'Batches in flight of one agent.' }),
    companyBytesMax: Type.Integer({
      default: 16 * 2 ** 20,
      minimum: 2 ** 20,
      description: 'Of the queue, what one company may have waiting. Beyond this its offices are told to wait.',
    }),
    agentBytesMax: Type.Integer({
      default: 8 * 2 ** 20,
      minimum: 2 ** 20,
      description: 'The same for one office.',
    }),
    backlogBytesPerS: Type.Integer({
      default: 512 * 1024,
      minimum: 16 * 1024,
      maximum: 2 ** 30,
      description: 'What has waited at an office for long comes at this rate at most: its line is for its people.',
    }),
  },
  { additionalProperties: false },
);
export type IngestConfig = Static<typeof IngestConfig>;

export interface IngestDeps extends GroupCommitDeps {
  readonly metrics: Registry;
  readonly store: GroupCommitDeps['store'] & {
    marks(): Promise<ReadonlyArray<{ agent: string; epoch: string; lane: Lane; seq: number; ingestedMs: number }>>;
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
/** So many rows are worth an insert of their own, however soon. */
const INSERT_ROWS_MIN = 4_000;
/** Letters that nothing acknowledges and that are being written at once. */
const LOOSE_LETTERS_MAX = 64;

/**
 * From a message to rows on disk, exactly once: batches at or below the mark of their lane are acknowledged and
 * dropped, the others are gathered across agents into one insert, and acknowledged only when it has returned.
 */
export class Ingest implements Component {
  readonly name = 'ingest';
  readonly #config: IngestConfig;
  readonly #deps: IngestDeps;
  readonly #lanes = new LaneBook();
  readonly #queue = new FairQueue<Waiting>();
  readonly #credit: Credit;
  readonly #counts: Counters;
  readonly #room: WaitingRoom;
  /** Of what waits in the queue. */
  #rows = 0;
  /** When the last group was taken out of it. */
  #takenMs = Number.NEGATIVE_INFINITY;
  /** Letters without a header that are on their way to the disk. */
  #loose = 0;
  readonly #stop = new AbortController();
  readonly #groups: GroupCommit;
  #writing: Promise<void> | undefined;
  #rounds: Promise<void> | undefined;

  constructor(config: IngestConfig, deps: IngestDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#credit = new Credit(config);
    this.#counts = makeCounters(deps.metrics, () => this.#credit.bytes);
    this.#groups = new GroupCommit(deps, this.#counts, this.#stop.signal);
    this.#room = new WaitingRoom(deps.clock, (sender, newest) => this.#askPatience(sender, newest));
  }

  /** Reads the marks back from the table: what is there is what counts. */
  async start(): Promise<void> {
    for (const { agent, epoch, lane, seq, ingestedMs } of await this.#deps.store.marks()) {
      this.#lanes.raise(agent, epoch, lane, seq);
      this.#deps.arrivals.learn(ingestedMs);
    }
    if (!this.#deps.arrivals.isBelieved)
      this.#deps.log.error(
        { from: isoMillis(this.#deps.arrivals.now()) },
        'the clock is wrong: arrivals are dated from the newest on',
      );
    for (const [key, { seq }] of await this.#deps.doneMarks.list()) this.#lanes.raise(...partsOf(key), seq);
    this.#deps.log.info({ lanes: this.#lanes.size }, 'marks read');
    this.#rounds = this.#room.run(this.#stop.signal);
  }

  /** Finishes the insert that is under way. What waits behind it was never acknowledged and comes again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#writing;
    await this.#rounds;
  }

  /** How much is taken of what comes: less where the disk is filling up. */
  setPressure(level: Pressure): void {
    if (level !== this.#credit.pressure) this.#deps.log.warn({ level }, 'pressure on what is taken has changed');
    this.#credit.pressure = level;
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
    // Whoever sends nothing but rubbish does so faster than a disk can keep it: the rest is counted.
    if (this.#loose >= LOOSE_LETTERS_MAX) return;
    this.#loose += 1;
    this.#deps.deadLetters
      .add(sender, rejected)
      .catch((error: unknown) => this.#onDeadLetterLost(error))
      .finally(() => {
        this.#loose -= 1;
      });
  }

  #onDeadLetterLost(error: unknown): void {
    this.#deps.log.error({ error: describeError(error) }, 'a dead letter could not be kept');
  }

  #admit(sender: Sender, header: BatchHeader, bytes: number, payload: Uint8Array): void {
    const lane = this.#lanes.get(sender.agent, header.epoch, header.lane);
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
    const refusal = this.#credit.refusalOf(sender, header.lane, bytes);
    if (verdict === 'behind-refused' || refusal !== undefined) {
      this.#counts.refused.inc();
      refuse(lane, header.seq);
      if (verdict === 'take') this.#acknowledge(sender, header, lane.stored, refusal);
      return;
    }
    take(lane, header.seq);
    const batch: Waiting = { sender, header, payload, bytes, rows: undefined, rejected: [], noted: [] };
    this.#queue.push(batch);
    this.#room.enter(batch);
    this.#credit.take(sender, bytes);
    this.#rows += header.count;
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
    await this.#gather();
    if (this.#stop.signal.aborted) return undefined;
    this.#takenMs = this.#deps.clock.monotonic();
    const group = this.#groups.groupOf(this.#nextGroup());
    return { group, isUnpacked: this.#groups.unpack(group) };
  }

  async #gather(): Promise<void> {
    const { gatherMs, insertMs } = this.#config;
    const dueMs = this.#takenMs + insertMs;
    do await sleep(gatherMs, this.#stop.signal).catch(() => {});
    while (
      this.#rows < INSERT_ROWS_MIN &&
      this.#deps.clock.monotonic() + gatherMs <= dueMs &&
      !this.#stop.signal.aborted
    );
  }

  #nextGroup(): Waiting[] {
    let rows = 0;
    let bytes = 0;
    const group = this.#queue.take((batch) => {
      rows += batch.header.count;
      bytes += batch.bytes;
      return rows <= this.#config.insertRowsMax && bytes <= INSERT_BYTES_MAX;
    });
    for (const { header } of group) this.#rows -= header.count;
    return group;
  }

  #onStored(group: readonly Waiting[]): void {
    const last = new Map<string, Waiting>();
    for (const batch of group) {
      const { sender, header } = batch;
      this.#credit.giveBack(sender, batch.bytes);
      this.#room.leave(batch);
      this.#lanes.get(sender.agent, header.epoch, header.lane).stored = header.seq;
      last.set(laneKeyOf(batch), batch);
      if (batch.noted.length > 0) this.#deps.onStored?.(sender, batch.noted);
    }
    for (const batch of last.values()) this.#acknowledge(batch.sender, batch.header, batch.header.seq);
  }

  /** Says what is stored, which is nothing new: that it is said is the message. */
  #askPatience(sender: Sender, { epoch, lane }: BatchHeader): void {
    this.#counts.patience.inc();
    const { stored } = this.#lanes.get(sender.agent, epoch, lane);
    this.#deps.acknowledge(sender, { epoch, lane, seq: stored, ...this.#credit.wordOfPatience(sender) });
  }

  #acknowledge(sender: Sender, { epoch, lane }: BatchHeader, seq: number, refusal?: Refusal): void {
    const again = refusal === undefined ? {} : { again: true };
    this.#deps.acknowledge(sender, { epoch, lane, seq, ...this.#credit.wordFor(sender, refusal), ...again });
  }
}

/** The key of a mark, as `laneKey` makes it. */
function partsOf(key: string): [agent: string, epoch: string, lane: Lane] {
  const [agent = '', epoch = '', lane = ''] = key.split(':');
  return [agent, epoch, lane as Lane];
}
