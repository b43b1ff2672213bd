import type { Kerberos } from '../wire/kerberos.js';
import { findNtlm, type Ntlm } from '../wire/ntlm.js';
import { readGssToken } from '../wire/spnego.js';
import type { ApplicationName } from './application.js';
import { optional } from './optional.js';
import type { Conversation } from './session.js';

export type Outcome = 'success' | 'failure' | 'unknown';
const MECHANISMS_TOLD = 8;

/**
 * A login by NTLM or Kerberos inside of another protocol. It is told as a record of its own, so that one question finds
 * who logs in by what, wherever; the other protocol's record has the main facts, too.
 */
export class GssLogin {
  readonly #carrier: ApplicationName;
  #startUs = 0;
  #negotiate: Ntlm | undefined;
  #challenge: Ntlm | undefined;
  #answer: Ntlm | undefined;
  #ticket: Kerberos | undefined;
  #refusal: Kerberos | undefined;
  #offered: readonly string[] = [];
  #isTold = false;

  /** @param carrier in whose messages it passes */
  constructor(carrier: ApplicationName) {
    this.#carrier = carrier;
  }

  /** Whether somebody has shown who it is. */
  get hasUser(): boolean {
    return this.#answer !== undefined || this.#ticket !== undefined;
  }

  /** A token of either side. */
  onToken(b: Buffer, start: number, end: number, timeUs: number): void {
    if (start >= end) return;
    if (this.#startUs === 0) this.#startUs = timeUs;
    const { mechanisms, ntlm, kerberos } = readGssToken(b, start, end);
    if (this.#offered.length === 0) this.#offered = mechanisms.slice(0, MECHANISMS_TOLD);
    this.#onNtlm(ntlm ?? (kerberos === undefined ? findNtlm(b, start, end) : undefined));
    if (kerberos?.operation === 'AP' && kerberos.kind === 'request') this.#ticket = kerberos;
    else if (kerberos?.kind === 'error') this.#refusal = kerberos;
  }

  /** What the record of the carrying protocol says of it. */
  fields(): Record<string, unknown> {
    if (this.#answer !== undefined || this.#challenge !== undefined) return this.#ntlmFields();
    return this.#ticket === undefined ? {} : this.#ticketOwner();
  }

  /** Once it is known what became of it, or nothing more will come. Only the first time counts. */
  tell(conversation: Conversation, timeUs: number, outcome: Outcome, error?: string): void {
    if (this.#isTold) return;
    const isNtlm = this.#answer !== undefined || this.#challenge !== undefined;
    if (!isNtlm && this.#ticket === undefined) return;
    this.#isTold = true;
    const said = this.#refusal?.error;
    conversation.emit(
      'session',
      this.#startUs === 0 ? timeUs : this.#startUs,
      {
        'hinomi.session.outcome': said === undefined ? outcome : 'failure',
        ...optional('hinomi.session.error', said ?? error),
        ...(isNtlm ? this.#ntlmFields() : this.#kerberosFields()),
        'hinomi.session.details': isNtlm ? this.#ntlmDetails() : this.#carried(),
        ...(isNtlm ? this.#ntlmVersion() : { 'hinomi.session.operation': 'AP' }),
      },
      isNtlm ? 'ntlm' : 'kerberos',
    );
  }

  #onNtlm(ntlm: Ntlm | undefined): void {
    if (ntlm?.kind === 'negotiate') this.#negotiate = ntlm;
    else if (ntlm?.kind === 'challenge') this.#challenge = ntlm;
    else if (ntlm !== undefined) this.#answer = ntlm;
  }

  #ntlmFields(): Record<string, unknown> {
    const answer = this.#answer;
    const user = answer?.user ?? (answer === undefined ? undefined : 'anonymous');
    return {
      'hinomi.session.auth_method': 'ntlm',
      ...optional('user.name', user),
      ...optional('user.domain', answer?.domain),
      ...optional('host.name', answer?.host),
      ...optional('hinomi.session.server_name', this.#challenge?.serverName),
      ...optional('hinomi.session.server_domain', this.#challenge?.serverDomain),
    };
  }

  #ntlmVersion(): Record<string, unknown> {
    const version = this.#answer?.version;
    return {
      ...(version === undefined ? {} : { 'hinomi.session.version': `NTLMv${version}` }),
      ...optional('hinomi.session.service', this.#answer?.target),
    };
  }

  #ntlmDetails(): string[] {
    const [challenge, client] = [this.#challenge, this.#answer?.systemVersion ?? this.#negotiate?.systemVersion];
    return [
      ...this.#carried(),
      ...detail('server_netbios_name', challenge?.serverNetbiosName),
      ...detail('server_netbios_domain', challenge?.serverNetbiosDomain),
      ...detail('server_forest', challenge?.serverForest),
      ...detail('server_version', challenge?.systemVersion),
      ...detail('client_version', client),
    ];
  }

  /** Whose the ticket is stands inside of it, sealed. */
  #ticketOwner(): Record<string, unknown> {
    return { 'hinomi.session.auth_method': 'kerberos', ...optional('user.domain', this.#ticket?.realm) };
  }

  #kerberosFields(): Record<string, unknown> {
    return {
      ...this.#ticketOwner(),
      ...optional('hinomi.session.service', this.#ticket?.service),
      ...optional('hinomi.session.cipher', this.#ticket?.cipher),
    };
  }

  #carried(): string[] {
    return [
      `carrier=${this.#carrier}`,
      ...(this.#offered.length === 0 ? [] : [`mechanisms=${this.#offered.join(',')}`]),
    ];
  }
}

function detail(name: string, value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [`${name}=${value}`];
}
