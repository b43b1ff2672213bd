import type { DnsRecord } from '../../../protocol/records/dns.js';
import { type DnsFlavour, type DnsMessage, decodeDns, looksLikeDns } from '../wire/dns.js';
import { DNS_FLAW_COUNT, DnsFlaw } from '../wire/dns-flaws.js';
import { dnsOpcodeName, dnsRcodeName, netbiosOpcodeName } from '../wire/dns-types.js';
import type { Application, ApplicationName } from './application.js';
import type { ConversationFields, Conversations } from './conversation.js';
import { timeText } from './flow-record.js';
import { Streams } from './stream.js';

export const PENDING_MAX = 16_384;
/** A query without a response is told after this long in packet time. */
const TIMEOUT_US = 10e6;
/** One message of the greatest length and what arrives behind it. */
const STREAM = { sideBytesMax: 65_537 + 2_048, sidePiecesMax: 64, sidesMax: 4_096, bytesMax: 2 ** 24 };
/** RFC 1035 4.2.2: two bytes of length in front of each message. */
const LENGTH_BYTES = 2;

interface Pending {
  readonly slot: number;
  readonly timeUs: number;
  readonly message: DnsMessage;
  readonly flavour: DnsFlavour;
}

export interface DnsTrackerDeps {
  readonly conversations: Conversations;
  emit(record: DnsRecord): void;
}

/** Port -> place in FLAVOURS; asked once a packet. */
const FLAVOURS: readonly (DnsFlavour | undefined)[] = [undefined, 'dns', 'mdns', 'llmnr', 'nbns'];
const FLAVOUR_OF_PORT = new Uint8Array(65_536);
FLAVOUR_OF_PORT[53] = 1;
FLAVOUR_OF_PORT[5353] = 2;
FLAVOUR_OF_PORT[5355] = 3;
FLAVOUR_OF_PORT[137] = 4;

/**
 * DNS transactions: one record for a query with its response, at once when the response comes, or for whichever of
 * the two was seen alone. Messages of mDNS are records of their own: its responses answer nobody in particular.
 */
export class DnsTracker implements Application {
  /** Queries told without waiting longer, because too many were open. */
  evicted = 0;
  /** Messages by the first flaw in them. */
  readonly flaws = new Float64Array(DNS_FLAW_COUNT);
  readonly #deps: DnsTrackerDeps;
  /** In the order of arrival, so that the oldest is first. */
  readonly #pending = new Map<string, Pending>();
  /** Their keys by flow, so that nothing is searched for. */
  readonly #keysOfSlot = new Map<number, Set<string>>();
  readonly #streams = new Streams(STREAM);

  constructor(_config: Record<string, never>, deps: DnsTrackerDeps) {
    this.#deps = deps;
  }

  onDatagram(
    b: Buffer,
    start: number,
    end: number,
    timeUs: number,
    slot: number,
    _side: number,
  ): ApplicationName | undefined {
    const flavour = this.#flavourOf(slot);
    if (flavour === undefined && !looksLikeDns(b, start, end)) return undefined;
    return this.#onMessage(b, start, end, timeUs, slot, flavour ?? 'dns');
  }

  onSegment(
    b: Buffer,
    start: number,
    end: number,
    timeUs: number,
    slot: number,
    side: number,
    relative: number,
    settled: number,
  ): ApplicationName | undefined {
    if (this.#flavourOf(slot) !== 'dns') return undefined;
    const ready = this.#streams.push(slot, side, relative, b, start, end, settled);
    if (ready === undefined) return undefined;
    let name: ApplicationName | undefined;
    let at = 0;
    while (ready.length - at >= LENGTH_BYTES) {
      const from = at + LENGTH_BYTES;
      const bytes = ready.readUInt16BE(at);
      if (ready.length - from < bytes) break;
      const accepted = this.#onMessage(ready, from, from + bytes, timeUs, slot, 'dns');
      if (accepted === undefined) {
        // Not DNS, or come upon in its middle: there is no way back to where a message begins.
        this.#streams.ignore(slot, side);
        return name;
      }
      name = accepted;
      at = from + bytes;
    }
    this.#streams.use(slot, side, at);
    return name;
  }

  onFlowEnd(slot: number): void {
    this.#streams.free(slot);
    for (const key of this.#keysOfSlot.get(slot) ?? []) this.#giveUp(key);
  }

  onFlip(slot: number): void {
    this.#streams.flip(slot);
  }

  tick(timeUs: number): void {
    for (const [key, pending] of this.#pending) {
      if (timeUs - pending.timeUs < TIMEOUT_US) return;
      this.#giveUp(key);
    }
  }

  finish(): void {
    for (const key of this.#pending.keys()) this.#giveUp(key);
  }

  /** Queries that wait for their answer. */
  get pending(): number {
    return this.#pending.size;
  }

  #flavourOf(slot: number): DnsFlavour | undefined {
    const { conversations } = this.#deps;
    const byServer = FLAVOUR_OF_PORT[conversations.destinationPort(slot)]!;
    return FLAVOURS[byServer !== 0 ? byServer : FLAVOUR_OF_PORT[conversations.sourcePort(slot)]!];
  }

  #onMessage(
    b: Buffer,
    start: number,
    end: number,
    timeUs: number,
    slot: number,
    flavour: DnsFlavour,
  ): ApplicationName | undefined {
    const message = decodeDns(b, start, end, flavour);
    if (message === undefined) {
      this.#countFlaw(DnsFlaw.Truncated);
      return undefined;
    }
    this.#countFlaw(message.flaw);
    if (message.flaw !== DnsFlaw.None && message.questions.length === 0 && message.answers.length === 0) {
      return undefined;
    }
    if (flavour === 'mdns') this.#onMulticast(slot, timeUs, message);
    else if (message.isResponse) this.#onResponse(slot, flavour, timeUs, message);
    else this.#onQuery(slot, flavour, timeUs, message);
    return flavour;
  }

  #countFlaw(flaw: DnsFlaw): void {
    this.flaws[flaw] = this.flaws[flaw]! + 1;
  }

