import { FreeList } from './free-list.js';

const NONE = -1;
/** Ranges that one side of a flow may hold: more is a hole-ridden stream that nobody can follow. */
const RANGES_PER_SIDE_MAX = 64;

/**
 * Ranges of bytes that arrived ahead of a hole, as sorted linked lists in one fixed pool. When the pool or a list is
 * full the range is forgotten and counted: its bytes may then be reported as missed.
 */
export class Ranges {
  readonly capacity: number;
  used = 0;
  forgotten = 0;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #next: Int32Array;
  readonly #free: FreeList;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#starts = new Float64Array(capacity);
    this.#ends = new Float64Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#free = new FreeList(this.#next);
  }

  start(node: number): number {
    return this.#starts[node]!;
  }

  end(node: number): number {
    return this.#ends[node]!;
  }

  /** Adds [start, end) to the list and returns its new head. Overlapping and touching ranges are joined. */
  insert(head: number, start: number, end: number): number {
    let previous = NONE;
    let node = head;
    let count = 0;
    while (node !== NONE && this.#ends[node]! < start) {
      previous = node;
      node = this.#next[node]!;
      if (++count > RANGES_PER_SIDE_MAX) return this.#forget(head);
    }
    if (node !== NONE && this.#starts[node]! <= end) return this.#join(head, node, start, end);
    return this.#put(head, previous, node, start, end);
  }

  /** Takes the first range out of the list and returns the new head. */
  shift(head: number): number {
    const next = this.#next[head]!;
    this.#free.giveBack(head);
    this.used -= 1;
    return next;
  }

  freeAll(head: number): void {
    for (let node = head; node !== NONE; ) node = this.shift(node);
  }

  #put(head: number, previous: number, next: number, start: number, end: number): number {
    const node = this.#free.take();
    if (node === NONE) return this.#forget(head);
    this.used += 1;
    this.#starts[node] = start;
    this.#ends[node] = end;
    this.#next[node] = next;
    if (previous === NONE) return node;
    this.#next[previous] = node;
    return head;
  }

  #join(head: number, node: number, start: number, end: number): number {
    if (start < this.#starts[node]!) this.#starts[node] = start;
    if (end <= this.#ends[node]!) return head;
    this.#ends[node] = end;
    for (let next = this.#next[node]!; next !== NONE && this.#starts[next]! <= end; next = this.#next[node]!) {
      if (this.#ends[next]! > this.#ends[node]!) this.#ends[node] = this.#ends[next]!;
      this.#next[node] = this.shift(next);
    }
    return head;
  }

  #forget(head: number): number {
    this.forgotten += 1;
    return head;
  }
}
