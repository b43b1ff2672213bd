import type { DnsRecord } from '../../../protocol/records/dns.js';
import { type DnsFlavour, type DnsMessage, decodeDns, looksLikeDns } from '../wire/dns.js';
import { dnsOpcodeName, dnsRcodeName, netbiosOpcodeName } from '../wire/dns-types.js';
import type { Application, ApplicationName } from './application.js';
import type { ConversationFields, Conversations } from './conversation.js';
import { timeText } from './flow-record.js';
import { Streams } from './stream.js';

const PENDING_MAX = 16_384;
/** A query without a response is told after this long in packet time. */
const TIMEOUT_US = 10e6;
const STREAM = { sideBytesMax: 65_537 + 2_048, sidesMax: 4_096 };
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
  /** Messages that broke in the middle. */
  damaged = 0;
  readonly #deps: DnsTrackerDeps;
  /** In the order of arrival, so that the oldest is first. */
  readonly #pending = new Map<string, Pending>();
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
  ): ApplicationName | undefined {
    if (this.#flavourOf(slot) !== 'dns') return undefined;
    const ready = this.#streams.push(slot, side, relative, b, start, end);
    if (ready === undefined) return undefined;
    let name: ApplicationName | undefined;
    let at = 0;
    while (ready.length - at > LENGTH_BYTES) {
      const bytes = ready.readUInt16BE(at);
      if (ready.length - at - LENGTH_BYTES < bytes) break;
      const from = at + LENGTH_BYTES;
      name = this.#onMessage(ready, from, from + bytes, timeUs, slot, 'dns') ?? name;
      at = from + bytes;
    }
    this.#streams.use(slot, side, at);
    return name;
  }

  onFlowEnd(slot: number): void {
    this.#streams.free(slot);
    if (this.#pending.size === 0) return;
    for (const [key, pending] of this.#pending) {
      if (pending.slot === slot) this.#giveUp(key, pending);
    }
  }

  onFlip(_slot: number): void {}

  tick(timeUs: number): void {
    for (const [key, pending] of this.#pending) {
      if (timeUs - pending.timeUs < TIMEOUT_US) return;
      this.#giveUp(key, pending);
    }
  }

  finish(): void {
    for (const [key, pending] of this.#pending) this.#giveUp(key, pending);
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
    if (message === undefined) return undefined;
    if (!message.isWhole) {
      this.damaged += 1;
      if (message.questions.length === 0 && message.answers.length === 0) return undefined;
    }
    if (flavour === 'mdns')
      this.#emit(
        slot,
        flavour,
        timeUs,
        message.isResponse ? undefined : message,
        message.isResponse ? message : undefined,
      );
    else if (message.isResponse) this.#onResponse(slot, flavour, timeUs, message);
    else this.#onQuery(slot, flavour, timeUs, message);
    return flavour;
  }

  #onQuery(slot: number, flavour: DnsFlavour, timeUs: number, message: DnsMessage): void {
    const key = keyOf(slot, message);
    // Sent again: the first one counts.
    if (this.#pending.has(key)) return;
    if (this.#pending.size >= PENDING_MAX) this.#evictOldest();
    this.#pending.set(key, { slot, timeUs, message, flavour });
  }

  #onResponse(slot: number, flavour: DnsFlavour, timeUs: number, message: DnsMessage): void {
    const key = this.#findQuery(slot, message);
    const pending = key === undefined ? undefined : this.#pending.get(key);
    if (key !== undefined) this.#pending.delete(key);
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
    for (const candidate of this.#pending.keys()) if (candidate.startsWith(prefix)) return candidate;
    return undefined;
  }

  #evictOldest(): void {
    const oldest = this.#pending.entries().next().value;
    if (oldest === undefined) return;
    this.evicted += 1;
    this.#giveUp(oldest[0], oldest[1]);
  }

  #giveUp(key: string, pending: Pending): void {
    this.#pending.delete(key);
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
