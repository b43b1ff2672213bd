import { isNtError, MORE_PROCESSING_REQUIRED, ntStatusName } from '../../wire/nt-status.js';
import { wellFormed } from '../../wire/ntlm.js';
import { GssLogin } from '../gss-login.js';
import { optional } from '../optional.js';
import type { SmbFacts } from './facts.js';

const LOGINS_MAX = 64;
const TEXT_CHARACTERS_MAX = 256;

/** One login, from its first message until it is known what became of it. */
export interface SmbLogin {
  readonly startUs: number;
  readonly gss: GssLogin;
  /** What SMB itself says of it: a login without a token, software, a password in the clear. */
  readonly said: Record<string, unknown>;
  readonly details: string[];
  /** Of a login without tokens: which answer to the server's challenge. */
  oldNtlm: 'LM' | 'NTLMv1' | 'NTLMv2' | undefined;
}

/** Who logs in on a connection: several may, one after the other or at once. */
export class SmbLogins {
  readonly #facts: SmbFacts;
  /** By session: logins that take more than one round. */
  readonly #open = new Map<string, SmbLogin>();
  /** By the message that asks. */
  readonly #asked = new Map<number, SmbLogin>();
  readonly #users = new Map<string, Record<string, unknown>>();
  #last: Record<string, unknown> = {};
  #isTold = false;

  constructor(facts: SmbFacts) {
    this.#facts = facts;
  }

  /** What the records of a session say of its user. */
  userOf(sessionId: string): Record<string, unknown> {
    return this.#users.get(sessionId) ?? this.#last;
  }

  onRequest(exchange: number, sessionId: string, timeUs: number): SmbLogin {
    const login = this.#open.get(sessionId) ?? newLogin(timeUs);
    if (this.#asked.size < LOGINS_MAX) this.#asked.set(exchange, login);
    return login;
  }

  onResponse(exchange: number, sessionId: string, timeUs: number): SmbLogin {
    const login = this.#asked.get(exchange) ?? this.#open.get(sessionId) ?? newLogin(timeUs);
    this.#asked.delete(exchange);
    return login;
  }

  /** What the server says, after its token has been read. */
  onOutcome(login: SmbLogin, sessionId: string, status: number, timeUs: number): void {
    if (status === MORE_PROCESSING_REQUIRED) {
      if (this.#open.size < LOGINS_MAX) this.#open.set(sessionId, login);
      return;
    }
    this.#open.delete(sessionId);
    const error = isNtError(status) ? ntStatusName(status) : undefined;
    this.#tell(login, error === undefined ? 'success' : 'failure', error, timeUs);
    if (error !== undefined) return;
    this.#last = userFields(login);
    if (this.#users.size < LOGINS_MAX) this.#users.set(sessionId, this.#last);
  }

  /** @param isMore whether something else of the connection will be told */
  onEnd(timeUs: number, isMore: boolean): void {
    for (const login of new Set([...this.#open.values(), ...this.#asked.values()])) {
      this.#tell(login, 'unknown', undefined, timeUs);
    }
    this.#open.clear();
    this.#asked.clear();
    if (isMore) return;
    // Come upon in its middle, it says nothing that the flow does not.
    const isNews = this.#isTold ? this.#facts.hasUntoldSeal : this.#facts.version !== undefined;
    if (!isNews) return;
    const outcome = this.#isTold ? 'success' : 'unknown';
    this.#facts.emit(this.#facts.startUs, {
      'hinomi.session.outcome': outcome,
      ...this.#last,
      ...this.#facts.fields(),
    });
  }

  #tell(login: SmbLogin, outcome: 'success' | 'failure' | 'unknown', error: string | undefined, timeUs: number): void {
    const fields = { ...login.said, ...login.gss.fields() };
    login.gss.tell(this.#facts.conversation, timeUs, outcome, error);
    if (login.oldNtlm !== undefined) this.#tellOldNtlm(login, login.oldNtlm, outcome, error);
    if (outcome === 'unknown' && Object.keys(fields).length === 0) return;
    this.#isTold = true;
    this.#facts.emit(login.startUs, {
      'hinomi.session.outcome': outcome,
      ...optional('hinomi.session.error', error),
      ...fields,
      ...this.#facts.fields(login.details),
    });
  }

  /** NTLM as SMB 1 has it without tokens is told like any other. */
  #tellOldNtlm(login: SmbLogin, version: string, outcome: string, error: string | undefined): void {
    const fields = {
      'hinomi.session.outcome': outcome,
      ...optional('hinomi.session.error', error),
      ...userFields(login),
      'hinomi.session.auth_method': 'ntlm',
      'hinomi.session.version': version,
      'hinomi.session.details': ['carrier=smb'],
    };
    this.#facts.conversation.emit('session', login.startUs, fields, 'ntlm');
  }
}

function newLogin(startUs: number): SmbLogin {
  return { startUs, gss: new GssLogin('smb'), said: {}, details: [], oldNtlm: undefined };
}

function userFields(login: SmbLogin): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...login.said, ...login.gss.fields() };
  const user = fields['user.name'];
  const domain = fields['user.domain'];
  return {
    ...(user === undefined ? {} : { 'user.name': user }),
    ...(domain === undefined ? {} : { 'user.domain': domain }),
  };
}

/** Sets what is said at all, of bounded length. */
export function say(fields: Record<string, unknown>, name: string, value: string | undefined): void {
  if (value !== undefined && value !== '') fields[name] = wellFormed(value.slice(0, TEXT_CHARACTERS_MAX));
}
