import { Gauge, type Registry } from 'prom-client';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { Lane } from '../../protocol/records/lanes.js';
import type { Rejected, Sender } from './batches.js';

/** What is kept of one. */
const CONTENT_BYTES_MAX = 8_192;
/** Kept in all; of the agent that has most the oldest go first. */
const LETTERS_MAX = 10_000;
/** Of one agent, so that a box gone mad does not push out what others sent. */
const AGENT_LETTERS_MAX = 1_000;
/** Reasons that have a line of their own, and what is kept of one. */
const REASONS_SHOWN = 50;
const REASON_CHARACTERS_MAX = 200;
/** Read at once when reasons are counted first. */
const PAGE = 200;
/** Agents that have a line of their own in the metrics: those with most. */
const AGENTS_MEASURED = 100;

/** `{when}-{serial}-{agent}`, in the order of time. */
const KEY = /^.{24}-\d{6}-(.+)$/;

export interface Letter {
  readonly at: string;
  readonly site: string;
  readonly agent: string;
  readonly lane?: Lane;
  readonly seq?: number;
  readonly reason: string;
  readonly bytes: number;
  readonly content: string;
}

interface Table {
  get(key: string): Promise<Letter | undefined>;
  put(key: string, value: Letter): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<string[]>;
  list(options: { limit?: number; reverse?: boolean; before?: string }): Promise<Array<[string, Letter]>>;
}

export interface AgentLetters {
  readonly agent: string;
  readonly count: number;
  /** RFC 3339. */
  readonly newest: string;
}

export interface ReasonLetters {
  readonly reason: string;
  readonly count: number;
}

interface Listing {
  readonly agent?: string | undefined;
  readonly limit: number;
  readonly before?: string | undefined;
}

/** What could not be stored as a record: kept with its reason, bounded, counted by agent, and shown to people. */
export class DeadLetters {
  readonly name = 'dead-letters';
  readonly #table: Table;
  readonly #clock: World['clock'];
  /** The keys of each agent's, oldest first. */
  readonly #keys = new Map<string, string[]>();
  /** By key; read when it is asked for first, since contents are read with them. */
  #reasons: Promise<Map<string, string>> | undefined;
  #count = 0;
  #serial = 0;
  #ready: Promise<void> | undefined;

  constructor(table: Table, world: World, metrics?: Registry) {
    this.#table = table;
    this.#clock = world.clock;
    if (metrics !== undefined) this.#measure(metrics);
  }

  async start(): Promise<void> {
    await this.#read();
  }

  async close(): Promise<void> {}

