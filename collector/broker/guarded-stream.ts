import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { FrameGuard } from './frame-guard.js';

/** What the broker knows of a connection's other end. */
export interface Peer {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
  /** SHA-256 of the certificate by which it came, hex. */
  readonly certificate?: string;
}

/** A TLS connection whose incoming frames are measured before the broker sees them. */
export class GuardedStream extends Duplex {
  /** Random, so that the end of an old connection is told from a new one. */
  readonly id: string;
  readonly peer: Peer;
  readonly #socket: TLSSocket;

  constructor(socket: TLSSocket, guard: FrameGuard, peer: Peer, id: string, onFlaw: (flaw: string) => void) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.peer = peer;
    this.id = id;
    socket.on('data', (chunk: Buffer) => {
      const flaw = guard.check(chunk);
      if (flaw !== undefined) {
        onFlaw(flaw);
        this.destroy();
      } else if (!this.push(chunk)) {
        socket.pause();
      }
    });
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
    socket.on('error', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    // The peer's faults are no errors of ours; the broker only needs to hear the end.
    done(null);
  }
}