  #onMulticast(slot: number, timeUs: number, message: DnsMessage): void {
    if (message.isResponse) this.#emit(slot, 'mdns', timeUs, undefined, message);
    else this.#emit(slot, 'mdns', timeUs, message, undefined);
  }

  #onQuery(slot: number, flavour: DnsFlavour, timeUs: number, message: DnsMessage): void {
    const key = keyOf(slot, message);
    // Sent again: the first one counts.
    if (this.#pending.has(key)) return;
    if (this.#pending.size >= PENDING_MAX) this.#evictOldest();
    this.#pending.set(key, { slot, timeUs, message: slim(message), flavour });
    const keys = this.#keysOfSlot.get(slot);
    if (keys === undefined) this.#keysOfSlot.set(slot, new Set([key]));
    else keys.add(key);
  }

  #onResponse(slot: number, flavour: DnsFlavour, timeUs: number, message: DnsMessage): void {
    const key = this.#findQuery(slot, message);
    const pending = key === undefined ? undefined : this.#pending.get(key);
    if (key !== undefined) this.#forget(key);
    const isInOrder = pending !== undefined && timeUs >= pending.timeUs;
    this.#emit(
      slot,
      flavour,
      pending?.timeUs ?? timeUs,
      pending?.message,
      message,
      isInOrder ? timeUs - pending.timeUs : undefined,
    );
  }

  /** By id and question; a response that repeats no question (RFC 5936 2.2.2, refusals) goes by its id alone. */
  #findQuery(slot: number, message: DnsMessage): string | undefined {
    const key = keyOf(slot, message);
    if (this.#pending.has(key)) return key;
    if (message.questions.length > 0) return undefined;
    const prefix = `${slot}:${message.id}:`;
    for (const candidate of this.#keysOfSlot.get(slot) ?? []) if (candidate.startsWith(prefix)) return candidate;
    return undefined;
  }

  #evictOldest(): void {
    const oldest = this.#pending.keys().next().value;
    if (oldest === undefined) return;
    this.evicted += 1;
    this.#giveUp(oldest);
  }

  #forget(key: string): Pending | undefined {
    const pending = this.#pending.get(key);
    if (pending === undefined) return undefined;
    this.#pending.delete(key);
    const keys = this.#keysOfSlot.get(pending.slot);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOfSlot.delete(pending.slot);
    return pending;
  }

  /** Tells a query without its response. */
  #giveUp(key: string): void {
    const pending = this.#forget(key);
    if (pending === undefined) return;
    this.#emit(pending.slot, pending.flavour, pending.timeUs, pending.message, undefined);
  }

  #emit(
    slot: number,
    flavour: DnsFlavour,
    timeUs: number,
    query: DnsMessage | undefined,
    response: DnsMessage | undefined,
    tookUs?: number,
  ): void {
    const fields = this.#deps.conversations.fieldsOf(slot);
    this.#deps.emit(toRecord(fields, flavour, timeUs, query, response, tookUs));
  }
}

/** What a record says of a query: many may wait, and a hostile one is large. */
function slim(message: DnsMessage): DnsMessage {
  return { ...message, questions: message.questions.slice(0, 1), answers: [], addresses: [] };
}

function keyOf(slot: number, message: DnsMessage): string {
  const question = message.questions[0];
  return `${slot}:${message.id}:${question?.type ?? ''}:${question?.name.toLowerCase() ?? ''}`;
}

function toRecord(
  fields: ConversationFields,
  flavour: DnsFlavour,
  timeUs: number,
  query: DnsMessage | undefined,
  response: DnsMessage | undefined,
  tookUs: number | undefined,
): DnsRecord {
  const told = (response ?? query)!;
  const question = query?.questions[0] ?? response?.questions[0];
  const opcode = flavour === 'nbns' ? netbiosOpcodeName(told.opcode) : dnsOpcodeName(told.opcode);
  return {
    '@timestamp': timeText(timeUs),
    'event.kind': 'event',
    'event.dataset': 'dns',
    ...(tookUs === undefined ? {} : { 'event.duration': Math.round(tookUs) * 1000 }),
    ...fields,
    'network.protocol': flavour,
    'dns.id': String(told.id),
    'dns.type': response === undefined ? 'query' : 'answer',
    'dns.op_code': opcode,
    ...(question === undefined
      ? {}
      : {
          'dns.question.name': question.name,
          'dns.question.type': question.type,
          'dns.question.class': question.class,
        }),
    ...(response === undefined ? {} : { 'dns.response_code': dnsRcodeName(response.rcode) }),
    ...(told.flags.length === 0 ? {} : { 'dns.header_flags': told.flags }),
    ...(response === undefined || response.answers.length === 0 ? {} : { 'dns.answers': response.answers }),
    ...(response === undefined || response.addresses.length === 0
      ? {}
      : { 'dns.resolved_ip': [...new Set(response.addresses)] }),
  };
}
