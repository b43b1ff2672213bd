import { type DnsFlavour, type DnsMessage, decodeDns, isDnsResponse, looksLikeDns } from '../wire/dns.js';
import { DNS_FLAW_COUNT, DnsFlaw } from '../wire/dns-flaws.js';
import { dnsOpcodeName, dnsRcodeName, netbiosOpcodeName } from '../wire/dns-types.js';
import type { Allowance } from './allowance.js';
import type { Application, ApplicationName } from './application.js';
import type { Conversations } from './conversation.js';
import { DnsPending } from './dns-pending.js';
import { conversationText, recordText } from './record-text.js';
import { Streams } from './stream.js';

export const PENDING_MAX = 16_384;
/** A query without a response is told after this long in packet time. */
const TIMEOUT_US = 10e6;
/** Late queries told in one look at the clock, and for each new query: the work of one packet is bounded. */
const LATE_OF_TICK_MAX = 64;
const LATE_OF_QUERY_MAX = 2;
/** One message of the greatest length and what arrives behind it. */
const STREAM = { sideBytesMax: 65_537 + 2_048, sidePiecesMax: 64, sidesMax: 4_096, bytesMax: 2 ** 24 };
/** Records of an update that are kept. */
const UPDATES_MAX = 32;
/** RFC 1035 4.2.2: two bytes of length in front of each message. */
const LENGTH_BYTES = 2;

export interface DnsTrackerDeps {
  readonly conversations: Conversations;
  /** How many questions without an answer may be told. */
  readonly unanswered: Pick<Allowance, 'take' | 'isSpent'>;
  emit(json: string): void;
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
  /** Queries not looked at, because too many wait that nobody answers. Their answers are told all the same. */
  passedOver = 0;
  /** Messages by the first flaw in them. */
  readonly flaws = new Float64Array(DNS_FLAW_COUNT);
  readonly #deps: DnsTrackerDeps;
  readonly #pending = new DnsPending(PENDING_MAX);
  readonly #streams = new Streams(STREAM);
  #nowUs = 0;

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
    if (this.#isFlooded && !isDnsResponse(b, start, end)) {
      this.passedOver += 1;
      return flavour;
    }
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
    if ((this.#flavourOf(slot) ?? 'dns') !== 'dns') return undefined;
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
    for (let place = this.#pending.firstOfSlot(slot); place >= 0; place = this.#pending.firstOfSlot(slot)) {
      this.#giveUp(place);
    }
  }

  onFlip(slot: number): void {
    this.#streams.flip(slot);
  }

  tick(timeUs: number): void {
    this.#nowUs = timeUs;
    this.#giveUpLate(timeUs, LATE_OF_TICK_MAX);
  }

  finish(): void {
    for (let place = this.#pending.oldest(); place >= 0; place = this.#pending.oldest()) this.#giveUp(place);
  }

  get #isFlooded(): boolean {
    return this.#pending.used === this.#pending.capacity && this.#deps.unanswered.isSpent;
  }

  /** Queries that wait for their answer. */
  get pending(): number {
    return this.#pending.used;
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
    // Sent again: the first one counts.
    if (this.#pending.find(slot, message) >= 0) return;
    this.#giveUpLate(timeUs, LATE_OF_QUERY_MAX);
    const victim = this.#pending.crowded(slot, message.id);
    if (victim >= 0) {
      this.evicted += 1;
      this.#giveUp(victim);
    }
    this.#pending.add({ slot, timeUs, message: slim(message), flavour });
  }

  /** A response that repeats no question (RFC 5936 2.2.2, refusals) goes by its id alone. */
  #onResponse(slot: number, flavour: DnsFlavour, timeUs: number, message: DnsMessage): void {
    const place = this.#pending.find(slot, message);
    const query = place < 0 ? undefined : this.#pending.remove(place);
    const isInOrder = query !== undefined && timeUs >= query.timeUs;
    this.#emit(
      slot,
      flavour,
      query?.timeUs ?? timeUs,
      query?.message,
      message,
      isInOrder ? timeUs - query.timeUs : undefined,
    );
  }

