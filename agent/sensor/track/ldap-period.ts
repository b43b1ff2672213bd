import type { LdapBind, LdapResult, LdapSearch } from '../wire/ldap.js';
import { ldapFilterHost } from '../wire/ldap-filter.js';
import { ldapResultName } from '../wire/ldap-results.js';
import type { NetlogonServer } from '../wire/netlogon.js';
import { KEPT_CHARACTERS } from './budget.js';
import { GssLogin } from './gss-login.js';
import { optional } from './optional.js';
import type { Conversation } from './session.js';

const SEARCHES_MAX = 32;
const CHARACTERS_MAX = 16_384;
const CHANGES_MAX = 64;
const OPERATIONS_MAX = 32;
const ERRORS_MAX = 16;
const MESSAGE_CHARACTERS_MAX = 256;
/** A connection may last for days: what was done in it is told while it does. */
const TELL_AFTER_US = 900e6;

/** Some mechanisms carry the user's name in the clear: RFC 4616, RFC 2831, RFC 2195. */
const CLEAR_MECHANISM = /^(plain|login)$/i;

/** A login to a directory, and what is done by it: until the next login, or for a while. */
export class LdapPeriod {
  readonly #conversation: Conversation;
  #startUs: number;
  #bind: LdapBind | undefined;
  #login: GssLogin | undefined;
  #saslUser: string | undefined;
  #isClear = false;
  #result: LdapResult | undefined;
  #operations = new Set<string>();
  #searches = new Set<string>();
  #characters = 0;
  #searchCount = 0;
  #entryCount = 0;
  #changes = new Set<string>();
  #errors = new Map<string, number>();
  #host: string | undefined;
  #server: NetlogonServer | undefined;
  #isNew = false;

  constructor(conversation: Conversation, startUs: number) {
    this.#conversation = conversation;
    this.#startUs = startUs;
  }

  /** Whether another login begins a new one: a login of several steps goes on. */
  get isOver(): boolean {
    return this.#result !== undefined || (this.#bind === undefined && this.#isNew);
  }

  isDue(timeUs: number): boolean {
    const isTooMuch = this.#characters > 0 && KEPT_CHARACTERS.isUsedUp;
    return this.#isNew && (isTooMuch || timeUs - this.#startUs > TELL_AFTER_US);
  }

  onBind(bind: LdapBind, b: Buffer, timeUs: number): void {
    this.onOperation('bind');
    this.#bind = { ...bind, name: bind.name === '' ? (this.#bind?.name ?? '') : bind.name };
    const { mechanism, token } = bind;
    if (token === undefined) return;
    if (mechanism !== undefined && CLEAR_MECHANISM.test(mechanism)) {
      this.#isClear = token[0] < token[1];
      this.#saslUser = plainUser(b, token);
    } else {
      this.#saslUser ??= digestUser(b, token);
      this.#login ??= new GssLogin('ldap');
      this.#login.onToken(b, token[0], token[1], timeUs);
    }
  }

