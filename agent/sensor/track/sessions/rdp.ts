import { u8, u16 } from '../../wire/bytes.js';
import { decodeRdpClient, type RdpClient } from '../../wire/rdp-client.js';
import { optional } from '../optional.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

// RFC 1006: TPKT of version 3; [MS-RDPBCGR] 2.2.1.1: an X.224 connection request in it.
const TPKT_BYTES = 4;
const CONNECTION_REQUEST = 0xe0;
const CONNECTION_CONFIRM = 0xd0;
const DATA = 0xf0;
const DATA_HEADER_BYTES = 3;
const X224_HEADER_BYTES = 7;
const NEGOTIATION_BYTES = 8;
const NEGOTIATION_FAILURE = 3;
const COOKIE_BYTES_MAX = 512;

/** [MS-RDPBCGR] 2.2.1.2.1. */
const SECURITY: Readonly<Record<number, string>> = { 0: 'rdp', 1: 'tls', 2: 'credssp', 4: 'rdstls', 8: 'credssp-ex' };

/** [MS-RDPBCGR] 2.2.1.2.2. */
const FAILURES: Readonly<Record<number, string>> = {
  1: 'SSL_REQUIRED_BY_SERVER',
  2: 'SSL_NOT_ALLOWED_BY_SERVER',
  3: 'SSL_CERT_NOT_ON_SERVER',
  4: 'INCONSISTENT_FLAGS',
  5: 'HYBRID_REQUIRED_BY_SERVER',
  6: 'SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER',
};

/** RDP as far as it is in the clear: the cookie, what the two agree on, and without TLS what the client says of itself. */
export const RDP: Protocol = {
  name: 'rdp',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end) => {
    if (u8(b, start) !== 3 || (end - start > 1 && u8(b, start + 1) !== 0)) return Verdict.No;
    if (end - start < TPKT_BYTES + X224_HEADER_BYTES) return Verdict.More;
    const size = u16(b, start + 2);
    // S7 and MMS begin alike, and say at once which program of the machine they want (ISO 8073 13.3.4).
    const option = end - start > TPKT_BYTES + X224_HEADER_BYTES ? u8(b, start + TPKT_BYTES + X224_HEADER_BYTES) : 0;
    if (option >= 0xc0 && option <= 0xc2) return Verdict.No;
    const isFirst = u8(b, start + 5) === CONNECTION_REQUEST && u8(b, start + 4) === size - TPKT_BYTES - 1;
    return isFirst && size <= 600 ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new RdpSession(conversation),
};

class RdpSession implements Session {
  readonly #conversation: Conversation;
  readonly #fields: Record<string, unknown> = {};
  #startUs = 0;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    if (end - start < TPKT_BYTES + DATA_HEADER_BYTES) return 0;
    const messageEnd = start + u16(b, start + 2);
    if (u8(b, start) !== 3 || messageEnd - start < TPKT_BYTES + DATA_HEADER_BYTES) return DONE;
    if (messageEnd > end) return 0;
    const kind = u8(b, start + 5) & 0xf0;
    if (kind === CONNECTION_REQUEST) {
      this.#readCookie(b, start + TPKT_BYTES + X224_HEADER_BYTES, messageEnd);
      return messageEnd - start;
    }
    if (kind === CONNECTION_CONFIRM) return this.#onConfirm(b, start, messageEnd);
    if (kind === DATA && side === 0)
      this.#readClient(decodeRdpClient(b, start + TPKT_BYTES + DATA_HEADER_BYTES, messageEnd));
    return DONE;
  }

  onEnd(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#conversation.emit('session', this.#startUs, { 'hinomi.session.outcome': 'unknown', ...this.#fields });
  }

  #readClient(client: RdpClient | undefined): void {
    if (client === undefined) return;
    const { name, build, keyboardLayout, width, height, productId, channels = [] } = client;
    const details = [
      ...(build === undefined ? [] : [`client_build=${build}`]),
      ...(keyboardLayout === undefined ? [] : [`keyboard_layout=0x${keyboardLayout.toString(16).padStart(8, '0')}`]),
      ...(width === undefined ? [] : [`desktop=${width}x${height}`]),
      ...(productId === undefined ? [] : [`product_id=${productId}`]),
      ...(channels.length === 0 ? [] : [`channels=${channels.join(',')}`]),
    ];
    Object.assign(this.#fields, optional('host.name', name));
    if (details.length > 0) this.#fields['hinomi.session.details'] = details;
  }

  /** `Cookie: mstshash=NAME`: the user's name, cut after nine characters by most clients. */
  #readCookie(b: Buffer, start: number, end: number): void {
    const text = b.toString('latin1', start, Math.min(end, start + COOKIE_BYTES_MAX));
    const cookie = /^Cookie: ([^\r\n]*)\r\n/.exec(text)?.[1];
    if (cookie !== undefined) this.#fields['hinomi.session.cookie'] = cookie.replace(/^mstshash=/, '');
  }

  #onConfirm(b: Buffer, start: number, end: number): number {
    const at = start + TPKT_BYTES + X224_HEADER_BYTES;
    const hasNegotiation = end - at >= NEGOTIATION_BYTES;
    if (hasNegotiation && u8(b, at) === NEGOTIATION_FAILURE) {
      this.#fields['hinomi.session.outcome'] = 'failure';
      this.#fields['hinomi.session.error'] = FAILURES[b.readUInt32LE(at + 4)] ?? String(b.readUInt32LE(at + 4));
      return DONE;
    }
    const selected = hasNegotiation ? b.readUInt32LE(at + 4) : 0;
    this.#fields['hinomi.session.cipher'] = SECURITY[selected] ?? String(selected);
    // Everything but the old security goes on in TLS; with that the client now says what it is.
    return selected === 0 ? end - start : CHANGED;
  }
}