  #giveUpLate(timeUs: number, countMax: number): void {
    for (let count = 0; count < countMax; count++) {
      const place = this.#pending.oldest();
      if (place < 0 || timeUs - this.#pending.at(place).timeUs < TIMEOUT_US) return;
      this.#giveUp(place);
    }
  }

  /** Tells a query without its response. */
  #giveUp(place: number): void {
    const { slot, flavour, timeUs, message } = this.#pending.remove(place);
    if (this.#deps.unanswered.take(this.#nowUs)) this.#emit(slot, flavour, timeUs, message, undefined);
  }

  #emit(
    slot: number,
    flavour: DnsFlavour,
    timeUs: number,
    query: DnsMessage | undefined,
    response: DnsMessage | undefined,
    tookUs?: number,
  ): void {
    const conversation = conversationText(this.#deps.conversations.fieldsOf(slot));
    this.#deps.emit(recordText('dns', timeUs, conversation, flavour, fieldsOf(flavour, query, response, tookUs)));
  }
}

/** What a record says of a query: many may wait, and a hostile one is large. */
function slim(message: DnsMessage): DnsMessage {
  if (message.questions.length <= 1 && message.answers.length === 0 && message.updates === undefined) return message;
  const slimmed = { ...message, questions: message.questions.slice(0, 1), answers: [], addresses: [] };
  if (message.updates !== undefined) slimmed.updates = message.updates.slice(0, UPDATES_MAX);
  return slimmed;
}

function fieldsOf(
  flavour: DnsFlavour,
  query: DnsMessage | undefined,
  response: DnsMessage | undefined,
  tookUs: number | undefined,
): Record<string, unknown> {
  const told = (response ?? query)!;
  const question = query?.questions[0] ?? response?.questions[0];
  const fields: Record<string, unknown> = {};
  if (tookUs !== undefined) fields['event.duration'] = Math.round(tookUs) * 1000;
  fields['dns.id'] = String(told.id);
  fields['dns.type'] = response === undefined ? 'query' : 'answer';
  fields['dns.op_code'] = flavour === 'nbns' ? netbiosOpcodeName(told.opcode) : dnsOpcodeName(told.opcode);
  if (question !== undefined) {
    fields['dns.question.name'] = question.name;
    fields['dns.question.type'] = question.type;
    fields['dns.question.class'] = question.class;
  }
  if (response !== undefined) fields['dns.response_code'] = dnsRcodeName(response.rcode);
  const questions = flavour === 'mdns' ? told.questions : [];
  if (questions.length > 1) fields['hinomi.dns.questions'] = questions.map(({ name, type }) => `${name} ${type}`);
  addEdns(fields, query, response);
  if (query?.updates !== undefined && query.updates.length > 0) fields['hinomi.dns.updates'] = query.updates;
  if (told.flags.length > 0) fields['dns.header_flags'] = told.flags;
  if (response === undefined) return fields;
  if (response.answers.length > 0) fields['dns.answers'] = response.answers;
  if (response.addresses.length > 0) fields['dns.resolved_ip'] = [...new Set(response.addresses)];
  return fields;
}

/** What the asking side says of itself, and why the other could not do better. RFC 6891. */
function addEdns(
  fields: Record<string, unknown>,
  query: DnsMessage | undefined,
  response: DnsMessage | undefined,
): void {
  const asked = (query ?? response)?.edns;
  if (asked === undefined && response?.edns === undefined) return;
  if (asked !== undefined) fields['hinomi.dns.udp_size'] = asked.udpBytes;
  const clientSubnet = asked?.clientSubnet ?? response?.edns?.clientSubnet;
  if (clientSubnet !== undefined) fields['hinomi.dns.client_subnet'] = clientSubnet;
  if (response?.edns?.error !== undefined) fields['hinomi.dns.extended_error'] = response.edns.error;
}