  /** @returns whether the login has ended */
  onBindResult(result: LdapResult, b: Buffer, timeUs: number): boolean {
    this.#isNew = true;
    const { token } = result;
    if (token !== undefined) this.#login?.onToken(b, token[0], token[1], timeUs);
    const name = ldapResultName(result.code);
    if (name === 'saslBindInProgress' || (this.#bind?.method === 'sicily' && this.#login?.hasUser !== true))
      return false;
    this.#result = result;
    const isGood = result.code === 0;
    this.#login?.tell(this.#conversation, timeUs, isGood ? 'success' : 'failure', isGood ? undefined : name);
    return true;
  }

  onOperation(name: string): void {
    this.#isNew = true;
    if (this.#operations.size < OPERATIONS_MAX) this.#operations.add(name);
  }

  /** RFC 4516 2: base, attributes, scope and filter, as in a URL but without its escapes. */
  onSearch({ base, attributes, scope, filter }: LdapSearch): void {
    this.onOperation('search');
    this.#searchCount += 1;
    this.#host ??= ldapFilterHost(filter);
    const search = `${base}?${attributes.join(',')}?${scope}?${filter}`;
    this.#keep(this.#searches, search, SEARCHES_MAX);
  }

  onEntry(): void {
    this.#isNew = true;
    this.#entryCount += 1;
  }

  /** A domain controller says who it is. */
  onServer(server: NetlogonServer): void {
    this.#server = server;
  }

  onChange(operation: string, target: string): void {
    this.onOperation(operation);
    this.#keep(this.#changes, `${operation} ${target}`, CHANGES_MAX);
  }

  /** How anything but a login ended. */
  onResult(operation: string, result: LdapResult): void {
    this.#isNew = true;
    const isGood = result.code === 0 || result.code === 5 || result.code === 6;
    if (isGood) return;
    const key = `${operation}:${ldapResultName(result.code)}`;
    if (this.#errors.size < ERRORS_MAX || this.#errors.has(key))
      this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
  }

  /** Tells what is new; who is logged in stays known. */
  tell(timeUs: number): void {
    this.#login?.tell(this.#conversation, timeUs, 'unknown');
    // A connection that is opened and closed says nothing that the flow does not.
    const isNothing = this.#bind === undefined && this.#operations.size === 1 && this.#operations.has('unbind');
    if (!this.#isNew || isNothing) return;
    const details = this.#details();
    this.#conversation.emit('session', this.#startUs, {
      ...this.#outcome(),
      ...this.#who(),
      ...optional('host.name', this.#host),
      ...optional('hinomi.session.server_name', this.#server?.host),
      ...optional('hinomi.session.server_domain', this.#server?.domain),
      ...(this.#login?.fields() ?? {}),
      ...(this.#bind === undefined ? {} : { 'hinomi.session.version': String(this.#bind.version) }),
      ...list('hinomi.session.operations', this.#operations),
      ...list('hinomi.ldap.searches', this.#searches),
      ...list('hinomi.ldap.changes', this.#changes),
      ...(details.length === 0 ? {} : { 'hinomi.session.details': details }),
    });
    this.#startUs = timeUs;
    this.#isNew = false;
    this.#searchCount = 0;
    this.#entryCount = 0;
    KEPT_CHARACTERS.give(this.#characters);
    this.#characters = 0;
    for (const kept of [this.#operations, this.#searches, this.#changes, this.#errors]) kept.clear();
  }

  #keep(values: Set<string>, value: string, most: number): void {
    if (values.size >= most || this.#characters >= CHARACTERS_MAX || values.has(value)) return;
    values.add(value);
    this.#characters += value.length;
    KEPT_CHARACTERS.take(value.length);
  }

  #outcome(): Record<string, unknown> {
    const result = this.#result;
    if (result === undefined) return { 'hinomi.session.outcome': 'unknown' };
    if (result.code === 0) return { 'hinomi.session.outcome': 'success' };
    return { 'hinomi.session.outcome': 'failure', 'hinomi.session.error': ldapResultName(result.code) };
  }

  /** RFC 4513 5.1: no name and no password is nobody; a name without a password is nobody, too. */
  #who(): Record<string, unknown> {
    const bind = this.#bind;
    if (bind === undefined) return {};
    const isPassword = (bind.method === 'simple' && bind.hasPassword) || this.#isClear;
    const isNobody = !bind.hasPassword && bind.method !== 'sasl' && bind.method !== 'sicily';
    const method = isNobody ? 'none' : (bind.mechanism ?? bind.method);
    return {
      'hinomi.session.auth_method': method.toLowerCase(),
      ...optional('user.name', this.#saslUser ?? (bind.name === '' && method === 'none' ? 'anonymous' : bind.name)),
      ...(isPassword ? { 'hinomi.session.cleartext_login': true } : {}),
    };
  }

  #details(): string[] {
    const mechanism = this.#bind?.mechanism;
    const message = this.#result?.message ?? '';
    return [
      ...(mechanism === undefined ? [] : [`mechanism=${mechanism}`]),
      ...(message === '' ? [] : [`message=${message.slice(0, MESSAGE_CHARACTERS_MAX)}`]),
      ...(this.#searchCount === 0 ? [] : [`searches=${this.#searchCount}`]),
      ...(this.#server === undefined ? [] : [`site=${this.#server.site}`, `forest=${this.#server.forest}`]),
      ...(this.#entryCount === 0 ? [] : [`entries=${this.#entryCount}`]),
      ...[...this.#errors].map(([key, count]) => `failed=${key}:${count}`),
    ];
  }
}

function list(name: string, values: ReadonlySet<string>): Record<string, unknown> {
  return values.size === 0 ? {} : { [name]: [...values] };
}

/** RFC 4616 2: in whose name, who, and the password, which is not looked at. */
function plainUser(b: Buffer, [start, end]: readonly [number, number]): string | undefined {
  const first = b.indexOf(0, start);
  const second = first < 0 ? -1 : b.indexOf(0, first + 1);
  return first < 0 || second < 0 || second >= end
    ? undefined
    : b.toString('utf8', first + 1, Math.min(second, first + 257));
}

/** RFC 2831 2.1.2. */
function digestUser(b: Buffer, [start, end]: readonly [number, number]): string | undefined {
  return /(?:^|,)\s*username="([^"]{1,256})"/.exec(b.toString('utf8', start, Math.min(end, start + 1_024)))?.[1];
}
