import { join } from 'node:path';
import { askCollector } from '../../collector/admin/client.js';
import { Teller } from '../../collector/alert/teller.js';
import { startCollector } from '../../collector/compose.js';
import { CollectorConfig } from '../../collector/config.js';
import type { HttpServer } from '../../collector/http/server.js';
import type { State } from '../../collector/state/state.js';
import type { TelemetryStore } from '../../collector/store/telemetry.js';
import { totpCode, totpStep } from '../../collector/users/totp.js';
import type { AuditEntry } from '../../protocol/api/audit.js';
import { type CreatedToken, type OneTimePassword, ROLES, type Role } from '../../protocol/api/session.js';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import type { Scope } from '../../protocol/base/scope.js';
import { systemClock } from '../../protocol/base/time.js';
import { type Carried, FOREIGN, OURS } from './route-entries.js';

export const OWN_PAGE = { origin: 'http://localhost' };

const PASSWORD = 'correct horse battery';

type LightResponse = Awaited<ReturnType<HttpServer['app']['inject']>>;
interface Person {
  password: string;
  cookie: string;
  /** Of the second step. */
  secret?: string;
}
type Headers = Readonly<Record<string, string>>;
interface Answer {
  readonly statusCode: number;
  readonly code: string | undefined;
  readonly text: string;
}

