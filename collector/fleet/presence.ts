import type { AgentSummary } from '../../protocol/api/fleet.js';
import { type Clock, isoMillis } from '../../protocol/base/time.js';
import type { AgentStatus } from '../../protocol/envelope.js';
import { RateWindow } from './rate-window.js';
import { SkewMeter } from './skew.js';

/** Connected, but nothing was heard for this long: a health record comes once a minute. */
const SILENT_MS = 150_000;
/** What outlives a restart may be so old: a write each time that a box says something would wear the disk. */
const WORTH_KEEPING_MS = 60_000;

/** What is kept of a box while the collector is down. Milliseconds since the epoch. */
export interface KeptContact {
  readonly lastMs: number;
  /** When its connection ended. */
  readonly goneMs?: number;
  /** It said that it stops, and when. */
  readonly goodbyeMs?: number;
  readonly version?: string;
  readonly skewMs?: number;
  readonly address?: string;
}

/** How a box is, for whoever watches over them. */
export interface Standing {
  readonly presence: 'connected' | 'silent' | 'offline' | 'goodbye' | 'never';
  /** Changes when a connection begins after none. */
  readonly span: number;
  readonly lastMs: number;
  readonly goneMs?: number;
  readonly address?: string;
  readonly skewMs?: number;
}

interface Contact {
  connection: string | undefined;
  connectedMs: number;
  span: number;
  lastMs: number;
  /** The same by the clock that is never set. */
  lastMonotonicMs: number;
  goneMs: number | undefined;
  goodbyeMs: number | undefined;
  version: string | undefined;
  address: string | undefined;
  /** From before this start. */
  skewMs: number | undefined;
  keptMs: number;
  isChanged: boolean;
  readonly skew: SkewMeter;
  readonly rates: RateWindow;
}

