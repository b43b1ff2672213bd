import { u8, u32 } from '../../wire/bytes.js';
import { readCertificate } from '../../wire/certificate.js';
import { decodeKerberos, isKerberosOf, type Kerberos, looksLikeKerberos } from '../../wire/kerberos.js';
import { KPASSWD_HEADER_BYTES, kpasswdMessage } from '../../wire/kpasswd.js';
import { optional } from '../optional.js';
import { Resync } from '../resync.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

// RFC 4120 7.2.2: four bytes of length in front of each message over TCP.
const LENGTH_BYTES = 4;
const MESSAGE_BYTES_MAX = 2 ** 16;
const REQUESTS_MAX = 64;

const KPASSWD_PORT = 464;

/** Kerberos over UDP, and changes of passwords. */
export const KERBEROS_UDP: Protocol = {
  name: 'kerberos',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    const isKpasswd = isKpasswdPort(fromPort, toPort) && kpasswdMessage(b, start, end) !== undefined;
    return isKpasswd || (end - start > 8 && looksLikeKerberos(b, start, end)) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new KerberosSession(conversation, false),
};

/** Kerberos over TCP, on any port. */
export const KERBEROS_TCP: Protocol = {
  name: 'kerberos',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    if (u8(b, start) !== 0) return Verdict.No;
    const isLikely = fromPort === 88 || toPort === 88 || isKpasswdPort(fromPort, toPort);
    if (end - start < LENGTH_BYTES + KPASSWD_HEADER_BYTES) return isLikely ? Verdict.More : Verdict.No;
    return beginsMessage(b, start, end, isKpasswdPort(fromPort, toPort)) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new KerberosSession(conversation, true),
};

const isKpasswdPort = (fromPort: number, toPort: number): boolean =>
  fromPort === KPASSWD_PORT || toPort === KPASSWD_PORT;

function beginsMessage(b: Buffer, start: number, end: number, isKpasswd: boolean): boolean {
  if (end - start < LENGTH_BYTES + KPASSWD_HEADER_BYTES) return false;
  const size = u32(b, start);
  if (size < 8 || size > MESSAGE_BYTES_MAX) return false;
  const at = start + LENGTH_BYTES;
  return isKerberosOf(b, at, size) || (isKpasswd && at + size <= end && kpasswdMessage(b, at, at + size) !== undefined);
}

/** A request and its reply are one record: who wanted a ticket for what, and what became of it. */
class KerberosSession implements Session {
  readonly #conversation: Conversation;
  readonly #isStream: boolean;
  readonly #requests: { message: Kerberos; timeUs: number }[] = [];
  readonly #isKpasswd: boolean;
  readonly #resync = new Resync((b, start, end) => (beginsMessage(b, start, end, this.#isKpasswd) ? start : -1));

  constructor(conversation: Conversation, isStream: boolean) {
    this.#conversation = conversation;
    this.#isStream = isStream;
    this.#isKpasswd = isKpasswdPort(conversation.port(0), conversation.port(1));
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (!this.#isStream) {
      this.#onMessage(b, start, end, timeUs);
      return 0;
    }
    let at = this.#resync.from(side, b, start, end);
    if (at < 0) return DONE;
    while (end - at >= LENGTH_BYTES) {
      const next = at + LENGTH_BYTES + u32(b, at);
      if (next - at > MESSAGE_BYTES_MAX) return DONE;
      if (next > end) break;
      this.#onMessage(b, at + LENGTH_BYTES, next, timeUs);
      at = next;
    }
    return at - start;
  }

  onGap(side: number): void {
    this.#resync.onGap(side);
  }

  onEnd(): void {
    for (const { message, timeUs } of this.#requests.splice(0)) this.#tell(message, undefined, timeUs);
  }

  #onMessage(b: Buffer, start: number, end: number, timeUs: number): void {
    const password = this.#isKpasswd ? kpasswdMessage(b, start, end) : undefined;
    const message = decodeKerberos(b, password?.[0] ?? start, password?.[1] ?? end);
    if (message === undefined) return;
    if (message.kind === 'request') {
      const isNew = this.#requests.length < REQUESTS_MAX && !this.#isWaiting(message);
      if (isNew) this.#requests.push({ message, timeUs });
      return;
    }
    const asked = this.#requests.shift();
    this.#tell(asked?.message, message, asked?.timeUs ?? timeUs);
  }

  /** Over UDP a request is sent again when no answer comes. */
  #isWaiting({ request, operation }: Kerberos): boolean {
    if (request?.nonce === undefined) return false;
    return this.#requests.some(
      ({ message }) => message.request?.nonce === request.nonce && message.operation === operation,
    );
  }

  #tell(request: Kerberos | undefined, answer: Kerberos | undefined, timeUs: number): void {
    const details = detailsOf(request, answer);
    // Whether the new password was taken stands in the sealed part of the answer.
    const isKnown = answer !== undefined && (!this.#isKpasswd || answer.kind === 'error');
    const outcome = !isKnown ? 'unknown' : answer.kind === 'error' ? 'failure' : 'success';
    this.#conversation.emit('session', timeUs, {
      'hinomi.session.outcome': outcome,
      'hinomi.session.auth_method': 'kerberos',
      ...optional('hinomi.session.operation', this.#isKpasswd ? 'KPASSWD' : (request?.operation ?? answer?.operation)),
      ...optional('user.name', request?.client ?? answer?.client),
      ...optional('user.domain', request?.realm ?? answer?.realm),
      ...optional('hinomi.session.service', request?.service ?? answer?.service),
      ...optional('hinomi.session.cipher', answer?.cipher ?? request?.cipher),
      ...optional('hinomi.session.error', answer?.error),
      ...(details.length === 0 ? {} : { 'hinomi.session.details': details }),
    });
  }
}

function subjectOf(message: Kerberos | undefined): string {
  return message?.certificate === undefined ? '' : readCertificate(message.certificate).subject;
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
    client_certificate: subjectOf(message),
    server_certificate: subjectOf(answer),
  };
  return Object.entries(all)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`);
}
