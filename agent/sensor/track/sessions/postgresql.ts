import { u8, u32 } from '../../wire/bytes.js';
import { PG_CANCEL, PG_METHODS, pgErrorCode, pgStartup } from '../../wire/postgresql.js';
import { textAt } from '../../wire/text.js';
import { Facts } from '../facts.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const MESSAGE_BYTES_MAX = 16_384;
const Kind = { Authentication: 0x52, Error: 0x45, Parameter: 0x53, Ready: 0x5a, Password: 0x70 } as const;
const CLEARTEXT = 3;

/** PostgreSQL: who logs in to which database. What is asked there is nobody's business. */
export const POSTGRESQL: Protocol = {
  name: 'postgresql',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end) => {
    if (u8(b, start) !== 0) return Verdict.No;
    const startup = pgStartup(b, start, end);
    if (startup === undefined) return Verdict.No;
    return startup === 'more' ? Verdict.More : Verdict.Yes;
  },
  open: (conversation) => new PostgresqlSession(conversation),
};

class PostgresqlSession implements Session {
  readonly #facts: Facts;
  #hasStarted = false;
  /** What the server asked for last. */
  #method = 0;
  #next: number | undefined;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    if (side === 0 && !this.#hasStarted) return this.#onStartup(b, start, end);
    // One byte answers whether TLS follows.
    if (side === 1 && !this.#hasStarted) return this.#onTlsAnswer(b, start, end);
    let at = start;
    while (end - at >= 5) {
      const next = at + 1 + u32(b, at + 1);
      if (next < at + 5 || next - at > MESSAGE_BYTES_MAX) return DONE;
      if (next > end) break;
      if (side === 1) this.#onServer(u8(b, at), b, at + 5, next);
      else if (u8(b, at) === Kind.Password && this.#method === CLEARTEXT)
        this.#facts.set('hinomi.session.cleartext_login', true);
      if (this.#next !== undefined) return this.#next;
      at = next;
    }
    return at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onStartup(b: Buffer, start: number, end: number): number {
    const startup = pgStartup(b, start, end);
    if (startup === 'more') return 0;
    if (startup === undefined || startup.code === PG_CANCEL) return DONE;
    const { parameters } = startup;
    this.#hasStarted = parameters.size > 0;
    const facts = this.#facts;
    facts.set('user.name', parameters.get('user'));
    facts.set('hinomi.session.database', parameters.get('database'));
    facts.set('hinomi.session.client_software', parameters.get('application_name'));
    return startup.end - start;
  }

  #onTlsAnswer(b: Buffer, start: number, end: number): number {
    const answer = u8(b, start);
    if (answer === Kind.Error) return DONE;
    if (answer !== 0x53 && answer !== 0x47) return end - start;
    this.#facts.add('hinomi.session.details', answer === 0x53 ? 'starttls=yes' : 'gssenc=yes');
    return answer === 0x53 ? CHANGED : DONE;
  }

  #onServer(kind: number, b: Buffer, start: number, end: number): void {
    const facts = this.#facts;
    if (kind === Kind.Authentication && end - start >= 4) this.#onAuthentication(u32(b, start));
    else if (kind === Kind.Parameter) {
      const text = textAt(b, start, end);
      if (text.startsWith('server_version\0'))
        facts.set('hinomi.session.server_software', `PostgreSQL ${text.slice(15)}`);
    } else if (kind === Kind.Error) {
      facts.set('hinomi.session.outcome', 'failure');
      facts.set('hinomi.session.error', pgErrorCode(b, start, end));
      this.#next = DONE;
    } else if (kind === Kind.Ready) this.#next = DONE;
  }

  #onAuthentication(method: number): void {
    if (method === 0) this.#facts.set('hinomi.session.outcome', 'success');
    const name = PG_METHODS[method];
    if (name === undefined) return;
    this.#method = method;
    this.#facts.set('hinomi.session.auth_method', name);
  }
}