/** A whole collector with two companies, a token of each role, and a newcomer. */
export class RouteStage {
  readonly #folder: string;
  readonly #tokens = new Map<Role, string>();
  /** Moved by hand, so that a token can expire. */
  #aheadMs = 0;
  #scope: Scope | undefined;
  /** Name -> the cookie and password of a person. */
  readonly #people = new Map<string, Person>();
  #addresses = 0;
  expiredToken = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  get #http(): HttpServer {
    return this.#scope?.components.find(({ name }) => name === 'http') as HttpServer;
  }

  get routes(): HttpServer['routes'] {
    return this.#http.routes;
  }

  async start(): Promise<void> {
    const config = loadConfig(CollectorConfig, {
      overrides: {
        data: this.#folder,
        http: { port: 0 },
        users: { totp: 'staff' },
        broker: { port: 0 },
        gate: { port: 0 },
        fleet: { keyFile: join(this.#folder, 'key') },
      },
    });
    const clock = { now: () => systemClock.now() + this.#aheadMs, monotonic: systemClock.monotonic };
    const world = { clock, random: Math.random, log: silentLogger };
    this.#scope = await startCollector(config, world);
    for (const { company, site } of [OURS, FOREIGN]) await this.#addCompany(company, site);
    await this.#tellOf([OURS, FOREIGN]);
    for (const role of ROLES) this.#tokens.set(role, await this.#makeToken(role));
    for (const role of ROLES) await this.#addPerson(role, role, PASSWORD, role !== 'company');
    await this.#addPerson('code', 'admin', PASSWORD, true);
    await this.#addPerson('password', 'admin');
    await this.#addPerson('set-up', 'admin', PASSWORD);
    const aheadMs = this.#aheadMs;
    this.#aheadMs -= 2 * 86_400_000;
    this.expiredToken = await this.#makeToken('admin');
    this.#aheadMs = aheadMs;
  }

  async close(): Promise<void> {
    await this.#scope?.close();
  }

  asRole(role: Role): Headers {
    return { authorization: `Bearer ${this.#tokens.get(role)}` };
  }

  asPerson(role: Role): Promise<Headers> {
    return this.#session(role);
  }

  /** Somebody who has this to do before anything else. */
  asUnfinished(todo: 'code' | 'password' | 'set-up'): Promise<Headers> {
    return this.#session(todo);
  }

  /** Signs in again where a route has ended the session. */
  async #session(name: string): Promise<Headers> {
    const person = this.#people.get(name)!;
    const headers = { cookie: `hinomi_session=${person.cookie}` };
    if ((await this.code('GET /api/v1/session', {}, headers)) !== 'AUTH_REQUIRED') return headers;
    person.cookie = await this.#signIn(name, person.password);
    if (person.secret !== undefined && name !== 'code') person.cookie = await this.#giveCode(person, '');
    return this.#session(name);
  }

  /** All of the audit log, newest first. Looks are written beside the answer. */
  async audit(): Promise<AuditEntry[]> {
    await new Promise((done) => setTimeout(done, 20));
    const state = this.#scope?.components.find(({ name }) => name === 'state') as State;
    return (await state.tables.audit.list({ reverse: true })).map(([id, entry]) => ({ id, ...entry }));
  }

  async code(route: string, carried: Carried, headers: Headers, isOwnPage = false): Promise<string | undefined> {
    return (await this.ask(route, carried, isOwnPage ? { ...headers, ...OWN_PAGE } : headers)).code;
  }

  /** From a new address each time: limits by address are not what this is about. */
  async ask(route: string, carried: Carried, headers: Headers): Promise<Answer> {
    const [method = '', address = ''] = route.split(' ');
    const { body } = carried;
    const answer = await this.#http.app.inject({
      method: method as 'GET',
      url: pathOf(address, carried),
      headers: { host: 'localhost', ...headers },
      remoteAddress: this.#newAddress(),
      ...(body === undefined ? {} : { payload: body }),
    });
    return { statusCode: answer.statusCode, code: codeOf(answer.body), text: answer.body };
  }

  async #addCompany(company: string, site: string): Promise<void> {
    await this.#admin('/companies', { id: company, name: `Name of ${company}` });
    await this.#admin('/sites', { id: site, company, name: `Name of ${site}`, provider: `Line of ${site}` });
  }

  /** A record of each company in the store. */
  async #tellOf(all: ReadonlyArray<typeof OURS>): Promise<void> {
    const store = this.#scope?.components.find(({ name }) => name === 'store') as TelemetryStore;
    const deps = { clock: systemClock, random: Math.random, log: silentLogger };
    const teller = new Teller({ ...deps, insert: (rows, token) => store.insert(rows, token) });
    for (const { company, site } of all) {
      const words = { name: 'n', message: `about ${company}`, messageJa: 'm' };
      await teller.tell({ company, site, agent: `${site}-box` }, { rule: 'r', state: 'raised', severity: 1, ...words });
    }
  }

  async #makeToken(role: Role): Promise<string> {
    const company = role === 'company' ? { company: OURS.company } : {};
    return (await this.#admin<CreatedToken>('/tokens', { name: role, role, expiresInDays: 1, ...company })).token;
  }

  /** @param next password in the place of the one-time one; without it the person stays a newcomer */
  async #addPerson(name: string, role: Role, next?: string, hasTotp = false): Promise<void> {
    const company = role === 'company' ? { company: OURS.company } : {};
    const { password } = await this.#admin<OneTimePassword>('/users', { name, role, ...company });
    const person: Person = { password, cookie: await this.#signIn(name, password) };
    this.#people.set(name, person);
    if (next === undefined) return;
    person.cookie = cookieOf(await this.#post(person, '/password', { current: password, next }));
    person.password = next;
    if (!hasTotp) return;
    person.secret = (await this.#post(person, '/totp/set-up', {})).json().secret as string;
    person.cookie = await this.#giveCode(person, '/confirm');
    // The session after the password alone.
    if (name === 'code') person.cookie = await this.#signIn(name, next);
  }

  /** A code holds once: time goes on to the next one. */
  async #giveCode(person: Person, path: '' | '/confirm'): Promise<string> {
    this.#aheadMs += 30_000;
    const code = totpCode(person.secret ?? '', totpStep(systemClock.now() + this.#aheadMs));
    return cookieOf(await this.#post(person, `/totp${path}`, { code }));
  }

  async #post({ cookie }: Person, path: string, payload: object): Promise<LightResponse> {
    return this.#http.app.inject({
      method: 'POST',
      url: `/api/v1/session${path}`,
      remoteAddress: this.#newAddress(),
      headers: { host: 'localhost', ...OWN_PAGE, cookie: `hinomi_session=${cookie}` },
      payload,
    });
  }

  async #signIn(name: string, password: string): Promise<string> {
    const answer = await this.#http.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      remoteAddress: this.#newAddress(),
      payload: { name, password },
    });
    return cookieOf(answer);
  }

  #newAddress(): string {
    this.#addresses += 1;
    return `10.${this.#addresses >> 16}.${(this.#addresses >> 8) & 255}.${this.#addresses & 255}`;
  }

  /** As `hinomi-collector` does, over the socket in the data folder. */
  #admin<T>(path: string, body: object): Promise<T> {
    return askCollector<T>(this.#folder, 'POST', path, body);
  }
}

function pathOf(address: string, { params = {}, query = {} }: Carried): string {
  const path = address.replaceAll(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? name));
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

function cookieOf({ cookies, body }: LightResponse): string {
  const cookie = cookies.find(({ name }) => name === 'hinomi_session')?.value;
  if (cookie === undefined) throw new Error(`no session: ${body}`);
  return cookie;
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
