import { decodeNtp, looksLikeNtp } from '../../wire/ntp.js';
import { Facts } from '../facts.js';
import { type Conversation, type Protocol, type Session, Verdict } from '../session.js';

const PORT = 123;

/** NTP of versions 1 to 4 (RFC 5905), and what is asked of its servers beside the time (RFC 9327). */
export const NTP: Protocol = {
  name: 'ntp',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) =>
    (fromPort === PORT || toPort === PORT) && looksLikeNtp(b, start, end) ? Verdict.Yes : Verdict.No,
  open: (conversation) => new NtpSession(conversation),
};

class NtpSession implements Session {
  readonly #facts: Facts;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    const message = decodeNtp(b, start, end);
    if (message === undefined) return 0;
    const facts = this.#facts;
    facts.tellNowAndThen(timeUs);
    facts.at(timeUs);
    facts.set('hinomi.session.version', String(message.version));
    facts.add('hinomi.ntp.modes', message.mode);
    facts.add('hinomi.ntp.operations', message.operation);
    facts.set('hinomi.session.server_software', message.software);
    if (!message.isResponse) return 0;
    if (message.kiss === undefined) facts.set('hinomi.ntp.stratum', message.stratum);
    facts.set('hinomi.ntp.reference_id', message.referenceId);
    facts.set('hinomi.session.error', message.kiss);
    facts.set('hinomi.session.outcome', message.kiss === undefined ? 'success' : 'failure');
    return 0;
  }

  onEnd(): void {
    this.#facts.tell();
  }
}
