import type { X509Certificate } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type {
  AgentIdentity,
  CompanyChange,
  EnrolAnswer,
  EnrolmentCode,
  NewCompany,
  NewSite,
  SightSummary,
  SiteChange,
  Site as SiteView,
} from '../../protocol/api/fleet.js';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { type Agent, Agents, type Identity } from './agents.js';
import { Authority } from './authority.js';
import { type Company, Directory, notFound, randomId, type Site, withPlace } from './directory.js';
import { Enrolments } from './enrolments.js';
import { Presences } from './presence.js';
import { Signer } from './signer.js';
import { Vault, type VaultSecret } from './vault.js';

export type { Identity } from './agents.js';
export { type SecretSources, vaultSecret } from './vault-secret.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

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
    certificateSeconds: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 157_680_000, description: 'Instead of certificateDays, to try renewal.' }),
    ),
    passphrase: Type.Optional(
      Type.String({
        maxLength: 1_024,
        description: 'HINOMI_PASSPHRASE; the keys of the authority are encrypted under it.',
      }),
    ),
    passphraseFile: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4_096, description: 'The passphrase is in it: a systemd credential.' }),
    ),
    keyFile: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4_096,
        description:
          'Key of 64 hexadecimal digits in place of a passphrase. Default: the data folder with .key behind it.',
      }),
    ),
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
  /** What opens the authority's keys. @param mayMake as in `vaultSecret` */
  secret(mayMake: boolean): VaultSecret;
  /** A box is no longer one: what is connected as it has to go. */
  onGone?(agent: string): void;
  /** What the box of a site sees, as far as it has told. */
  sightOf?(agent: string): SightSummary | undefined;
  /** What it sent that could not be stored. */
  deadLettersOf?(agent: string): number;
}

