import { randomBytes } from 'node:crypto';
import type { ConnectorChange, ConnectorTest, ConnectorView, NewConnector } from '../../protocol/api/connectors.js';
import { CodedError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import { type Account, placeOf } from './account.js';
import { Budget } from './budget.js';
import { ACCOUNTS_MAX, type ConnectorsConfig } from './config.js';
import { Jobs, type JobsDeps, type JobTable } from './jobs.js';
import { type CursorTable, cursorKey, type LookDeps } from './look.js';
import { Poller } from './poller.js';
import { agentOf } from './rows.js';
import { SOPHOS_URLS } from './sophos/session.js';
import { Sophos } from './sophos/sophos.js';
import { isolationText } from './texts.js';
import type { Vendor } from './vendor.js';
import { Watch, type WatchDeps } from './watch.js';
import { checkUrl } from './web.js';

export { ConnectorsConfig } from './config.js';
export { agentOf, STORED_FIELDS, storedIn } from './rows.js';

export interface ConnectorsDeps extends Omit<LookDeps, 'cursors'>, Pick<WatchDeps, 'alarms' | 'tell'> {
  readonly accounts: {
    list(): Promise<Array<[string, Account]>>;
    putIfAbsent(key: string, account: Account): Promise<boolean>;
    put(key: string, account: Account): Promise<void>;
    delete(key: string): Promise<void>;
  };
  readonly cursors: CursorTable & {
    list(options: { prefix: string }): Promise<Array<[string, unknown]>>;
    delete(key: string): Promise<void>;
  };
  readonly jobs: JobTable;
  readonly vault: {
    sealText(name: string, text: string): string;
    openText(name: string, text: string): string | undefined;
  };
  hasCompany(id: string): Promise<boolean>;
  companyOfSite: JobsDeps['companyOfSite'];
}

const WATCH_MS = 5_000;
const TEST_MS = 25_000;
const secretName = (id: string): string => `edr-account:${id}`;

/** Accounts at EDR clouds: what they tell becomes records, and what is asked of them becomes jobs. */
export class Connectors implements Component {
  readonly name = 'connectors';
  readonly jobs: Jobs;
  readonly #config: ConnectorsConfig;
  readonly #deps: ConnectorsDeps;
  readonly #watch: Watch;
  readonly #pollers = new Map<string, Poller>();
  #timer: NodeJS.Timeout | undefined;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(config: ConnectorsConfig, deps: ConnectorsDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'connectors' }) };
    const pollers = (): Iterable<Poller> => this.#pollers.values();
    this.#watch = new Watch(config, { ...this.#deps, pollers });
    this.jobs = new Jobs(config, {
      ...this.#deps,
      pollers,
      remind: async (job, sinceMs) => {
        const about = { agent: agentOf(job.account), site: job.site ?? '', company: job.company };
        const telling = isolationText(job, sinceMs, deps.clock.now(), job.remindedMs === undefined);
        return (await deps.tell(about, telling)) !== undefined;
      },
    });
  }

  async start(): Promise<void> {
    for (const [, account] of await this.#deps.accounts.list()) this.#open(account);
    await this.#watch.start();
    await this.jobs.start();
    this.#timer = setInterval(() => void this.#watch.check(), Math.min(WATCH_MS, this.#config.silentMs));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.jobs.close();
    await Promise.all([...this.#pollers.values()].map((poller) => poller.close()));
    await this.#watch.check();
    this.#pollers.clear();
  }

  #open(account: Account): void {
    const budget = new Budget(this.#config, this.#deps.clock);
    const poller = new Poller(this.#config, account, {
      ...this.#deps,
      budget,
      vendor: this.#vendorOf(account, budget),
    });
    this.#pollers.set(account.id, poller);
    if (account.isPaused !== true) poller.start();
  }

  #vendorOf(account: Account, budget: Budget): Vendor {
    const clientSecret = this.#deps.vault.openText(secretName(account.id), account.secret) ?? '';
    const config = { clientId: account.clientId, clientSecret, urls: account.urls ?? SOPHOS_URLS };
    return new Sophos(config, { clock: this.#deps.clock, budget, limits: this.#config });
  }

  async list(): Promise<ConnectorView[]> {
    return Promise.all([...this.#pollers.values()].map((poller) => this.#viewOf(poller)));
  }

  async #viewOf({ account, standing, tasks }: Poller): Promise<ConnectorView> {
    const { secret: _, isPaused = false, ...shown } = account;
    const streams = [...tasks].map(async ({ tenant, stream, error }) => {
      const cursor = await this.#deps.cursors.get(cursorKey(account.id, tenant.id, stream));
      const complete = cursor?.completeMs === undefined ? {} : { complete: isoMillis(cursor.completeMs) };
      return { tenant: tenant.id, stream, ...complete, ...(error !== undefined && { error }) };
    });
    const sinceMs = standing.okMs === undefined ? undefined : this.#deps.clock.monotonic() - standing.okMs;
    return {
      ...{ ...shown, isPaused, tenants: [...account.tenants], streams: await Promise.all(streams) },
      ...(sinceMs !== undefined && { lastOk: isoMillis(this.#deps.clock.now() - sinceMs) }),
      ...(standing.error !== undefined && { error: standing.error }),
    };
  }

  /** @throws EDR_INVALID, EDR_EXISTS, EDR_LIMIT */
  add(asked: NewConnector): Promise<ConnectorView> {
    return this.#inTurn(async () => {
      const { clientSecret, urls, id = `e-${randomBytes(6).toString('hex')}`, ...rest } = asked;
      if (this.#pollers.size >= ACCOUNTS_MAX) throw new CodedError('EDR_LIMIT', `there are ${ACCOUNTS_MAX} connectors`);
      await this.#checkPlaces([...(rest.tenants ?? []), ...(rest.company === undefined ? [] : [placeIn(rest)])]);
      if (rest.site !== undefined && rest.company === undefined)
        throw new CodedError('EDR_INVALID', 'a site needs its company');
      const account: Account = {
        ...{ ...rest, id, tenants: rest.tenants ?? [], created: isoMillis(this.#deps.clock.now()) },
        ...(urls !== undefined && { urls: { auth: checkUrl(urls.auth).origin, api: checkUrl(urls.api).origin } }),
        secret: this.#deps.vault.sealText(secretName(id), clientSecret),
      };
      if (!(await this.#deps.accounts.putIfAbsent(id, account)))
        throw new CodedError('EDR_EXISTS', `there is a connector ${id}`);
      this.#open(account);
      return this.#viewOf(this.#mustFind(id));
    });
  }

  async #checkPlaces(places: ReadonlyArray<{ company: string; site?: string }>): Promise<void> {
    for (const { company, site } of places) {
      if (!(await this.#deps.hasCompany(company)))
        throw new CodedError('EDR_INVALID', `there is no company ${company}`);
      if (site !== undefined && (await this.#deps.companyOfSite(site)) !== company)
        throw new CodedError('EDR_INVALID', `${company} has no site ${site}`);
    }
  }

  /** @throws EDR_NOT_FOUND, EDR_INVALID */
  change(id: string, { clientSecret, ...change }: ConnectorChange): Promise<ConnectorView> {
    return this.#inTurn(async () => {
      const poller = this.#mustFind(id);
      await this.#checkPlaces(change.tenants ?? []);
      const secret =
        clientSecret === undefined ? {} : { secret: this.#deps.vault.sealText(secretName(id), clientSecret) };
      const account: Account = { ...poller.account, ...change, ...secret };
      await this.#deps.accounts.put(id, account);
      await poller.close();
      this.#open(account);
      return this.#viewOf(this.#mustFind(id));
    });
  }

  /** What it stored stays. @throws EDR_NOT_FOUND, EDR_STATE */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const poller = this.#mustFind(id);
      if (this.jobs.hasOpen(id)) throw new CodedError('EDR_STATE', 'jobs of this connector are open: end them first');
      await this.#deps.accounts.delete(id);
      this.#pollers.delete(id);
      await poller.close();
      for (const [key] of await this.#deps.cursors.list({ prefix: `${id}:` })) await this.#deps.cursors.delete(key);
    });
  }

  /** Signs in now. @throws EDR_NOT_FOUND, and EDR_... of the cloud */
  async test(id: string): Promise<ConnectorTest> {
    const { account } = this.#mustFind(id);
    const vendor = this.#vendorOf(account, new Budget(this.#config, this.#deps.clock));
    const holder = await vendor
      .holder({ signal: AbortSignal.timeout(TEST_MS), isUrgent: true })
      .catch((error: unknown) => {
        if (error instanceof CodedError) throw error;
        throw new CodedError('EDR_UNAVAILABLE', 'the cloud gave no answer in time');
      });
    const tenants = holder.tenants.map((tenant) => {
      const place = placeOf(account, holder, tenant);
      const site = place?.site ? { site: place.site } : {};
      return { id: tenant.id, name: tenant.name, ...(place !== undefined && { company: place.company, ...site }) };
    });
    return { kind: holder.kind, tenants };
  }

  #mustFind(id: string): Poller {
    const poller = this.#pollers.get(id);
    if (poller === undefined) throw new CodedError('EDR_NOT_FOUND', `there is no connector ${id}`);
    return poller;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#changing.then(work);
    this.#changing = result.catch(() => {});
    return result;
  }
}

const placeIn = ({ company = '', site }: { company?: string; site?: string }): { company: string; site?: string } => ({
  company,
  ...(site !== undefined && { site }),
});
