import type { Packet } from './packet.js';

/** Several sources, each in order of time, as one in order of time. Holds one packet of each. */
export function* merge(sources: readonly Iterator<Packet>[]): Generator<Packet> {
  const heap = new Heap();
  for (const source of sources) heap.pushNext(source);
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    yield top.packet;
    heap.pushNext(top.source);
  }
}

/**
 * Conversations that begin over time, as one stream in order of time. Only those that have begun are held.
 * @param starts in order of their `startUs`; no packet of a conversation is before it
 */
export function* interleave(starts: Iterable<{ startUs: number; packets: Iterator<Packet> }>): Generator<Packet> {
  const heap = new Heap();
  for (const { startUs, packets } of starts) {
    while (heap.topUs < startUs) yield heap.advance();
    heap.pushNext(packets);
  }
  while (heap.topUs < Number.POSITIVE_INFINITY) yield heap.advance();
}

interface Entry {
  readonly packet: Packet;
  readonly source: Iterator<Packet>;
  /** Breaks ties, so that the order does not depend on the heap's shape. */
  readonly rank: number;
}

class Heap {
  readonly #entries: Entry[] = [];
  #ranks = 0;

  get topUs(): number {
    return this.#entries[0]?.packet.timeUs ?? Number.POSITIVE_INFINITY;
  }

  pushNext(source: Iterator<Packet>): void {
    const result = source.next();
    if (result.done) return;
    const entries = this.#entries;
    entries.push({ packet: result.value, source, rank: this.#ranks++ });
    for (let at = entries.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entries[at]!, entries[parent]!)) return;
      [entries[at], entries[parent]] = [entries[parent]!, entries[at]!];
      at = parent;
    }
  }

  /** The earliest packet; its source moves on. */
  advance(): Packet {
    const { packet, source } = this.pop()!;
    this.pushNext(source);
    return packet;
  }

  pop(): Entry | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return top;
    entries[0] = last;
    for (let at = 0; ; ) {
      const child = this.#smallerChild(at);
      if (child === undefined || !isBefore(entries[child]!, entries[at]!)) return top;
      [entries[at], entries[child]] = [entries[child]!, entries[at]!];
      at = child;
    }
  }

  #smallerChild(at: number): number | undefined {
    const left = at * 2 + 1;
    const [a, b] = [this.#entries[left], this.#entries[left + 1]];
    if (a === undefined) return undefined;
    return b !== undefined && isBefore(b, a) ? left + 1 : left;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.packet.timeUs < b.packet.timeUs || (a.packet.timeUs === b.packet.timeUs && a.rank < b.rank);
}
