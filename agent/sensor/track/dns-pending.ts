import type { DnsFlavour, DnsMessage } from '../wire/dns.js';
import { Chains } from './chains.js';
import { FreeList } from './free-list.js';

export interface PendingQuery {
  readonly slot: number;
  readonly timeUs: number;
  readonly message: DnsMessage;
  readonly flavour: DnsFlavour;
}

/** Open queries of one flow with one id: more than a few is somebody who guesses. */
const SAME_ID_MAX = 8;
/** Open queries of one flow, which are told at once when it ends. */
const SAME_FLOW_MAX = 128;
const EVERY = 0;

/**
 * DNS queries that wait for a response, in a table of fixed capacity: found by flow, id and question, by flow alone, or
 * by age, each without a search through others.
 */
export class DnsPending {
  readonly capacity: number;
  used = 0;
  readonly #queries: (PendingQuery | undefined)[];
  readonly #byId: Chains;
  readonly #bySlot: Chains;
  readonly #byAge: Chains;
  /** Places in each chain of flows. */
  readonly #slotCounts: Uint16Array;
  readonly #free: FreeList;
  readonly #mask: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    const chains = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#queries = new Array<PendingQuery | undefined>(capacity).fill(undefined);
    this.#byId = new Chains(chains, capacity);
    this.#bySlot = new Chains(chains, capacity);
    this.#byAge = new Chains(1, capacity);
    this.#slotCounts = new Uint16Array(chains);
    this.#free = new FreeList(new Int32Array(capacity));
    this.#mask = chains - 1;
  }

  /** Requires `used < capacity`. */
  add(query: PendingQuery): void {
    const place = this.#free.take();
    this.#queries[place] = query;
    this.#byId.append(this.#idChain(query.slot, query.message.id), place);
    const slotChain = query.slot & this.#mask;
    this.#bySlot.append(slotChain, place);
    this.#slotCounts[slotChain] = this.#slotCounts[slotChain]! + 1;
    this.#byAge.append(EVERY, place);
    this.used += 1;
  }

  /** The query with the message's id and question; a message without a question goes by its id alone. @returns -1: none */
  find(slot: number, message: DnsMessage): number {
    const chain = this.#idChain(slot, message.id);
    for (let place = this.#byId.first(chain); place >= 0; place = this.#byId.next(place)) {
      const query = this.#queries[place]!;
      if (query.slot === slot && query.message.id === message.id && isSameQuestion(query.message, message))
        return place;
    }
    return -1;
  }

  /** The query of a flow that has to go before a further one finds room, or -1. */
  crowded(slot: number, id: number): number {
    if (this.used === this.capacity) return this.#byAge.first(EVERY);
    if (this.#slotCounts[slot & this.#mask]! >= SAME_FLOW_MAX) {
      const oldest = this.firstOfSlot(slot);
      if (oldest >= 0) return oldest;
    }
    let count = 0;
    let oldest = -1;
    const chain = this.#idChain(slot, id);
    for (let place = this.#byId.first(chain); place >= 0; place = this.#byId.next(place)) {
      const query = this.#queries[place]!;
      if (query.slot !== slot || query.message.id !== id) continue;
      if (oldest < 0) oldest = place;
      count += 1;
    }
    return count < SAME_ID_MAX ? -1 : oldest;
  }

  /** The oldest of a flow, or -1. */
  firstOfSlot(slot: number): number {
    for (let place = this.#bySlot.first(slot & this.#mask); place >= 0; place = this.#bySlot.next(place)) {
      if (this.#queries[place]!.slot === slot) return place;
    }
    return -1;
  }

  /** The oldest of all, or -1. */
  oldest(): number {
    return this.#byAge.first(EVERY);
  }

  at(place: number): PendingQuery {
    return this.#queries[place]!;
  }

  remove(place: number): PendingQuery {
    const query = this.#queries[place]!;
    this.#queries[place] = undefined;
    this.#byId.remove(this.#idChain(query.slot, query.message.id), place);
    const slotChain = query.slot & this.#mask;
    this.#bySlot.remove(slotChain, place);
    this.#slotCounts[slotChain] = this.#slotCounts[slotChain]! - 1;
    this.#byAge.remove(EVERY, place);
    this.#free.giveBack(place);
    this.used -= 1;
    return query;
  }

  /** Slots are ours and ids are the sender's: those of one flow spread, and nobody chooses the flow's number. */
  #idChain(slot: number, id: number): number {
    return (Math.imul(slot, 0x9e3779b1) + Math.imul(id, 0x85ebca6b)) & this.#mask;
  }
}

function isSameQuestion(query: DnsMessage, message: DnsMessage): boolean {
  const asked = query.questions[0];
  const told = message.questions[0];
  if (told === undefined) return true;
  if (asked === undefined || asked.type !== told.type) return false;
  // Resolvers write names in odd letters, and some servers answer in others (draft-vixie-dnsext-dns0x20).
  return asked.name === told.name || asked.name.toLowerCase() === told.name.toLowerCase();
}
