import { u32 } from '../../wire/bytes.js';
import { decodeKerberos, type Kerberos, looksLikeKerberos } from '../../wire/kerberos.js';
import { optional } from '../optional.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

// RFC 4120 7.2.2: four bytes of length in front of each message over TCP.
const LENGTH_BYTES = 4;
const MESSAGE_BYTES_MAX = 2 ** 16;
const REQUESTS_MAX = 64;

/** Kerberos over UDP. */
export const KERBEROS_UDP: Protocol = {
  name: 'kerberos',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end) => (end - start > 8 && looksLikeKerberos(b, start, end) ? Verdict.Yes : Verdict.No),
  open: (conversation) => new KerberosSession(conversation, false),
};

/** Kerberos over TCP. */
export const KERBEROS_TCP: Protocol = {
  name: 'kerberos',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    if (fromPort !== 88 && toPort !== 88) return Verdict.No;
    if (end - start < LENGTH_BYTES + 6) return Verdict.More;
    const size = u32(b, start);
    if (size < 8 || size > MESSAGE_BYTES_MAX) return Verdict.No;
    const tag = b[start + LENGTH_BYTES]!;
    return (tag >= 0x6a && tag <= 0x6d) || tag === 0x7e ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new KerberosSession(conversation, true),
};

/** A request and its reply are one record: who wanted a ticket for what, and what became of it. */
class KerberosSession implements Session {
  readonly #conversation: Conversation;
  readonly #isStream: boolean;
  readonly #requests: { message: Kerberos; timeUs: number }[] = [];

  constructor(conversation: Conversation, isStream: boolean) {
    this.#conversation = conversation;
    this.#isStream = isStream;
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (!this.#isStream) {
      this.#onMessage(b, start, end, timeUs);
      return 0;
    }
    let at = start;
    while (end - at >= LENGTH_BYTES) {
      const next = at + LENGTH_BYTES + u32(b, at);
      if (next - at > MESSAGE_BYTES_MAX) return DONE;
      if (next > end) break;
      this.#onMessage(b, at + LENGTH_BYTES, next, timeUs);
      at = next;
    }
    return at - start;
  }

  onEnd(): void {
    for (const { message, timeUs } of this.#requests.splice(0)) this.#tell(message, undefined, timeUs);
  }

  #onMessage(b: Buffer, start: number, end: number, timeUs: number): void {
    const message = decodeKerberos(b, start, end);
    if (message === undefined) return;
    if (message.kind === 'request') {
      if (this.#requests.length < REQUESTS_MAX) this.#requests.push({ message, timeUs });
      return;
    }
    const asked = this.#requests.shift();
    this.#tell(asked?.message, message, asked?.timeUs ?? timeUs);
  }

  #tell(request: Kerberos | undefined, answer: Kerberos | undefined, timeUs: number): void {
    const details = detailsOf(request, answer);
    const outcome = answer === undefined ? 'unknown' : answer.kind === 'error' ? 'failure' : 'success';
    this.#conversation.emit('session', timeUs, {
      'hinomi.session.outcome': outcome,
      'hinomi.session.auth_method': 'kerberos',
      ...optional('hinomi.session.operation', request?.operation ?? answer?.operation),
      ...optional('user.name', request?.client ?? answer?.client),
      ...optional('user.domain', request?.realm ?? answer?.realm),
      ...optional('hinomi.session.service', request?.service ?? answer?.service),
      ...optional('hinomi.session.cipher', answer?.cipher),
      ...optional('hinomi.session.error', answer?.error),
      ...(details.length === 0 ? {} : { 'hinomi.session.details': details }),
    });
  }
}

function detailsOf(message: Kerberos | undefined, answer: Kerberos | undefined): string[] {
  const request = message?.request;
  const all = {
    error_text: answer?.errorText ?? '',
    preauth: request?.preauth.join(',') ?? '',
    options: request?.options.join(',') ?? '',
    ciphers: request?.ciphers.join(',') ?? '',
    for_user: request?.forUser ?? '',
    till: request?.till ?? '',
  };
  return Object.entries(all)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`);
}
