import type { SilenceConfig } from './config.js';
import { Habit, type StoredHabit } from './habit.js';
import type { Transport } from './source.js';

/** What is known of a source for as long as it is expected, over restarts of the agent. */
export interface StoredWatched {
  readonly id: string;
  readonly address: string;
  readonly transport: Transport;
  readonly vendor?: string;
  readonly product?: string;
  readonly messages: number;
  readonly heardMs: number;
  readonly lastMs: number;
  readonly habit: StoredHabit;
  readonly silentSinceMs?: number;
  readonly lowSinceMs?: number;
}

/** What happened at a look. */
export type Finding =
  | { readonly kind: 'silent'; readonly quietMs: number }
  | { readonly kind: 'heard'; readonly sinceMs: number }
  | { readonly kind: 'low'; readonly messages: number; readonly usual: number }
  | { readonly kind: 'enough'; readonly sinceMs: number; readonly messages: number; readonly usual: number };

export interface Look {
  /** Messages since the look before. */
  readonly messages: number;
  /** Time since then in which the box was able to hear. */
  readonly passedMs: number;
  readonly nowMs: number;
  /** Of the week, in the office's zone. */
  readonly hour: number;
}

const HOUR_MS = 3_600_000;
/** An hour counts when nearly all of it was attended. */
const HOUR_MS_MIN = 3_300_000;
const GAP_FACTOR = 3;
/** So many messages are missing before a silence is one: it is none where there would have been few. */
const MISSED_MIN = 20;
/** The same hour of the weekday was seen so often before its volume is judged. */
const WEEKS_MIN = 2;

/** One source that is expected to speak. Judges silence and volume by its own habit; time comes in as an argument. */
export class Watched {
  readonly #config: SilenceConfig;
  readonly habit: Habit;
  readonly id: string;
  readonly address: string;
  readonly transport: Transport;
  vendor: string | undefined;
  product: string | undefined;
  lastMs: number;
  silentSinceMs: number | undefined;
  lowSinceMs: number | undefined;
  #messages: number;
  #heardMs: number;
  #quietMs = 0;
  #missed = 0;
  #hour: number | undefined;
  #hourMs = 0;
  #hourMessages = 0;
  #lowHours = 0;

  constructor(config: SilenceConfig, stored: StoredWatched) {
    this.#config = config;
    this.id = stored.id;
    this.address = stored.address;
    this.transport = stored.transport;
    this.vendor = stored.vendor;
    this.product = stored.product;
    this.habit = new Habit(stored.habit);
    this.lastMs = stored.lastMs;
    this.silentSinceMs = stored.silentSinceMs;
    this.lowSinceMs = stored.lowSinceMs;
    this.#messages = stored.messages;
    this.#heardMs = stored.heardMs;
  }

  look(at: Look): Finding[] {
    const findings = this.#hourOver(at);
    this.#hourMs += at.passedMs;
    this.#hourMessages += at.messages;
    this.#heardMs += at.passedMs;
    if (at.messages > 0) findings.push(...this.#heard(at));
    else findings.push(...this.#notHeard(at));
    return findings;
  }

  get isSilent(): boolean {
    return this.silentSinceMs !== undefined;
  }

  get quietMs(): number {
    return this.#quietMs;
  }

  #heard({ messages, nowMs, passedMs }: Look): Finding[] {
    this.#messages += messages;
    this.lastMs = nowMs;
    const sinceMs = this.silentSinceMs;
    this.habit.addGap(this.#quietMs + passedMs, sinceMs !== undefined);
    this.#quietMs = 0;
    this.#missed = 0;
    this.silentSinceMs = undefined;
    return sinceMs === undefined ? [] : [{ kind: 'heard', sinceMs }];
  }

  #notHeard({ nowMs, passedMs, hour }: Look): Finding[] {
    const usual = this.habit.usual(hour);
    this.#quietMs += passedMs;
    this.#missed += ((usual ?? 0) * passedMs) / HOUR_MS;
    if (this.isSilent || !this.#isExpected() || this.#quietMs < this.#patienceMs(usual)) return [];
    if (usual !== undefined && this.#missed < MISSED_MIN) return [];
    this.silentSinceMs = nowMs - this.#quietMs;
    return [{ kind: 'silent', quietMs: this.#quietMs }];
  }

  /** Whoever said a few words once, such as a test, is not missed. */
  #isExpected(): boolean {
    return this.#messages >= this.#config.learnMessages && this.#heardMs - this.#quietMs >= this.#config.learnMs;
  }

  #patienceMs(usual: number | undefined): number {
    const { minMs, maxMs, unlearnedMs } = this.#config;
    const patient = Math.min(maxMs, Math.max(minMs, this.habit.gapMs * GAP_FACTOR));
    return usual === undefined ? Math.max(patient, unlearnedMs) : patient;
  }

  #hourOver({ hour, nowMs }: Look): Finding[] {
    if (hour === this.#hour) return [];
    const [over, attendedMs, messages] = [this.#hour, this.#hourMs, this.#hourMessages];
    this.#hour = hour;
    this.#hourMs = 0;
    this.#hourMessages = 0;
    return over === undefined || attendedMs < HOUR_MS_MIN ? [] : this.#judgeHour(over, messages, nowMs);
  }

  #judgeHour(hour: number, messages: number, nowMs: number): Finding[] {
    const { dropShare, dropMessages, dropHours } = this.#config;
    const usual = this.habit.usual(hour) ?? 0;
    const isJudged = this.habit.weeksOf(hour) >= WEEKS_MIN && usual >= dropMessages;
    const isLow = isJudged && messages < usual * dropShare;
    this.habit.addHour(hour, messages, isLow || this.isSilent);
    if (!isJudged) return [];
    const facts = { messages, usual: Math.round(usual) };
    this.#lowHours = isLow ? this.#lowHours + 1 : 0;
    if (!isLow && this.lowSinceMs !== undefined) {
      const sinceMs = this.lowSinceMs;
      this.lowSinceMs = undefined;
      return [{ kind: 'enough', sinceMs, ...facts }];
    }
    // Where nothing comes at all that is told already.
    if (this.#lowHours < dropHours || this.lowSinceMs !== undefined || this.isSilent) return [];
    this.lowSinceMs = nowMs - this.#lowHours * HOUR_MS;
    return [{ kind: 'low', ...facts }];
  }

  stored(): StoredWatched {
    const { id, address, transport, vendor, product, lastMs, silentSinceMs, lowSinceMs } = this;
    return {
      ...{ id, address, transport, lastMs, messages: this.#messages, heardMs: this.#heardMs },
      ...(vendor === undefined ? {} : { vendor }),
      ...(product === undefined ? {} : { product }),
      ...(silentSinceMs === undefined ? {} : { silentSinceMs }),
      ...(lowSinceMs === undefined ? {} : { lowSinceMs }),
      habit: this.habit.stored(),
    };
  }
}
