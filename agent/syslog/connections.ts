import type { Socket } from 'node:net';
import type { Clock } from '../../protocol/base/time.js';
import { type FrameReason, Framer } from './framer.js';

export interface ConnectionLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddress: number;
  readonly idleMs: number;
  readonly halfFrameMs: number;
  readonly frameBytesMax: number;
}

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  readonly framer: Framer;
  /** When bytes last came, and since when half a frame has waited; of a clock that is never set. */
  lastMs: number;
  halfSinceMs: number | undefined;
}

/** Why connections ended, other than by their sender. */
export interface Ended {
  tooMany: number;
  idle: number;
  slow: number;
  broken: number;
}

const CHECKS = 4;
const KEEPALIVE_MS = 60_000;

/** The connections of all TCP and TLS ports: how many, how long, and what is half. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;
  readonly #open = new Set<Connection>();
  readonly ended: Ended = { tooMany: 0, idle: 0, slow: 0, broken: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: ConnectionLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get count(): number {
    return this.#open.size;
  }

  start(): void {
    const everyMs = Math.max(50, Math.min(this.#limits.halfFrameMs, this.#limits.idleMs) / CHECKS);
    this.#timer = setInterval(() => this.#check(), everyMs);
  }

  /** Takes the socket, which is closed when there are too many. */
  take(socket: Socket, address: string, onFrame: (bytes: Buffer, reason?: FrameReason) => void): void {
    socket.on('error', () => socket.destroy());
    if (!this.#hasRoomFor(address)) {
      this.ended.tooMany += 1;
      socket.destroy();
      return;
    }
    const framer = new Framer(this.#limits.frameBytesMax, { frame: onFrame });
    const connection: Connection = {
      ...{ socket, address, framer },
      ...{ lastMs: this.#clock.monotonic(), halfSinceMs: undefined },
    };
    this.#open.add(connection);
    socket.setKeepAlive(true, KEEPALIVE_MS);
    socket.on('data', (chunk: Buffer) => this.#onData(connection, chunk));
    // Half-open is of no use: nothing is ever said to them.
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      if (this.#open.delete(connection)) framer.end();
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const connection of this.#open) this.#end(connection);
  }

  /** Where all places are taken the connection that has been quiet for longest makes room: most likely it is dead. */
  #hasRoomFor(address: string): boolean {
    const own = [...this.#open].filter((each) => each.address === address);
    const crowd = own.length >= this.#limits.connectionsPerAddress ? own : [...this.#open];
    const isFull = crowd === own || crowd.length >= this.#limits.connectionsMax;
    if (!isFull) return true;
    const quietest = crowd.reduce((a, b) => (b.lastMs < a.lastMs ? b : a));
    if (this.#clock.monotonic() - quietest.lastMs < this.#limits.halfFrameMs) return false;
    this.ended.tooMany += 1;
    this.#end(quietest);
    return true;
  }

  #onData(connection: Connection, chunk: Buffer): void {
    const { framer } = connection;
    const nowMs = this.#clock.monotonic();
    const before = framer.frames;
    connection.lastMs = nowMs;
    if (!framer.push(chunk)) {
      this.ended.broken += 1;
      this.#end(connection);
    } else if (framer.pendingBytes === 0) connection.halfSinceMs = undefined;
    else if (connection.halfSinceMs === undefined || framer.frames > before) connection.halfSinceMs = nowMs;
  }

  #check(): void {
    const nowMs = this.#clock.monotonic();
    for (const connection of this.#open) {
      const { halfSinceMs, lastMs, framer } = connection;
      if (halfSinceMs !== undefined && nowMs - halfSinceMs >= this.#limits.halfFrameMs) {
        if (!framer.isCounted && nowMs - lastMs >= this.#limits.halfFrameMs) flush(connection);
        else {
          this.ended.slow += 1;
          this.#end(connection);
        }
      } else if (nowMs - lastMs >= this.#limits.idleMs) {
        this.ended.idle += 1;
        this.#end(connection);
      }
    }
  }

  #end(connection: Connection): void {
    if (this.#open.delete(connection)) connection.framer.end();
    connection.socket.destroy();
  }
}

/** A device that marks no ends has said one message, and waits. */
function flush(connection: Connection): void {
  connection.framer.end();
  connection.halfSinceMs = undefined;
}
