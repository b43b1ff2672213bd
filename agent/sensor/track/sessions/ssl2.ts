import { type Certificate, readCertificate } from '../../wire/certificate.js';
import { isSsl2Hello, ssl2Cipher, ssl2Record, ssl2ServerHello } from '../../wire/ssl2.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';
import { certificateFields } from '../tls-handshake.js';

const RECORDS_MAX = 32;

/** SSL 2.0: old devices speak it still, and whoever meets it should know (RFC 6176). */
export const SSL2: Protocol = {
  name: 'tls',
  transport: 'tcp',
  datasets: ['tls'],
  recognise: (b, start, end) =>
    isSsl2Hello(b, start, end, (major, minor) => major === 0 && minor === 2) ? Verdict.Yes : Verdict.No,
  open: (conversation) => new Ssl2Session(conversation),
};

class Ssl2Session implements Session {
  readonly #conversation: Conversation;
  #client: number | undefined;
  #startUs = 0;
  #records = 0;
  #isAnswered = false;
  #isResumed = false;
  #certificate: Certificate | undefined;
  #cipher: string | undefined;
  /** Sides that have said something in ciphertext. */
  readonly #hasSpoken: [boolean, boolean] = [false, false];

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#client === undefined) this.#startUs = timeUs;
    this.#client ??= side;
    let at = start;
    while (end - at >= 2) {
      const record = ssl2Record(b, at);
      if (record.end > end) break;
      this.#onRecord(side as 0 | 1, b, record.start, record.end);
      at = record.end;
      if (this.#isEstablished || ++this.#records >= RECORDS_MAX) return DONE;
    }
    return at - start;
  }

  onEnd(): void {
    this.#conversation.emit('tls', this.#startUs, {
      ...(this.#isAnswered ? { 'tls.version': '2.0', 'tls.version_protocol': 'ssl' } : {}),
      ...(this.#cipher === undefined ? {} : { 'tls.cipher': this.#cipher }),
      ...certificateFields(this.#certificate, 1),
      'tls.established': this.#isEstablished,
      'tls.resumed': this.#isResumed,
    });
  }

  get #isEstablished(): boolean {
    return this.#isAnswered && this.#hasSpoken[0] && this.#hasSpoken[1];
  }

  #onRecord(side: 0 | 1, b: Buffer, start: number, end: number): void {
    if (side !== this.#client && !this.#isAnswered) {
      const hello = ssl2ServerHello(b, start, end);
      this.#isAnswered = hello !== undefined;
      this.#isResumed = hello?.isResumed === true;
      if (hello?.certificate !== undefined) this.#certificate = readCertificate(hello.certificate);
    } else if (side === this.#client && this.#cipher === undefined && !this.#isResumed) {
      this.#cipher = ssl2Cipher(b, start, end);
    } else {
      this.#hasSpoken[side] = true;
    }
  }
}
