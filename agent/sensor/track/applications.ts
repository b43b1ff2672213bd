import { isDnsOverTcp, mayBeDnsOverTcp } from '../wire/dns.js';
import type { Application, ApplicationName } from './application.js';
import type { ConversationFields, Conversations } from './conversation.js';
import { conversationText, recordText } from './record-text.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from './session.js';
import { Streams } from './stream.js';

/** A TLS handshake with its certificates, an SMB header, an HTTP head: all are far smaller. */
const STREAM = { sideBytesMax: 2 ** 17, sidePiecesMax: 64, sidesMax: 2 ** 15, bytesMax: 2 ** 25 };
/** Bytes of a side after which a protocol that still cannot tell is not asked again. */
const RECOGNISE_BYTES_MAX = 256;
/** Datagrams of a flow that are looked at. */
const RECOGNISE_DATAGRAMS_MAX = 4;

/** Segments of an unknown protocol that are looked at, should it go over to TLS (as STARTTLS does in many). */
const LATE_SEGMENTS_MAX = 48;

const Status = { New: 0, Open: 1, Dns: 2, Ignored: 3, Late: 4 } as const;

export interface ApplicationsDeps {
  readonly conversations: Conversations;
  emit(dataset: string, json: string): void;
  readonly dns?: Application;
}

/** Knows which application a flow carries, and gives its bytes to whoever follows that one. */
export class Applications implements Application {
  readonly streams = new Streams(STREAM);
  /** Whether new flows are looked into; when there is no time for it, only DNS is. */
  isDeep = true;
  /** Flows that were not looked into for want of time. */
  shallow = 0;
  readonly #deps: ApplicationsDeps;
  readonly #tcp: readonly Protocol[];
  readonly #udp: readonly Protocol[];
  /** What another protocol may become on its way. */
  readonly #late: Protocol | undefined;
  readonly #sessions: (Session | undefined)[];
  readonly #status: Uint8Array;
  /** TCP: a bit for each side that nobody recognised. UDP: datagrams that nobody recognised. */
  readonly #unknown: Uint8Array;
  /** TCP: a bit for each side that is not understood since bytes of it are missing. */
  readonly #lost: Uint8Array;
  /** Place of the flow's protocol in `#tcp`. */
  readonly #protocolOf: Uint8Array;
  #nowUs = 0;

  constructor(config: { readonly flowsMax: number }, protocols: readonly Protocol[], deps: ApplicationsDeps) {
    this.#deps = deps;
    this.#tcp = protocols.filter(({ transport }) => transport === 'tcp');
    this.#udp = protocols.filter(({ transport }) => transport === 'udp');
    this.#late = this.#tcp.find(({ name }) => name === 'tls');
    this.#sessions = new Array<Session | undefined>(config.flowsMax).fill(undefined);
    this.#status = new Uint8Array(config.flowsMax);
    this.#unknown = new Uint8Array(config.flowsMax);
    this.#lost = new Uint8Array(config.flowsMax);
    this.#protocolOf = new Uint8Array(config.flowsMax);
  }

