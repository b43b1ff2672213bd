import { randomBytes } from 'node:crypto';
import type { NewCompany, NewSite, SiteChange } from '../../protocol/api/fleet.js';
import { CodedError } from '../../protocol/base/errors.js';
import { type Clock, isoMillis } from '../../protocol/base/time.js';

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  /** Its id is not given again: records of it may still be there, and whoever had the id next would see them. */
  readonly removed?: string;
}
export interface Site {
  readonly id: string;
  readonly company: string;
  readonly name: string;
  readonly created: string;
  readonly prefecture?: string;
  readonly provider?: string;
  readonly agent?: string;
}
interface Table<T> {
  get(key: string): Promise<T | undefined>;
  putIfAbsent(key: string, value: T): Promise<boolean>;
  update(key: string, change: (value: T) => T | undefined): Promise<T | undefined>;
  delete(key: string): Promise<void>;
  list(): Promise<Array<[string, T]>>;
}

export interface DirectoryDeps {
  readonly companies: Table<Company>;
  readonly sites: Table<Site>;
  readonly clock: Clock;
}

/** Who the customers are, and where their offices. */
export class Directory {
  readonly #deps: DirectoryDeps;
  readonly #sitesMax: number;
  readonly #companyNames = new Map<string, string>();

  constructor(sitesMax: number, deps: DirectoryDeps) {
    this.#sitesMax = sitesMax;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const [id, { name }] of await this.#deps.companies.list()) this.#companyNames.set(id, name);
  }

  /** The id where there is no name. */
  companyName(id: string): string {
    return this.#companyNames.get(id) ?? id;
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
  async renameCompany(id: string, name: string): Promise<Company> {
    const company = await this.#deps.companies.update(id, (value) =>
      value.removed === undefined ? { ...value, name } : undefined,
    );
    if (company === undefined) throw notFound('company', id);
    this.#companyNames.set(id, name);
    return company;
  }

  /** @throws FLEET_NOT_FOUND, FLEET_NOT_EMPTY */
  async removeCompany(id: string): Promise<void> {
    await this.#needCompany(id);
    const sites = (await this.listSites([id])).length;
    if (sites > 0) throw new CodedError('FLEET_NOT_EMPTY', `company ${id} has ${sites} sites`, { sites });
    await this.#deps.companies.update(id, (value) => ({ ...value, removed: this.#now() }));
  }

  /** @param companies that the caller may see; undefined: all */
  async listCompanies(companies: readonly string[] | undefined): Promise<Company[]> {
    const all = (await this.#deps.companies.list()).map(([, company]) => company);
    return all.filter(
      ({ id, removed }) => removed === undefined && (companies === undefined || companies.includes(id)),
    );
  }

  /** @throws FLEET_NOT_FOUND, FLEET_EXISTS, INPUT_INVALID */
  async addSite(request: NewSite): Promise<Site> {
    await this.#needCompany(request.company);
    if ((await this.#deps.sites.list()).length >= this.#sitesMax)
      throw new CodedError('INPUT_INVALID', `there are ${this.#sitesMax} sites already`);
    const id = request.id ?? `s-${randomId()}`;
    const { company, name, prefecture, provider } = request;
    const site = withPlace({ id, company, name, created: this.#now() }, { prefecture, provider });
    if (!(await this.#deps.sites.putIfAbsent(id, site))) throw exists('site', id);
    return site;
  }

  /** @throws FLEET_NOT_FOUND */
  async changeSite(id: string, { name, ...place }: SiteChange): Promise<Site> {
    const site = await this.#deps.sites.update(id, (value) =>
      withPlace({ ...value, ...(name === undefined ? {} : { name }) }, place),
    );
    if (site === undefined) throw notFound('site', id);
    return site;
  }

  /** @returns what it was @throws FLEET_NOT_FOUND */
  async removeSite(id: string): Promise<Site> {
    const site = await this.site(id);
    await this.#deps.sites.delete(id);
    return site;
  }

  /** @throws FLEET_NOT_FOUND */
  async site(id: string): Promise<Site> {
    const site = await this.#deps.sites.get(id);
    if (site === undefined) throw notFound('site', id);
    return site;
  }

  /** @param companies that the caller may see; undefined: all */
  async listSites(companies: readonly string[] | undefined): Promise<Site[]> {
    const all = (await this.#deps.sites.list()).map(([, site]) => site);
    return companies === undefined ? all : all.filter(({ company }) => companies.includes(company));
  }

  async #needCompany(id: string): Promise<void> {
    const company = await this.#deps.companies.get(id);
    if (company === undefined || company.removed !== undefined) throw notFound('company', id);
  }

  #now(): string {
    return isoMillis(this.#deps.clock.now());
  }
}

const ID_ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789';

/** 50 random bits that a person can read out. */
export function randomId(): string {
  return [...randomBytes(10)].map((byte) => ID_ALPHABET[byte & 31]).join('');
}

interface Place {
  readonly prefecture?: string | undefined;
  readonly provider?: string | undefined;
}

/** What is undefined stays, what is empty is taken away. */
export function withPlace<T extends object>(
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

export function notFound(kind: string, id: string): CodedError {
  return new CodedError('FLEET_NOT_FOUND', `no ${kind} ${id}`, { id });
}

function exists(kind: string, id: string): CodedError {
  return new CodedError('FLEET_EXISTS', `there is a ${kind} ${id} already, or there was one`, { id });
}