  async add(sender: Sender, rejected: Rejected): Promise<void> {
    await this.#read();
    const at = isoMillis(this.#clock.now());
    this.#serial = (this.#serial + 1) % 1_000_000;
    const key = `${at}-${String(this.#serial).padStart(6, '0')}-${sender.agent}`;
    await this.#table.put(key, {
      at,
      site: sender.site,
      agent: sender.agent,
      ...(rejected.lane === undefined ? {} : { lane: rejected.lane }),
      ...(rejected.seq === undefined ? {} : { seq: rejected.seq }),
      reason: rejected.reason,
      bytes: rejected.content.length,
      content: Buffer.from(rejected.content.subarray(0, CONTENT_BYTES_MAX)).toString('base64'),
    });
    this.#note(sender.agent, key);
    await this.#inReasons((reasons) => reasons.set(key, rejected.reason.slice(0, REASON_CHARACTERS_MAX)));
    if ((this.#keys.get(sender.agent)?.length ?? 0) > AGENT_LETTERS_MAX) await this.#forgetOldest(sender.agent);
    else if (this.#count > LETTERS_MAX) await this.#forgetOldest(this.byAgent()[0]!.agent);
  }

  countOf(agent: string): number {
    return this.#keys.get(agent)?.length ?? 0;
  }

  get count(): number {
    return this.#count;
  }

  /** Those with most first. */
  byAgent(): AgentLetters[] {
    return [...this.#keys]
      .map(([agent, keys]) => ({ agent, count: keys.length, newest: keys.at(-1)!.slice(0, 24) }))
      .sort((a, b) => b.count - a.count || (a.agent < b.agent ? -1 : 1));
  }

  /** Those with most first. @param agent undefined: of all */
  async byReason(agent?: string): Promise<ReasonLetters[]> {
    await this.#read();
    this.#reasons ??= this.#readReasons().catch((error: unknown) => {
      this.#reasons = undefined;
      throw error;
    });
    const reasons = await this.#reasons;
    const counts = new Map<string, number>();
    for (const key of agent === undefined ? reasons.keys() : (this.#keys.get(agent) ?? [])) {
      const reason = reasons.get(key);
      if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
      .slice(0, REASONS_SHOWN);
  }

  /** Newest first. @param before a key: those that are older */
  async list({ agent, limit, before }: Listing): Promise<Array<[string, Letter]>> {
    await this.#read();
    if (agent === undefined)
      return this.#table.list({ reverse: true, limit, ...(before === undefined ? {} : { before }) });
    const found: Array<[string, Letter]> = [];
    const keys = (this.#keys.get(agent) ?? []).filter((key) => before === undefined || key < before);
    for (const key of keys.slice(-limit).reverse()) {
      const letter = await this.#table.get(key);
      if (letter !== undefined) found.push([key, letter]);
    }
    return found;
  }

  get(id: string): Promise<Letter | undefined> {
    return this.#table.get(id);
  }

  /** @returns false when there is none */
  async remove(id: string): Promise<boolean> {
    await this.#read();
    const agent = KEY.exec(id)?.[1] ?? '';
    if (this.#keys.get(agent)?.includes(id) !== true) return false;
    await this.#forget(agent, id);
    return true;
  }

  /** @returns how many there were */
  async removeOf(agent: string): Promise<number> {
    await this.#read();
    const keys = [...(this.#keys.get(agent) ?? [])];
    for (const key of keys) await this.#forget(agent, key);
    return keys.length;
  }

  async #forgetOldest(agent: string): Promise<void> {
    const oldest = this.#keys.get(agent)?.[0];
    if (oldest !== undefined) await this.#forget(agent, oldest);
  }

  async #forget(agent: string, key: string): Promise<void> {
    await this.#table.delete(key);
    await this.#inReasons((reasons) => reasons.delete(key));
    const keys = this.#keys.get(agent);
    const at = keys?.indexOf(key) ?? -1;
    if (keys === undefined || at < 0) return;
    keys.splice(at, 1);
    this.#count -= 1;
    if (keys.length === 0) this.#keys.delete(agent);
  }

  #note(agent: string, key: string): void {
    const keys = this.#keys.get(agent);
    if (keys === undefined) this.#keys.set(agent, [key]);
    else keys.push(key);
    this.#count += 1;
  }

  /** What cannot be counted now is read anew when it is asked for again. */
  async #inReasons(change: (reasons: Map<string, string>) => void): Promise<void> {
    const reasons = await this.#reasons?.catch(() => undefined);
    if (reasons !== undefined) change(reasons);
  }

  async #readReasons(): Promise<Map<string, string>> {
    const reasons = new Map<string, string>();
    for (let before: string | undefined; ; ) {
      const page = await this.#table.list({ reverse: true, limit: PAGE, ...(before === undefined ? {} : { before }) });
      for (const [key, { reason }] of page) reasons.set(key, reason.slice(0, REASON_CHARACTERS_MAX));
      before = page.at(-1)?.[0];
      if (page.length < PAGE) return reasons;
    }
  }

  /** What there is from before; once. */
  #read(): Promise<void> {
    this.#ready ??= this.#table.keys().then((keys) => {
      for (const key of keys) this.#note(KEY.exec(key)?.[1] ?? '', key);
    });
    return this.#ready;
  }

  #measure(metrics: Registry): void {
    const letters = this;
    new Gauge({
      name: 'hinomi_dead_letters',
      help: 'Dead letters that are kept and that nobody has removed yet.',
      registers: [metrics],
      collect() {
        this.set(letters.count);
      },
    });
    new Gauge({
      name: 'hinomi_dead_letters_by_agent',
      help: `The same by agent, of the ${AGENTS_MEASURED} with most.`,
      labelNames: ['agent'],
      registers: [metrics],
      collect() {
        this.reset();
        for (const { agent, count } of letters.byAgent().slice(0, AGENTS_MEASURED)) this.set({ agent }, count);
      },
    });
  }
}