/** Who is connected, when each agent was heard of last, how much it sends, and how far its clock is from ours. */
export class Presences {
  readonly #clock: Clock;
  readonly #contacts = new Map<string, Contact>();
  #spans = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onConnect(agent: string, connection: string, address?: string): void {
    const contact = this.#heard(agent);
    if (contact.connection === undefined) {
      contact.connectedMs = contact.lastMs;
      contact.span = ++this.#spans;
    }
    contact.connection = connection;
    contact.goneMs = undefined;
    contact.goodbyeMs = undefined;
    contact.address = address ?? contact.address;
    contact.isChanged = true;
  }

  /** The end of an older connection does not end a newer one. */
  onDisconnect(agent: string, connection: string): void {
    const contact = this.#contacts.get(agent);
    if (contact?.connection !== connection) return;
    contact.connection = undefined;
    contact.goneMs = this.#clock.now();
    contact.isChanged = true;
  }

  /** The last words of an older connection say nothing of the newer one. */
  onStatus(agent: string, status: AgentStatus, connection: string): void {
    if (this.#contacts.get(agent)?.connection !== connection) return;
    const contact = this.#heard(agent);
    if (status.version !== undefined && status.version !== contact.version) {
      contact.version = status.version;
      contact.isChanged = true;
    }
    // The will of a connection that broke right after it changes nothing.
    if (status.state === 'goodbye') contact.goodbyeMs = contact.lastMs;
    if (status.state === 'online' && status.clock !== undefined)
      contact.skew.take(status.clock, this.#clock.monotonic());
  }

  onBatch(agent: string, records: number, bytes: number, clockMs: number): void {
    const contact = this.#heard(agent);
    contact.skew.take(clockMs, contact.lastMonotonicMs);
    contact.rates.add(records, bytes, contact.lastMonotonicMs);
  }

  onRoundTrip(agent: string, ms: number): void {
    this.#contacts.get(agent)?.skew.onRoundTrip(ms, this.#clock.monotonic());
  }

  /** Since when it is connected without a break; undefined when it is not. */
  connectedSinceMs(agent: string): number | undefined {
    const contact = this.#contacts.get(agent);
    return contact?.connection === undefined ? undefined : contact.connectedMs;
  }

  standing(agent: string): Standing {
    const contact = this.#contacts.get(agent);
    if (contact === undefined) return { presence: 'never', span: 0, lastMs: 0 };
    const { span, lastMs, goneMs, address } = contact;
    const skewMs = this.#skew(contact);
    return {
      presence: this.#presenceOf(contact),
      ...{ span, lastMs },
      ...(goneMs === undefined ? {} : { goneMs }),
      ...(address === undefined ? {} : { address }),
      ...(skewMs === undefined ? {} : { skewMs }),
    };
  }

  summary(agent: string): AgentSummary {
    const contact = this.#contacts.get(agent);
    if (contact === undefined) return { id: agent, presence: 'offline', recordsPerSecond: 0, bytesPerSecond: 0 };
    const skewMs = this.#skew(contact);
    const presence = this.#presenceOf(contact);
    return {
      id: agent,
      presence: presence === 'goodbye' ? 'offline' : presence,
      lastContact: isoMillis(contact.lastMs),
      ...(presence === 'goodbye' ? { goodbye: isoMillis(contact.goodbyeMs ?? contact.lastMs) } : {}),
      ...(contact.version === undefined ? {} : { version: contact.version }),
      ...(skewMs === undefined ? {} : { clockSkewMs: Math.round(skewMs) }),
      ...contact.rates.perSecond(this.#clock.monotonic()),
    };
  }

  /** What was known before this start. Nobody is connected yet. */
  restore(agent: string, kept: KeptContact): void {
    const contact = this.#contact(agent);
    Object.assign(contact, kept);
    contact.goneMs = kept.goneMs ?? kept.lastMs;
    contact.keptMs = kept.lastMs;
  }

  /** What is worth keeping now, of those about whom it has changed. @param isEnd also what is only a little newer */
  takeChanged(isEnd = false): Array<[agent: string, kept: KeptContact]> {
    const changed: Array<[string, KeptContact]> = [];
    for (const [agent, contact] of this.#contacts) {
      const newerMs = Math.abs(contact.lastMs - contact.keptMs);
      if (!contact.isChanged && newerMs < (isEnd ? 1 : WORTH_KEEPING_MS)) continue;
      contact.isChanged = false;
      contact.keptMs = contact.lastMs;
      changed.push([agent, this.#keep(contact)]);
    }
    return changed;
  }

  /** It could not be written. */
  takeBack(agents: Iterable<string>): void {
    for (const agent of agents) this.#contact(agent).isChanged = true;
  }

  #keep(contact: Contact): KeptContact {
    const { lastMs, goneMs, goodbyeMs, version, address } = contact;
    const skewMs = this.#skew(contact);
    return {
      lastMs,
      ...(goneMs !== undefined && { goneMs }),
      ...(goodbyeMs !== undefined && { goodbyeMs }),
      ...(version !== undefined && { version }),
      ...(address !== undefined && { address }),
      ...(skewMs !== undefined && { skewMs: Math.round(skewMs) }),
    };
  }

  #skew(contact: Contact): number | undefined {
    return contact.skew.value(this.#clock.now(), this.#clock.monotonic()) ?? contact.skewMs;
  }

  #presenceOf(contact: Contact): Exclude<Standing['presence'], 'never'> {
    if (contact.connection === undefined) return contact.goodbyeMs === undefined ? 'offline' : 'goodbye';
    return this.#clock.monotonic() - contact.lastMonotonicMs > SILENT_MS ? 'silent' : 'connected';
  }

  #heard(agent: string): Contact {
    const contact = this.#contact(agent);
    contact.lastMs = this.#clock.now();
    contact.lastMonotonicMs = this.#clock.monotonic();
    return contact;
  }

  #contact(agent: string): Contact {
    let contact = this.#contacts.get(agent);
    if (contact === undefined) {
      contact = newContact();
      this.#contacts.set(agent, contact);
    }
    return contact;
  }
}

function newContact(): Contact {
  return {
    connection: undefined,
    connectedMs: 0,
    span: 0,
    lastMs: 0,
    lastMonotonicMs: 0,
    goneMs: undefined,
    goodbyeMs: undefined,
    version: undefined,
    address: undefined,
    skewMs: undefined,
    keptMs: 0,
    isChanged: false,
    skew: new SkewMeter(),
    rates: new RateWindow(),
  };
}
