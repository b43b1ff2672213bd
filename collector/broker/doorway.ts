import type { Socket } from 'node:net';
import type { World } from '../../protocol/base/world.js';

export interface DoorwayConfig {
  /** TLS handshakes at once. */
  readonly atOnce: number;
  /** One that takes longer no longer counts: whoever says nothing keeps nobody out. */
  readonly slotMs: number;
  /** Whoever has waited for longer is sent away: it would give up in the middle of its handshake. */
  readonly waitMs: number;
}

interface Guest {
  readonly socket: Socket;
  readonly sinceMs: number;
}

const TICK_MS = 50;
const FORGET_AT = 1_024;

/**
 * Lets connections into their TLS handshake a few at a time, in the order in which they came. When thousands come
 * back at once, all of them together would take longer than any of them waits: each would give up and begin anew, and
 * those that are connected would starve beside them.
 */
export class Doorway {
  readonly #config: DoorwayConfig;
  readonly #clock: World['clock'];
  readonly #enter: (socket: Socket) => void;
  readonly #queue: Guest[] = [];
  /** When the handshakes under way began. */
  readonly #starts: number[] = [];
  #head = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Sent away after waiting for too long. */
  turnedAway = 0;

  constructor(config: DoorwayConfig, clock: World['clock'], enter: (socket: Socket) => void) {
    this.#config = config;
    this.#clock = clock;
    this.#enter = enter;
  }

  get waiting(): number {
    return this.#queue.length - this.#head;
  }

  arrive(socket: Socket): void {
    this.#queue.push({ socket, sinceMs: this.#clock.monotonic() });
    this.#admit();
  }

  /** A handshake is over, well or not. */
  leave(): void {
    this.#starts.shift();
    this.#admit();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#head = 0;
    this.#queue.length = 0;
  }

  #admit(): void {
    const nowMs = this.#clock.monotonic();
    while (this.#starts[0] !== undefined && nowMs - this.#starts[0] >= this.#config.slotMs) this.#starts.shift();
    while (this.waiting > 0 && this.#starts.length < this.#config.atOnce) {
      const { socket, sinceMs } = this.#queue[this.#head++]!;
      if (socket.destroyed) continue;
      if (nowMs - sinceMs > this.#config.waitMs) {
        this.turnedAway += 1;
        socket.destroy();
        continue;
      }
      this.#starts.push(nowMs);
      this.#enter(socket);
    }
    this.#tidy();
  }

  #tidy(): void {
    if (this.waiting === 0) {
      this.close();
    } else {
      this.#forgetAdmitted();
      this.#timer ??= setInterval(() => this.#admit(), TICK_MS);
    }
  }

  #forgetAdmitted(): void {
    if (this.#head < FORGET_AT) return;
    this.#queue.splice(0, this.#head);
    this.#head = 0;
  }
}
