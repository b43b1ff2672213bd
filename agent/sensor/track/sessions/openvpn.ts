import { u16 } from '../../wire/bytes.js';
import {
  isOpenVpnReset,
  OpenVpn,
  type OpenVpnMessage,
  openVpnAuthBytes,
  openVpnFrameEnd,
  openVpnMessage,
  openVpnOpcode,
} from '../../wire/openvpn.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';
import { TLS } from './tls.js';

const PACKETS_MAX = 256;
/** Messages ahead of one that is missing, and bytes of a handshake that wait for their rest. */
const AHEAD_MAX = 16;
const PENDING_BYTES_MAX = 65_536;
const NOTHING = Buffer.alloc(0);
const isPort = (a: number, b: number, port: number): boolean => a === port || b === port;

/** OpenVPN over UDP: the handshake of TLS in its control channel is read, unless all of it is encrypted (tls-crypt). */
export const OPENVPN: Protocol = {
  name: 'openvpn',
  transport: 'udp',
  datasets: ['flow', 'session', 'tls'],
  recognise: (b, start, end, from, to) =>
    isOpenVpnReset(b, start, end, isPort(from, to, 1194)) ? Verdict.Yes : Verdict.No,
  open: (conversation) => new OpenVpnSession(conversation, false),
};

/** The same over TCP. */
export const OPENVPN_TCP: Protocol = {
  name: 'openvpn',
  transport: 'tcp',
  datasets: ['flow', 'session', 'tls'],
  recognise: (b, start, end, from, to) => {
    const isFrame = end - start >= 16 && u16(b, start) === end - start - 2;
    const isOwnPort = isPort(from, to, 1194) || isPort(from, to, 443);
    return isFrame && isOpenVpnReset(b, start + 2, end, isOwnPort) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new OpenVpnSession(conversation, true),
};

/** Messages of one side, put in order. */
class Half {
  next = 1;
  readonly ahead = new Map<number, Buffer>();
  /** The beginning of a TLS record whose rest is to come. */
  pending: Buffer = NOTHING;
}

class OpenVpnSession implements Session {
  readonly #isStream: boolean;
  readonly #tls: Session;
  readonly #halves = [new Half(), new Half()] as const;
  #authBytes: number | undefined;
  #packets = 0;

  constructor(conversation: Conversation, isStream: boolean) {
    this.#isStream = isStream;
    this.#tls = TLS.open(new InnerConversation(conversation));
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (!this.#isStream) return this.#onPacket(side, b, start, end, timeUs) ? 0 : DONE;
    let at = start;
    for (let next = openVpnFrameEnd(b, at, end); next !== undefined; next = openVpnFrameEnd(b, at, end)) {
      if (!this.#onPacket(side, b, at + 2, next, timeUs)) return DONE;
      at = next;
    }
    return at - start;
  }

  onEnd(timeUs: number): void {
    this.#tls.onEnd(timeUs);
  }

  /** @returns false when nothing more can be read */
  #onPacket(side: number, b: Buffer, start: number, end: number, timeUs: number): boolean {
    this.#packets += 1;
    if (start >= end || this.#packets > PACKETS_MAX) return false;
    const opcode = openVpnOpcode(b, start);
    if (opcode !== OpenVpn.Control) {
      this.#authBytes ??= openVpnAuthBytes(b, start, end);
      // Data: the handshake is behind them, or was never seen.
      return this.#authBytes !== undefined && opcode !== OpenVpn.DataV1 && opcode !== OpenVpn.DataV2;
    }
    const message = openVpnMessage(b, start, end, this.#authBytes ?? 0);
    return message === undefined || this.#onMessage(side, b, message, timeUs);
  }

  #onMessage(side: number, b: Buffer, message: OpenVpnMessage, timeUs: number): boolean {
    const half = this.#halves[side as 0 | 1];
    if (message.number < half.next) return true;
    if (half.ahead.size >= AHEAD_MAX) return false;
    half.ahead.set(message.number, Buffer.from(b.subarray(message.start, message.end)));
    for (let bytes = half.ahead.get(half.next); bytes !== undefined; bytes = half.ahead.get(half.next)) {
      half.ahead.delete(half.next);
      half.next += 1;
      if (!this.#onTls(half, side, bytes, timeUs)) return false;
    }
    return true;
  }

  #onTls(half: Half, side: number, bytes: Buffer, timeUs: number): boolean {
    const all = half.pending.length === 0 ? bytes : Buffer.concat([half.pending, bytes]);
    const used = this.#tls.onBytes(side, all, 0, all.length, timeUs);
    if (used < 0) return false;
    half.pending = all.subarray(Math.min(used, all.length));
    return half.pending.length <= PENDING_BYTES_MAX;
  }
}

/** The handshake is one of TLS, wherever it came through. */
class InnerConversation implements Conversation {
  readonly slot: number;
  readonly #outer: Conversation;

  constructor(outer: Conversation) {
    this.slot = outer.slot;
    this.#outer = outer;
  }

  port(side: number): number {
    return this.#outer.port(side);
  }

  fields(): ReturnType<Conversation['fields']> {
    return this.#outer.fields();
  }

  unseen(): number {
    return 0;
  }

  emit(dataset: string, timeUs: number, fields: Readonly<Record<string, unknown>>): void {
    this.#outer.emit(dataset, timeUs, fields, 'tls');
  }
}
