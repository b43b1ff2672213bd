import type { AgentSummary, Presence } from '../../protocol/api/fleet.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { AgentStatus } from '../../protocol/envelope.js';

const WINDOW_S = 60;
/** Connected, but nothing was heard for this long: a health record comes once a minute. */
const SILENT_MS = 150_000;

interface Contact {
  connection: string | undefined;
  connectedMs: number;
  lastMs: number;
  version: string | undefined;
  skewMs: number | undefined;
  /** Per second of the last minute, by second modulo the window. */
  readonly seconds: Float64Array;
  readonly records: Float64Array;
  readonly bytes: Float64Array;
}

/** Who is connected, when each agent was heard of last, and how much it sends. In memory: it is true now or not at all. */
export class Presences {
  readonly #contacts = new Map<string, Contact>();

  onConnect(agent: string, connection: string, nowMs: number): void {
    const contact = this.#contact(agent);
    if (contact.connection === undefined) contact.connectedMs = nowMs;
    contact.connection = connection;
    contact.lastMs = nowMs;
  }

  /** The end of an older connection does not end a newer one. */
  onDisconnect(agent: string, connection: string): void {
    const contact = this.#contacts.get(agent);
    if (contact?.connection === connection) contact.connection = undefined;
  }

  onStatus(agent: string, status: AgentStatus, nowMs: number): void {
    const contact = this.#contact(agent);
    contact.lastMs = nowMs;
    if (status.version !== undefined) contact.version = status.version;
    if (status.state === 'online' && status.clock !== undefined) contact.skewMs = status.clock - nowMs;
  }

  onBatch(agent: string, records: number, bytes: number, clockMs: number, nowMs: number): void {
    const contact = this.#contact(agent);
    contact.lastMs = nowMs;
    contact.skewMs ??= clockMs - nowMs;
    const second = Math.floor(nowMs / 1000);
    const at = second % WINDOW_S;
    if (contact.seconds[at] !== second) {
      contact.seconds[at] = second;
      contact.records[at] = 0;
      contact.bytes[at] = 0;
    }
    contact.records[at] = contact.records[at]! + records;
    contact.bytes[at] = contact.bytes[at]! + bytes;
  }

  /** Since when it is connected without a break; undefined when it is not. */
  connectedSinceMs(agent: string): number | undefined {
    const contact = this.#contacts.get(agent);
    return contact?.connection === undefined ? undefined : contact.connectedMs;
  }

  summary(agent: string, nowMs: number): AgentSummary {
    const contact = this.#contacts.get(agent);
    if (contact === undefined) return { id: agent, presence: 'offline', recordsPerSecond: 0, bytesPerSecond: 0 };
    const oldest = Math.floor(nowMs / 1000) - WINDOW_S;
    let records = 0;
    let bytes = 0;
    for (let at = 0; at < WINDOW_S; at++) {
      if (contact.seconds[at]! <= oldest) continue;
      records += contact.records[at]!;
      bytes += contact.bytes[at]!;
    }
    return {
      id: agent,
      presence: presenceOf(contact, nowMs),
      lastContact: isoMillis(contact.lastMs),
      ...(contact.version === undefined ? {} : { version: contact.version }),
      ...(contact.skewMs === undefined ? {} : { clockSkewMs: Math.round(contact.skewMs) }),
      recordsPerSecond: records / WINDOW_S,
      bytesPerSecond: bytes / WINDOW_S,
    };
  }

  #contact(agent: string): Contact {
    let contact = this.#contacts.get(agent);
    if (contact === undefined) {
      contact = {
        connection: undefined,
        connectedMs: 0,
        lastMs: 0,
        version: undefined,
        skewMs: undefined,
        seconds: new Float64Array(WINDOW_S),
        records: new Float64Array(WINDOW_S),
        bytes: new Float64Array(WINDOW_S),
      };
      this.#contacts.set(agent, contact);
    }
    return contact;
  }
}

function presenceOf(contact: Contact, nowMs: number): Presence {
  if (contact.connection === undefined) return 'offline';
  return nowMs - contact.lastMs > SILENT_MS ? 'silent' : 'connected';
}
