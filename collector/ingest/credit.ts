import type { Ack } from '../../protocol/envelope.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import type { Sender } from './batches.js';

export interface CreditConfig {
  readonly queueBytesMax: number;
  readonly agentBytesMax: number;
  readonly companyBytesMax: number;
  readonly credit: number;
  readonly backlogBytesPerS: number;
}

/** 0: all lanes are taken. 1: not p3. 2: neither p3 nor p2. 3: p0 alone. */
export type Pressure = 0 | 1 | 2 | 3;

/** Why a batch is turned away: its sender has too much waiting, or its lane has to wait at everybody's. */
export type Refusal = 'share' | 'lane';

/** The share of the queue up to which a lane is taken: the lowest waits at the edge first, p0 last. */
const LANE_SHARE: Readonly<Record<Lane, number>> = { p0: 1, p1: 0.9, p2: 0.75, p3: 0.6 };
/** So much more than its share an office may have waiting for its alerts. */
const URGENT_FACTOR = 2;
const PAUSE_MS = 1_000;
const BACKLOG_BYTES_PER_S_MIN = 16 * 1_024;

type Word = Pick<Ack, 'credit' | 'pauseMs' | 'lanes' | 'backlogBytesPerS'>;

/** How much of the queue each office and each company has, and what they are told by it. */
export class Credit {
  readonly #config: CreditConfig;
  readonly #agents = new Map<string, number>();
  readonly #companies = new Map<string, number>();
  #bytes = 0;
  #pressure: Pressure = 0;

  constructor(config: CreditConfig) {
    this.#config = config;
  }

  /** All that waits. */
  get bytes(): number {
    return this.#bytes;
  }
  get pressure(): Pressure {
    return this.#pressure;
  }
  set pressure(level: Pressure) {
    this.#pressure = level;
  }

  /** Lanes that are taken now. */
  get lanes(): Lane[] {
    const fill = this.#bytes / this.#config.queueBytesMax;
    const allowed = LANES.length - this.#pressure;
    return LANES.filter((lane, index) => index < allowed && fill < LANE_SHARE[lane]);
  }

  /** @returns why it cannot be taken now, or undefined */
  refusalOf(sender: Sender, lane: Lane, bytes: number): Refusal | undefined {
    const { queueBytesMax, agentBytesMax, companyBytesMax } = this.#config;
    const factor = lane === 'p0' ? URGENT_FACTOR : 1;
    const agent = this.#agents.get(sender.agent) ?? 0;
    const company = this.#companies.get(sender.company) ?? 0;
    // One batch of anybody fits, however large it is.
    if (agent > 0 && agent + bytes > agentBytesMax * factor) return 'share';
    if (company > 0 && company + bytes > companyBytesMax * factor) return 'share';
    const isFull = this.#bytes > 0 && this.#bytes + bytes > queueBytesMax;
    return isFull || !this.lanes.includes(lane) ? 'lane' : undefined;
  }

  take({ agent, company }: Sender, bytes: number): void {
    this.#bytes += bytes;
    this.#agents.set(agent, (this.#agents.get(agent) ?? 0) + bytes);
    this.#companies.set(company, (this.#companies.get(company) ?? 0) + bytes);
  }

  giveBack({ agent, company }: Sender, bytes: number): void {
    this.#bytes -= bytes;
    subtract(this.#agents, agent, bytes);
    subtract(this.#companies, company, bytes);
  }

  /** What its sender is told with an acknowledgement. */
  wordFor(sender: Sender, refusal?: Refusal): Word {
    const { credit, backlogBytesPerS } = this.#config;
    const fill = this.#fillFor(sender);
    const { lanes } = this;
    return {
      credit: Math.max(1, Math.floor(credit * (1 - fill))),
      pauseMs: refusal === 'share' || lanes.length === 0 ? PAUSE_MS : 0,
      ...(lanes.length < LANES.length ? { lanes } : {}),
      backlogBytesPerS: Math.max(BACKLOG_BYTES_PER_S_MIN, Math.floor(backlogBytesPerS * (1 - fill))),
    };
  }

  /**
   * What it is told while its batches wait for long: alerts are taken, the rest is safer where it is. There is no pause
   * in it, which would hold up alerts too: any word begins its wait for an acknowledgement anew.
   */
  wordOfPatience(sender: Sender): Word {
    return { ...this.wordFor(sender), lanes: this.lanes.filter((lane) => lane === 'p0') };
  }

  /** The fullest of what counts for it, 0 to 1. */
  #fillFor({ agent, company }: Sender): number {
    const { queueBytesMax, agentBytesMax, companyBytesMax } = this.#config;
    return Math.min(
      1,
      Math.max(
        this.#bytes / queueBytesMax,
        (this.#agents.get(agent) ?? 0) / agentBytesMax,
        (this.#companies.get(company) ?? 0) / companyBytesMax,
      ),
    );
  }
}

function subtract(counts: Map<string, number>, key: string, bytes: number): void {
  const left = (counts.get(key) ?? 0) - bytes;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
