import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { FrameGuard } from './frame-guard.js';
import { Pace } from './pace.js';
import { RoundTrip } from './round-trip.js';

/** What the broker knows of a connection's other end. */
export interface Peer {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
  /** SHA-256 of the certificate by which it came, hex. */
  readonly certificate?: string;
}

/** A TLS connection whose incoming frames are measured, in length and number, before the broker sees them. */
export class GuardedStream extends Duplex {
  /** Random, so that the end of an old connection is told from a new one. */
  readonly id: string;
  readonly peer: Peer;
  readonly address: string;
  readonly roundTrip = new RoundTrip();
  /** Of messages to it that are not in the hands of the system yet. */
  waitingBytes = 0;
  /** Subscriptions that were refused. */
  refusals = 0;
  readonly #socket: TLSSocket;
  readonly #pace = new Pace(performance.now());
  #resting: NodeJS.Timeout | undefined;

  constructor(socket: TLSSocket, guard: FrameGuard, peer: Peer, id: string, onFlaw: (flaw: string) => void) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.peer = peer;
    this.id = id;
    this.address = socket.remoteAddress ?? '';
    socket.on('data', (chunk: Buffer) => {
      const before = guard.frames;
      const flaw = guard.check(chunk);
      if (flaw !== undefined) {
        onFlaw(flaw);
        this.destroy();
        return;
      }
      const waitMs = this.#pace.take(guard.frames - before, performance.now());
      if (waitMs > 0) this.#rest(waitMs);
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
    socket.on('error', () => this.destroy());
  }

  #rest(ms: number): void {
    this.#socket.pause();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#socket.resume();
    }, ms);
  }

  override _read(): void {
    if (this.#resting === undefined) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#resting);
    this.#socket.destroy();
    // The peer's faults are no errors of ours; the broker only needs to hear the end.
    done(null);
  }
}
