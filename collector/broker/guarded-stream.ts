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

/** A PUBACK may wait so long for what goes the same way: the own acknowledgement of its batch, as a rule. */
const COMPANY_MS = 100;
/** MQTT 3.1.1 3.4: its type, its length, and the identifier of the packet that it answers. */
const PUBACK = 0x4002;
const PUBACK_BYTES = 4;

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
  /** Identifiers of packets whose PUBACK may wait; as many as are between its two ends at once. */
  readonly #patient = new Set<number>();
  #held: Buffer[] = [];
  #holding: NodeJS.Timeout | undefined;

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

  /** It is not read for now, because too much came. */
  get isResting(): boolean {
    return this.#resting !== undefined;
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

  /** Nobody waits for the PUBACK of this packet: it may go with the next that is sent. */
  letWait(messageId: number): void {
    this.#patient.add(messageId);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  /** The broker writes a packet in up to six pieces: each by itself would be a TLS record and a TCP segment. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (this.#isPatient(bytes)) {
      this.#held.push(bytes);
      this.#holding ??= setTimeout(() => this.#release(), COMPANY_MS);
      done();
      return;
    }
    // Those that were written together with others are on their way.
    this.#patient.clear();
    if (this.#held.length === 0) {
      this.#socket.write(bytes, done);
    } else {
      this.#held.push(bytes);
      this.#release(done);
    }
  }

  #isPatient(bytes: Buffer): boolean {
    if (bytes.length !== PUBACK_BYTES || bytes.readUInt16BE(0) !== PUBACK) return false;
    return this.#patient.delete(bytes.readUInt16BE(2));
  }

  #release(done: (error?: Error | null) => void = () => {}): void {
    clearTimeout(this.#holding);
    this.#holding = undefined;
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#socket.write(bytes, done);
  }

  override _final(done: () => void): void {
    if (this.#held.length > 0) this.#release();
    this.#socket.end(done);
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#resting);
    clearTimeout(this.#holding);
    this.#socket.destroy();
    // The peer's faults are no errors of ours; the broker only needs to hear the end.
    done(null);
  }
}