  onDatagram(
    b: Buffer,
    start: number,
    end: number,
    timeUs: number,
    slot: number,
    side: number,
  ): ApplicationName | undefined {
    const status = this.#status[slot]!;
    if (status === Status.Ignored) return undefined;
    this.#nowUs = timeUs;
    if (status === Status.Open) {
      if (this.#sessions[slot]!.onBytes(side, b, start, end, timeUs) === DONE) this.#ignore(slot);
      return undefined;
    }
    const isDns = this.#deps.dns?.onDatagram(b, start, end, timeUs, slot, side);
    if (isDns !== undefined) this.#status[slot] = Status.Dns;
    if (status === Status.Dns || isDns !== undefined) return isDns;
    if (!this.isDeep) return this.#passOver(slot);
    return this.#recogniseDatagram(b, start, end, timeUs, slot, side);
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
    const status = this.#status[slot]!;
    if (status === Status.Ignored) return undefined;
    this.#nowUs = timeUs;
    if (status === Status.Dns || (status === Status.New && this.#isDns(slot, b, start, end))) {
      this.#status[slot] = Status.Dns;
      return this.#deps.dns?.onSegment(b, start, end, timeUs, slot, side, relative, settled);
    }
    if (status === Status.New && !this.isDeep) return this.#passOver(slot);
    if (status === Status.Late && !this.#isLateTls(slot, b, start, end)) return undefined;
    if (status === Status.New && (this.#unknown[slot]! >> side) % 2 === 1) this.#askAgain(slot, b, start, end);
    const isLost = (this.#lost[slot]! & (1 << side)) !== 0;
    if (isLost && !this.#isFound(slot, side, b, start, end)) return undefined;
    const ready = this.streams.push(slot, side, relative, b, start, end, settled);
    if (ready === undefined) return undefined;
    if (status === Status.Open && this.streams.hasGap && !this.#canPassGap(slot, side, ready)) return undefined;
    if (status === Status.Open) return this.#feed(slot, side, ready, timeUs);
    return this.#recogniseStream(slot, side, ready, timeUs, relative + end - start, settled);
  }

  onFlowEnd(slot: number): void {
    if (this.#status[slot] === Status.Dns) this.#deps.dns?.onFlowEnd(slot);
    this.#close(slot);
    this.streams.free(slot);
    this.#status[slot] = Status.New;
    this.#unknown[slot] = 0;
    this.#lost[slot] = 0;
  }

  /** Before the first byte of a flow: no session has begun. */
  onFlip(slot: number): void {
    this.#deps.dns?.onFlip(slot);
    this.streams.flip(slot);
  }

  tick(timeUs: number): void {
    this.#nowUs = timeUs;
    this.#deps.dns?.tick(timeUs);
  }

  #passOver(slot: number): undefined {
    this.shallow += 1;
    this.#ignore(slot);
  }

  /** By its port, unless the first bytes say otherwise: tunnels like that port. */
  #isDns(slot: number, b: Buffer, start: number, end: number): boolean {
    const { conversations, dns } = this.#deps;
    if (dns === undefined) return false;
    const isPort = conversations.destinationPort(slot) === 53 || conversations.sourcePort(slot) === 53;
    return isPort && mayBeDnsOverTcp(b, start, end);
  }

  /** A side that nobody knew while the other has not said anything: PostgreSQL's client asks for TLS in its own way. */
  #askAgain(slot: number, b: Buffer, start: number, end: number): void {
    if (this.#late?.recognise(b, start, end, 0, 0) !== Verdict.Yes) return;
    this.#unknown[slot] = 0;
    this.streams.free(slot);
  }

  /** A hello at the beginning of a segment, in a flow that nobody knew. */
  #isLateTls(slot: number, b: Buffer, start: number, end: number): boolean {
    const isHello = this.#late?.recognise(b, start, end, 0, 0) === Verdict.Yes;
    const left = this.#unknown[slot]! - 1;
    this.#unknown[slot] = left;
    if (isHello) {
      this.#status[slot] = Status.New;
      this.#unknown[slot] = 0;
      this.streams.free(slot);
    } else if (left === 0) {
      this.#status[slot] = Status.Ignored;
    }
    return isHello;
  }

  /** Most protocols make sense again where one of their messages begins: a side is looked at for that. */
  #canPassGap(slot: number, side: number, ready: Buffer): boolean {
    const session = this.#sessions[slot];
    if (session?.onGap !== undefined) {
      session.onGap(side, this.#nowUs);
      return true;
    }
    if (this.#isBeginning(slot, side, ready, 0, ready.length)) return true;
    this.streams.use(slot, side, Number.POSITIVE_INFINITY);
    this.#lost[slot] = this.#lost[slot]! | (1 << side);
    return false;
  }

  /** A side that has lost its way has found it when a message begins with a segment. */
  #isFound(slot: number, side: number, b: Buffer, start: number, end: number): boolean {
    if (!this.#isBeginning(slot, side, b, start, end)) return false;
    this.#lost[slot] = this.#lost[slot]! & ~(1 << side);
    this.streams.forget(slot, side);
    return true;
  }

  #isBeginning(slot: number, side: number, b: Buffer, start: number, end: number): boolean {
    const { conversations } = this.#deps;
    const [source, destination] = [conversations.sourcePort(slot), conversations.destinationPort(slot)];
    const [from, to] = side === 0 ? [source, destination] : [destination, source];
    return this.#tcp[this.#protocolOf[slot]!]?.recognise(b, start, end, from, to) === Verdict.Yes;
  }

  #recogniseDatagram(
    b: Buffer,
    start: number,
    end: number,
    timeUs: number,
    slot: number,
    side: number,
  ): ApplicationName | undefined {
    const conversation = this.#conversation(slot);
    for (const protocol of this.#udp) {
      const verdict = protocol.recognise(b, start, end, conversation.port(side), conversation.port(1 - side));
      if (verdict !== Verdict.Yes) continue;
      this.#open(slot, protocol, conversation);
      if (this.#sessions[slot]!.onBytes(side, b, start, end, timeUs) === DONE) this.#ignore(slot);
      return protocol.name;
    }
    const unknown = this.#unknown[slot]! + 1;
    this.#unknown[slot] = unknown;
    if (unknown >= RECOGNISE_DATAGRAMS_MAX) this.#ignore(slot);
    return undefined;
  }

  #recogniseStream(
    slot: number,
    side: number,
    ready: Buffer,
    timeUs: number,
    relativeEnd: number,
    settled: number,
  ): ApplicationName | undefined {
    const conversation = this.#conversation(slot);
    let needsMore = false;
    for (const protocol of this.#tcp) {
      const verdict = protocol.recognise(ready, 0, ready.length, conversation.port(side), conversation.port(1 - side));
      if (verdict === Verdict.Yes) {
        this.#open(slot, protocol, conversation);
        this.#feed(slot, side, ready, timeUs);
        return protocol.name;
      }
      needsMore ||= verdict === Verdict.More;
    }
    if (this.#deps.dns !== undefined && isDnsOverTcp(ready, 0, ready.length)) {
      this.#status[slot] = Status.Dns;
      this.streams.use(slot, side, ready.length);
      const relative = relativeEnd - ready.length;
      return this.#deps.dns.onSegment(ready, 0, ready.length, timeUs, slot, side, relative, settled);
    }
    if (needsMore && ready.length < RECOGNISE_BYTES_MAX) {
      this.streams.use(slot, side, 0);
      return undefined;
    }
    const unknown = this.#unknown[slot]! | (1 << side);
    this.#unknown[slot] = unknown;
    // Some protocols are known by the server's first words only.
    if (unknown === 3) this.#watchFor(slot);
    else this.streams.use(slot, side, Number.POSITIVE_INFINITY);
    return undefined;
  }

  #watchFor(slot: number): void {
    this.#ignore(slot);
    if (this.#late === undefined) return;
    this.#status[slot] = Status.Late;
    this.#unknown[slot] = LATE_SEGMENTS_MAX;
  }

  #feed(slot: number, side: number, ready: Buffer, timeUs: number): undefined {
    const used = this.#sessions[slot]!.onBytes(side, ready, 0, ready.length, timeUs);
    if (used === DONE) {
      this.#ignore(slot);
    } else if (used <= CHANGED) {
      this.#close(slot);
      this.#status[slot] = Status.New;
      this.#unknown[slot] = 0;
      this.streams.use(slot, side, used === CHANGED ? ready.length : CHANGED - used);
    } else {
      this.streams.use(slot, side, used);
    }
  }

  #open(slot: number, protocol: Protocol, conversation: OpenConversation): void {
    conversation.protocol = protocol.name;
    this.#protocolOf[slot] = this.#tcp.indexOf(protocol) & 0xff;
    this.#lost[slot] = 0;
    this.#sessions[slot] = protocol.open(conversation);
    this.#status[slot] = Status.Open;
    this.streams.resume(slot, 0);
    this.streams.resume(slot, 1);
  }

  #close(slot: number): void {
    const session = this.#sessions[slot];
    if (session === undefined) return;
    this.#sessions[slot] = undefined;
    session.onEnd(this.#nowUs);
  }

  #ignore(slot: number): void {
    this.#close(slot);
    this.#status[slot] = Status.Ignored;
    this.streams.ignore(slot, 0);
    this.streams.ignore(slot, 1);
  }

  #conversation(slot: number): OpenConversation {
    return new OpenConversation(slot, this.#deps, this.streams);
  }
}

class OpenConversation implements Conversation {
  readonly slot: number;
  protocol: ApplicationName | undefined;
  readonly #deps: ApplicationsDeps;
  readonly #streams: Streams;
  /** Made once: the flow's ends do not change. */
  #fields: ConversationFields | undefined;
  /** The same as JSON, without braces. */
  #text = '';

  constructor(slot: number, deps: ApplicationsDeps, streams: Streams) {
    this.slot = slot;
    this.#deps = deps;
    this.#streams = streams;
  }

  unseen(side: number): number {
    return this.#streams.unseen(this.slot, side);
  }

  port(side: number): number {
    const { conversations } = this.#deps;
    return side === 0 ? conversations.sourcePort(this.slot) : conversations.destinationPort(this.slot);
  }

  fields(): ConversationFields {
    this.#fields ??= this.#deps.conversations.fieldsOf(this.slot);
    return this.#fields;
  }

  emit(dataset: string, timeUs: number, fields: Readonly<Record<string, unknown>>, protocol = this.protocol): void {
    if (this.#text === '') this.#text = conversationText(this.fields());
    this.#deps.emit(dataset, recordText(dataset, timeUs, this.#text, protocol, fields));
  }
}
