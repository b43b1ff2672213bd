import { isIPv6 } from 'node:net';
import type { Clock } from '../../protocol/base/time.js';

/** Keys that are remembered; beyond it the oldest is forgotten. */
const KEYS_MAX = 50_000;

/** So many in a sliding window, by key. */
export class Limiter {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #times = new Map<string, number[]>();

  constructor(max: number, windowMs: number, clock: Clock) {
    this.#max = max;
    this.#windowMs = windowMs;
    this.#clock = clock;
  }

  /** Counts one. @returns false when it is one too many, which is not counted */
  take(key: string): boolean {
    const now = this.#clock.monotonic();
    const recent = (this.#times.get(key) ?? []).filter((at) => at > now - this.#windowMs);
    if (recent.length >= this.#max) return false;
    recent.push(now);
    this.#times.delete(key);
    this.#times.set(key, recent);
    if (this.#times.size > KEYS_MAX) this.#times.delete(this.#times.keys().next().value!);
    return true;
  }
}

/** Who has one IPv6 address has a /64 of them. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const all = [...groups, ...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest];
  return `${all.slice(0, 4).join(':')}::/64`;
}
