import type { Lane } from '../../protocol/records/lanes.js';

interface Item {
  readonly sender: { readonly agent: string };
  readonly header: { readonly lane: Lane };
}

/**
 * What waits for the disk: p0 of all first, then a batch of each office in turn, so that one with thousands stands in
 * nobody's way. An office's batches keep their order within a lane.
 */
export class FairQueue<T extends Item> {
  readonly #urgent = new Turns<T>();
  readonly #others = new Turns<T>();

  get length(): number {
    return this.#urgent.length + this.#others.length;
  }

  push(item: T): void {
    (item.header.lane === 'p0' ? this.#urgent : this.#others).push(item);
  }

  /** Takes what is next as long as it fits, at least one. */
  take(fits: (item: T) => boolean): T[] {
    const taken: T[] = [];
    for (const turns of [this.#urgent, this.#others]) {
      for (let next = turns.peek(); next !== undefined; next = turns.peek()) {
        if (!fits(next) && taken.length > 0) return taken;
        taken.push(next);
        turns.shift();
      }
    }
    return taken;
  }
}

/** One of each agent in turn. */
class Turns<T extends Item> {
  /** The agent whose turn it is comes first: a Map keeps the order of insertion. */
  readonly #agents = new Map<string, T[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    const items = this.#agents.get(item.sender.agent);
    if (items === undefined) this.#agents.set(item.sender.agent, [item]);
    else items.push(item);
    this.#length += 1;
  }

  peek(): T | undefined {
    for (const [first] of this.#agents.values()) return first;
    return undefined;
  }

  shift(): void {
    for (const [agent, items] of this.#agents) {
      items.shift();
      this.#length -= 1;
      this.#agents.delete(agent);
      if (items.length > 0) this.#agents.set(agent, items);
      return;
    }
  }
}
