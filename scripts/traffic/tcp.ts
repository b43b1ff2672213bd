/** Conversations over TCP, packet by packet. */
import { type Host, IP_PROTOCOL, ipFrame, type Packet, TCP_FLAG, tcp } from './packet.js';

const { fin, syn, rst, psh, ack } = TCP_FLAG;
const MSS_BYTES = 1_440;
/** MSS 1440, SACK permitted, window scale 7. RFC 9293 3.2, RFC 2018, RFC 7323. */
const SYN_OPTIONS = Buffer.from([2, 4, 0x05, 0xa0, 1, 1, 4, 2, 1, 3, 3, 7]);
const EMPTY = Buffer.alloc(0);
export type Side = 'client' | 'server';

/** Time as it passes within one generator, in microseconds since the Unix epoch. */
export class Clock {
  us: number;

  constructor(us: number) {
    this.us = us;
  }

  advance(us: number): this {
    this.us += Math.max(1, Math.round(us));
    return this;
  }
}

export interface TcpPorts {
  readonly clientPort: number;
  readonly serverPort: number;
  /** Round trip between the two. */
  readonly rttUs: number;
  readonly initialSeq?: number;
}

/** Both ends of one connection: knows the sequence numbers and makes the frames. */
export class TcpPeers {
  readonly #hosts: Readonly<Record<Side, Host>>;
  readonly #ports: Readonly<Record<Side, number>>;
  readonly #next: Record<Side, number>;
  readonly #halfUs: number;
  readonly clock: Clock;

  constructor(clock: Clock, client: Host, server: Host, ports: TcpPorts) {
    this.clock = clock;
    this.#hosts = { client, server };
    this.#ports = { client: ports.clientPort, server: ports.serverPort };
    const initial = ports.initialSeq ?? 1_000;
    this.#next = { client: initial, server: (initial ^ 0x5a5a5a5a) >>> 0 };
    this.#halfUs = ports.rttUs / 2;
  }

  *open(): Generator<Packet> {
    yield this.segment('client', syn);
    this.clock.advance(this.#halfUs);
    yield this.segment('server', syn | ack);
    this.clock.advance(this.#halfUs);
    yield this.segment('client', ack);
  }

  /** Bytes from one side in full segments; the other side acknowledges every second one and the last. */
  *send(from: Side, bytes: Buffer): Generator<Packet> {
    this.clock.advance(this.#halfUs);
    for (let at = 0, count = 1; at < bytes.length; at += MSS_BYTES, count += 1) {
      const isLast = at + MSS_BYTES >= bytes.length;
      yield this.segment(from, isLast ? psh | ack : ack, bytes.subarray(at, at + MSS_BYTES));
      this.clock.advance(12);
      if (count % 2 === 0 || isLast) yield this.segment(other(from), ack);
      this.clock.advance(12);
    }
  }

  *finish(first: Side = 'client'): Generator<Packet> {
    yield this.segment(first, fin | ack);
    this.clock.advance(this.#halfUs);
    yield this.segment(other(first), fin | ack);
    this.clock.advance(this.#halfUs);
    yield this.segment(first, ack);
  }

  *reset(from: Side = 'client'): Generator<Packet> {
    yield this.segment(from, rst | ack);
  }

  /** A SYN that is refused. */
  *refused(): Generator<Packet> {
    yield this.segment('client', syn);
    this.clock.advance(this.#halfUs);
    yield this.segment('server', rst | ack);
  }

  /** The next segment of a side. What it carries counts as sent, whether or not the frame is ever delivered. */
  segment(from: Side, flags: number, payload: Buffer = EMPTY): Packet {
    const seq = this.#next[from];
    const isSyn = (flags & syn) !== 0;
    this.#next[from] = (seq + payload.length + (isSyn || flags & fin ? 1 : 0)) >>> 0;
    const fields = {
      fromPort: this.#ports[from],
      toPort: this.#ports[other(from)],
      seq,
      ack: flags & ack ? this.#next[other(from)] : 0,
      flags,
      ...(isSyn ? { options: SYN_OPTIONS } : {}),
    };
    const [source, target] = [this.#hosts[from], this.#hosts[other(from)]];
    const bytes = tcp(source.ip, target.ip, fields, payload);
    return { timeUs: this.clock.us, bytes: ipFrame(source, target, IP_PROTOCOL.tcp, bytes) };
  }
}

function other(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

export type Step = readonly [from: Side, bytes: Buffer];

/** A whole connection: handshake, the steps in turn, FIN. */
export function* tcpConversation(peers: TcpPeers, steps: readonly Step[]): Generator<Packet> {
  yield* peers.open();
  for (const [from, bytes] of steps) yield* peers.send(from, bytes);
  peers.clock.advance(500);
  yield* peers.finish();
}