/** Companies, their sites, the boxes there, and the authority that tells a box from an impostor. */
export class Fleet implements Component {
  readonly name = 'fleet';
  readonly presences: Presences;
  readonly #folder: string;
  readonly #deps: FleetDeps;
  readonly #directory: Directory;
  readonly #agents: Agents;
  readonly #enrolments: Enrolments;
  #authority: Authority | undefined;
  #signer: Signer | undefined;
  #vault: Vault | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param folder of the authority's key and certificate */
  constructor(config: FleetConfig, folder: string, deps: FleetDeps) {
    this.#folder = folder;
    this.#deps = deps;
    this.presences = new Presences(deps.clock);
    this.#directory = new Directory(config.sitesMax, deps);
    const { certificateDays, certificateSeconds, codeHours } = config;
    this.#agents = new Agents({
      ...deps,
      table: deps.agents,
      certificateMs: certificateSeconds === undefined ? certificateDays * DAY_MS : certificateSeconds * 1_000,
      authority: () => this.authority,
      onGone: (agent) => deps.onGone?.(agent),
    });
    this.#enrolments = new Enrolments(deps.enrolments, codeHours * HOUR_MS, deps.clock);
  }

  /** @throws AUTHORITY_LOCKED, DATA_FOLDER */
  async start(): Promise<void> {
    const sites = (await this.#deps.sites.list()).map(([, site]) => site);
    await this.#openAuthority(sites);
    await this.#directory.start();
    await this.#agents.start(new Set(sites.flatMap(({ agent }) => agent ?? [])));
    await this.#purge();
    this.#timer = setInterval(() => void this.#purge(), HOUR_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  async #openAuthority(sites: readonly Site[]): Promise<void> {
    const boxes = sites.filter(({ agent }) => agent !== undefined).length;
    if (boxes > 0 && !Authority.exists(this.#folder))
      throw new CodedError(
        'DATA_FOLDER',
        `the authority is missing in ${this.#folder}, and ${boxes} boxes know it: bring it back from a backup`,
      );
    const vault = Vault.open(this.#folder, this.#deps.secret(!Vault.exists(this.#folder)));
    this.#vault = vault;
    const now = this.#deps.clock.now();
    this.#authority = await Authority.open(this.#folder, now, vault);
    this.#signer = await Signer.open(this.#folder, this.#authority, vault, now);
  }

  async #purge(): Promise<void> {
    try {
      const count = await this.#enrolments.purge();
      if (count > 0) this.#deps.log.info({ count }, 'expired enrolment codes removed');
    } catch (error) {
      this.#deps.log.error({ error: describeError(error) }, 'expired enrolment codes could not be removed');
    }
  }

  get authority(): Authority {
    if (this.#authority === undefined) throw new Error('the fleet is not started');
    return this.#authority;
  }

  /** Signs what boxes obey. */
  get signer(): Signer {
    if (this.#signer === undefined) throw new Error('the fleet is not started');
    return this.#signer;
  }

  /** Where small secrets of others are sealed, under what opens the authority's keys. */
  get vault(): Vault {
    if (this.#vault === undefined) throw new Error('the fleet is not started');
    return this.#vault;
  }

  /** The agent whose certificate this is. A box that was replaced at its site, or revoked, is nobody. */
  identify(certificateFingerprint: string): Identity | undefined {
    return this.#agents.identify(certificateFingerprint);
  }

  /** The boxes that are enrolled now. */
  get agents(): Iterable<Identity> {
    return this.#agents.all();
  }

  /** @throws FLEET_EXISTS */
  addCompany(request: NewCompany): Promise<Company> {
    return this.#directory.addCompany(request);
  }

  /** @throws FLEET_NOT_FOUND */
  changeCompany(id: string, { name }: CompanyChange): Promise<Company> {
    return this.#directory.renameCompany(id, name);
  }

  /** Its records stay until their time is over; its id is not given again. @throws FLEET_NOT_FOUND, FLEET_NOT_EMPTY */
  removeCompany(id: string): Promise<void> {
    return this.#directory.removeCompany(id);
  }

  /** @param companies that the caller may see; undefined: all */
  listCompanies(companies: readonly string[] | undefined): Promise<Company[]> {
    return this.#directory.listCompanies(companies);
  }

  /** @throws FLEET_NOT_FOUND, FLEET_EXISTS, INPUT_INVALID */
  async addSite(request: NewSite): Promise<SiteView> {
    return this.#view(await this.#directory.addSite(request));
  }

  /** @throws FLEET_NOT_FOUND */
  async changeSite(id: string, change: SiteChange): Promise<SiteView> {
    return this.#view(await this.#directory.changeSite(id, change));
  }

  /** With its enrolment codes and the identity of its box, whose connection ends at once. @throws FLEET_NOT_FOUND */
  async removeSite(id: string): Promise<{ company: string; agent?: string }> {
    const { company } = await this.#directory.removeSite(id);
    await this.#enrolments.removeOf(id);
    // Also one that came in this moment.
    const box = [...this.#agents.all()].find(({ site }) => site === id)?.agent;
    if (box !== undefined) await this.#agents.revoke(box);
    return { company, ...(box !== undefined && { agent: box }) };
  }

  async listSites(companies: readonly string[] | undefined): Promise<SiteView[]> {
    return (await this.#directory.listSites(companies)).map((site) => this.#view(site));
  }

  /**
   * A new code for a site. Earlier ones of it stay valid until they expire or one is used.
   * @throws FLEET_NOT_FOUND, FLEET_LIMITED
   */
  async makeCode(siteId: string): Promise<EnrolmentCode> {
    await this.#directory.site(siteId);
    return this.#enrolments.make(siteId, this.authority.der);
  }

  /**
   * Makes a box's identity for a code, once.
   * @throws ENROL_CODE_INVALID, ENROL_REFUSED
   */
  async enrol(codeText: string, csr: string): Promise<Credentials> {
    const { key, site: siteId } = await this.#enrolments.find(codeText);
    const site = await this.#deps.sites.get(siteId);
    if (site === undefined) throw new CodedError('ENROL_CODE_INVALID', 'this code is not valid');
    const id = `a-${randomId()}`;
    const issued = await this.#agents.issue(csr, { agent: id, site: site.id });
    await this.#enrolments.use(key);
    await this.#replaceAgent({
      id,
      site: site.id,
      company: site.company,
      created: this.#now(),
      certificate: issued.fingerprint,
      expires: isoMillis(issued.expires.getTime()),
    });
    return this.#credentials(issued.certificate, id, site.id);
  }

  /**
   * A new certificate for a box that shows its present one, which may have expired.
   * @throws IDENTITY_REVOKED, IDENTITY_UNKNOWN, ENROL_REFUSED
   */
  async renew(certificate: X509Certificate, csr: string): Promise<Credentials> {
    const { certificate: pem, agent } = await this.#agents.renew(certificate, csr);
    return this.#credentials(pem, agent.id, agent.site);
  }

  /** A box is connected by this certificate; a renewed one takes the place of the old one now. */
  async confirm(peer: Pick<Identity, 'agent' | 'certificate'>): Promise<void> {
    await this.#agents.confirm(peer);
  }

  /** Ends a box's identity, and its live connections, at once. @throws FLEET_NOT_FOUND */
  async revoke(agent: string): Promise<Identity> {
    const ended = await this.#agents.revoke(agent);
    if (ended === undefined) throw notFound('enrolled box', agent);
    return { agent, site: ended.site, company: ended.company, certificate: ended.certificate };
  }

  /** Boxes that were ever enrolled, newest first. @param companies that the caller may see; undefined: all */
  async listAgents(companies: readonly string[] | undefined): Promise<AgentIdentity[]> {
    const agents = (await this.#deps.agents.list()).map(([, agent]) => agent);
    return agents
      .filter(({ company }) => companies === undefined || companies.includes(company))
      .sort((a, b) => b.created.localeCompare(a.created))
      .map((agent) => ({ ...viewOf(agent), isCurrent: this.#agents.find(agent.id) !== undefined }));
  }

  #credentials(certificate: string, agent: string, site: string): Credentials {
    const { pem } = this.authority;
    return { site, agent, certificate, authority: pem, signer: this.signer.certificate, issued: this.#now() };
  }

  async #replaceAgent(agent: Agent): Promise<void> {
    let previous: string | undefined;
    await this.#deps.agents.put(agent.id, agent);
    const site = await this.#deps.sites.update(agent.site, (value) => {
      previous = value.agent;
      return { ...value, agent: agent.id };
    });
    // Removed in this moment.
    if (site === undefined) throw new CodedError('ENROL_CODE_INVALID', 'this code is not valid');
    this.#agents.add(agent);
    this.#deps.log.info({ site: agent.site, agent: agent.id, replaced: previous ?? null }, 'agent enrolled');
  }

  #view(site: Site): SiteView {
    const company = { id: site.company, name: this.#directory.companyName(site.company) };
    const view = withPlace({ id: site.id, name: site.name, company, created: site.created }, site);
    if (site.agent === undefined) return view;
    const sight = this.#deps.sightOf?.(site.agent);
    const summary = this.presences.summary(site.agent);
    const letters = this.#deps.deadLettersOf?.(site.agent) ?? 0;
    const more = { ...(letters > 0 && { deadLetters: letters }), ...(sight !== undefined && { sight }) };
    return { ...view, agent: { ...summary, ...more } };
  }

  #now(): string {
    return isoMillis(this.#deps.clock.now());
  }
}

/** What a box gets, but for the addresses. */
export type Credentials = Omit<EnrolAnswer, 'mqttUrl' | 'gateUrl'>;

function viewOf({ id, site, company, created, expires, revoked, next }: Agent): Omit<AgentIdentity, 'isCurrent'> {
  return {
    id,
    site,
    company,
    created,
    expires: next?.expires ?? expires,
    ...(revoked === undefined ? {} : { revoked }),
  };
}
