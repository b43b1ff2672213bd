import { googleQuicHello } from '../../wire/gquic.js';
import { optional } from '../optional.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** Google's QUIC before the IETF's: old programs speak it still, and say whom they want in clear text. */
export const GOOGLE_QUIC: Protocol = {
  name: 'quic',
  transport: 'udp',
  datasets: ['tls'],
  recognise: (b, start, end) => (googleQuicHello(b, start, end) === undefined ? Verdict.No : Verdict.Yes),
  open: (conversation) => new GoogleQuicSession(conversation),
};

class GoogleQuicSession implements Session {
  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** Its crypto is not TLS: whether the two came to terms is not seen. */
  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    const hello = googleQuicHello(b, start, end);
    if (hello === undefined) return DONE;
    this.#conversation.emit('tls', timeUs, {
      ...optional('tls.client.server_name', hello.serverName),
      ...optional('user_agent.original', hello.userAgent),
      'tls.established': false,
      'tls.resumed': false,
      'hinomi.quic.version': hello.version,
    });
    return DONE;
  }

  onEnd(): void {}
}
