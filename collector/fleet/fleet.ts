import { randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type {
  CompanyChange,
  EnrolAnswer,
  EnrolmentCode,
  NewCompany,
  NewSite,
  SightSummary,
  SiteChange,
  Site as SiteView,
} from '../../protocol/api/fleet.js';
import { CodedError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import {
  ENROLMENT_RANDOM_BYTES,
  fingerprintOfAuthority,
  hashEnrolmentSecret,
  makeEnrolmentCode,
  parseEnrolmentCode,
} from '../../protocol/enrolment-code.js';
import { Authority } from './authority.js';
import { Presences } from './presence.js';

const HOUR_MS = 3_600_000;

export const FleetConfig = Type.Object(
  {
    codeHours: Type.Integer({
      default: 24,
      minimum: 1,
      maximum: 720,
      description: 'How long an enrolment code holds.',
    }),
    certificateDays: Type.Integer({
      default: 365,
      minimum: 1,
      maximum: 1_825,
      description: "Life of a box's certificate.",
    }),
    sitesMax: Type.Integer({ default: 20_000, minimum: 1, maximum: 1_000_000, description: 'Sites in all.' }),
  },
  { additionalProperties: false },
);
export type FleetConfig = Static<typeof FleetConfig>;

interface Table<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  putIfAbsent(key: string, value: T): Promise<boolean>;
  update(key: string, change: (value: T) => T | undefined): Promise<T | undefined>;
  delete(key: string): Promise<void>;
  list(): Promise<Array<[string, T]>>;
}

interface Company {
  readonly id: string;
  readonly name: string;
  readonly created: string;
}
interface Site {
  readonly id: string;
  readonly company: string;
  readonly name: string;
  readonly created: string;
  readonly prefecture?: string;
  readonly provider?: string;
  readonly agent?: string;
}
interface Agent {
  readonly id: string;
  readonly site: string;
  readonly company: string;
  readonly created: string;
  readonly certificate: string;
  readonly expires: string;
}
interface Enrolment {
  readonly site: string;
  readonly created: string;
  readonly expires: string;
}

export interface FleetDeps extends World {
  readonly companies: Table<Company>;
  readonly sites: Table<Site>;
  readonly agents: Table<Agent>;
  readonly enrolments: Table<Enrolment>;
  /** What the box of a site sees, as far as it has told. */
  sightOf?(agent: string): SightSummary | undefined;
}

/** Who an authenticated agent is. */
export interface Identity {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

/** Companies, their sites, the boxes there, and the authority that tells a box from an impostor. */
export class Fleet implements Component {
  readonly name = 'fleet';
  readonly presences = new Presences();
  readonly #config: FleetConfig;
  readonly #folder: string;
  readonly #deps: FleetDeps;
  #authority: Authority | undefined;
  /** Certificate fingerprint -> who that is. All of them: asked at each connection. */
  readonly #identities = new Map<string, Identity>();
  readonly #companyNames = new Map<string, string>();

  /** @param folder of the authority's key and certificate */
  constructor(config: FleetConfig, folder: string, deps: FleetDeps) {
    this.#config = config;
    this.#folder = folder;
    this.#deps = deps;
  }

  /** @throws DATA_FOLDER */
  async start(): Promise<void> {
    this.#authority = await Authority.open(this.#folder, this.#deps.clock.now());
    for (const [id, { name }] of await this.#deps.companies.list()) this.#companyNames.set(id, name);
    const agents = new Map(await this.#deps.agents.list());
    for (const [, site] of await this.#deps.sites.list()) {
      const agent = site.agent === undefined ? undefined : agents.get(site.agent);
      if (agent !== undefined) this.#know(agent);
    }
  }

  async close(): Promise<void> {}

  get authority(): Authority {
    if (this.#authority === undefined) throw new Error('the fleet is not started');
    return this.#authority;
  }

  /** The agent whose certificate this is. A box that was replaced at its site is nobody. */
  identify(certificateFingerprint: string): Identity | undefined {
    return this.#identities.get(certificateFingerprint);
  }

  /** The boxes that are enrolled now. */
  get agents(): Iterable<Identity> {
    return this.#identities.values();
  }

  /** @throws FLEET_EXISTS */
  async addCompany(request: NewCompany): Promise<Company> {
    const id = request.id ?? `c-${randomId()}`;
    const company = { id, name: request.name, created: this.#now() };
    if (!(await this.#deps.companies.putIfAbsent(id, company))) throw exists('company', id);
    this.#companyNames.set(id, request.name);
    return company;
  }

  /** @throws FLEET_NOT_FOUND */
  async changeCompany(id: string, { name }: CompanyChange): Promise<Company> {
    const company = await this.#deps.companies.update(id, (value) => ({ ...value, name }));
    if (company === undefined) throw notFound('company', id);
    this.#companyNames.set(id, name);
    return company;
  }

  /** @param companies that the caller may see; undefined: all */
  async listCompanies(companies: readonly string[] | undefined): Promise<Company[]> {
    const all = (await this.#deps.companies.list()).map(([, company]) => company);
    return companies === undefined ? all : all.filter(({ id }) => companies.includes(id));
  }

  /** @throws FLEET_NOT_FOUND, FLEET_EXISTS */
  async addSite(request: NewSite): Promise<SiteView> {
    if ((await this.#deps.companies.get(request.company)) === undefined) throw notFound('company', request.company);
    if ((await this.#deps.sites.list()).length >= this.#config.sitesMax) {
      throw new CodedError('INPUT_INVALID', `there are ${this.#config.sitesMax} sites already`);
    }
    const id = request.id ?? `s-${randomId()}`;
    const { company, name, prefecture, provider } = request;
    const site = withPlace({ id, company, name, created: this.#now() }, { prefecture, provider });
    if (!(await this.#deps.sites.putIfAbsent(id, site))) throw exists('site', id);
    return this.#view(site);
  }

  /** @throws FLEET_NOT_FOUND */
  async changeSite(id: string, { name, ...place }: SiteChange): Promise<SiteView> {
    const site = await this.#deps.sites.update(id, (value) =>
      withPlace({ ...value, ...(name === undefined ? {} : { name }) }, place),
    );
    if (site === undefined) throw notFound('site', id);
    return this.#view(site);
  }

  async listSites(companies: readonly string[] | undefined): Promise<SiteView[]> {
    const sites = (await this.#deps.sites.list()).map(([, site]) => site);
    return sites
      .filter(({ company }) => companies === undefined || companies.includes(company))
      .map((site) => this.#view(site));
  }

  /** A new code for a site. Earlier ones of it stay valid until they expire or one is used. @throws FLEET_NOT_FOUND */
  async makeCode(siteId: string): Promise<EnrolmentCode> {
    if ((await this.#deps.sites.get(siteId)) === undefined) throw notFound('site', siteId);
    const code = makeEnrolmentCode(randomBytes(ENROLMENT_RANDOM_BYTES), fingerprintOfAuthority(this.authority.der));
    const expires = isoMillis(this.#deps.clock.now() + this.#config.codeHours * HOUR_MS);
    const { secret } = parseEnrolmentCode(code)!;
    await this.#deps.enrolments.put(hashEnrolmentSecret(secret), { site: siteId, created: this.#now(), expires });
    return { code, expires };
  }

  /**
   * Makes a box's identity for a code, once.
   * @throws ENROL_CODE_INVALID, ENROL_REFUSED
   */
  async enrol(codeText: string, csr: string): Promise<Omit<EnrolAnswer, 'mqttUrl'>> {
    const code = parseEnrolmentCode(codeText);
    const key = code === undefined ? undefined : hashEnrolmentSecret(code.secret);
    const enrolment = key === undefined ? undefined : await this.#deps.enrolments.get(key);
    const site = enrolment === undefined ? undefined : await this.#deps.sites.get(enrolment.site);
    if (key === undefined || enrolment === undefined || site === undefined || enrolment.expires <= this.#now()) {
      throw new CodedError('ENROL_CODE_INVALID', 'this code is not valid');
    }
    const id = `a-${randomId()}`;
    const issued = await this.authority.issueAgent(
      csr,
      id,
      site.id,
      this.#config.certificateDays,
      this.#deps.clock.now(),
    );
    await this.#use(key);
    await this.#replaceAgent(site, {
      id,
      site: site.id,
      company: site.company,
      created: this.#now(),
      certificate: issued.fingerprint,
      expires: isoMillis(issued.expires.getTime()),
    });
    return { site: site.id, agent: id, certificate: issued.certificate, authority: this.authority.pem };
  }

  /** A code is used once, also by two that come at the same moment. */
  async #use(key: string): Promise<void> {
    const before = isoMillis(0);
    const taken = await this.#deps.enrolments.update(key, (value) =>
      value.expires <= this.#now() ? undefined : { ...value, expires: before },
    );
    if (taken === undefined) throw new CodedError('ENROL_CODE_INVALID', 'this code was used');
    await this.#deps.enrolments.delete(key);
  }

  async #replaceAgent(site: Site, agent: Agent): Promise<void> {
    await this.#deps.agents.put(agent.id, agent);
    const previous = (await this.#deps.sites.get(site.id))?.agent;
    await this.#deps.sites.update(site.id, (value) => ({ ...value, agent: agent.id }));
    for (const [fingerprint, identity] of this.#identities) {
      if (identity.site === site.id) this.#identities.delete(fingerprint);
    }
    this.#know(agent);
    this.#deps.log.info({ site: site.id, agent: agent.id, replaced: previous ?? null }, 'agent enrolled');
  }

  #know(agent: Agent): void {
    this.#identities.set(agent.certificate, { agent: agent.id, site: agent.site, company: agent.company });
  }

  #view(site: Site): SiteView {
    const company = { id: site.company, name: this.#companyNames.get(site.company) ?? site.company };
    const view = withPlace({ id: site.id, name: site.name, company, created: site.created }, site);
    if (site.agent === undefined) return view;
    const sight = this.#deps.sightOf?.(site.agent);
    const summary = this.presences.summary(site.agent, this.#deps.clock.now());
    return { ...view, agent: { ...summary, ...(sight === undefined ? {} : { sight }) } };
  }

  #now(): string {
    return isoMillis(this.#deps.clock.now());
  }
}

const ID_ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789';

/** 50 random bits that a person can read out. */
function randomId(): string {
  return [...randomBytes(10)].map((byte) => ID_ALPHABET[byte & 31]).join('');
}

interface Place {
  readonly prefecture?: string | undefined;
  readonly provider?: string | undefined;
}

/** What is undefined stays, what is empty is taken away. */
function withPlace<T extends object>(
  value: T,
  { prefecture, provider }: Place,
): T & { prefecture?: string; provider?: string } {
  const all = {
    ...value,
    ...(prefecture !== undefined && { prefecture }),
    ...(provider !== undefined && { provider }),
  };
  if (prefecture === '') delete all.prefecture;
  if (provider === '') delete all.provider;
  return all;
}

function notFound(kind: string, id: string): CodedError {
  return new CodedError('FLEET_NOT_FOUND', `no ${kind} ${id}`, { id });
}

function exists(kind: string, id: string): CodedError {
  return new CodedError('FLEET_EXISTS', `there is a ${kind} ${id} already`, { id });
}
