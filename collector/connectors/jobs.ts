import { randomBytes } from 'node:crypto';
import type { EdrJobState, EdrJob as EdrJobView, NewEdrJob } from '../../protocol/api/connectors.js';
import { CodedError, describeError, hasCode } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { type ConnectorsConfig, JOBS_OPEN_MAX } from './config.js';
import type { Poller } from './poller.js';
import type { Endpoint, Tenant } from './vendor.js';

export type Job = EdrJobView & { readonly remindedMs?: number };

export interface JobTable {
  get(key: string): Promise<Job | undefined>;
  put(key: string, value: Job): Promise<void>;
  update(key: string, change: (job: Job) => Job | undefined): Promise<Job | undefined>;
  list(options?: { reverse?: boolean; limit?: number }): Promise<Array<[string, Job]>>;
}

export interface JobsDeps extends World {
  readonly jobs: JobTable;
  pollers(): Iterable<Poller>;
  companyOfSite(site: string): Promise<string | undefined>;
  /** An isolation has lasted for long. @returns whether it could be told */
  remind(job: Job, sinceMs: number): Promise<boolean>;
}

const FINAL: ReadonlySet<EdrJobState> = new Set(['released', 'failed']);
/** One that timed out may take effect yet, when the endpoint is switched on. */
const LATE_MS = 7 * 86_400_000;
const HISTORY_MAX = 50;
const MESSAGE_MAX = 500;
const LIMITED_MS = 30_000;

const isOver = (job: Job): boolean => FINAL.has(job.state) || (job.kind === 'scan' && job.state === 'accepted');

interface Found {
  readonly poller: Poller;
  readonly tenant: Tenant;
  readonly company: string;
  readonly site: string;
  readonly endpoint: Endpoint;
}

/**
 * What EDR clouds are asked to do to endpoints. Each step is on disk before the next one begins, and each can be done
 * twice: a collector that was stopped goes on where it was. What counts is the state that is read back.
 */
export class Jobs implements Component {
  readonly name = 'edr-jobs';
  readonly #config: Pick<ConnectorsConfig, 'jobMs' | 'heldMs' | 'effectMs' | 'remindMs'>;
  readonly #deps: JobsDeps;
  readonly #open = new Map<string, Job>();
  /** Monotonic milliseconds: when a job is looked at next. */
  readonly #due = new Map<string, number>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #ending = new AbortController();
  #adding: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(config: Pick<ConnectorsConfig, 'jobMs' | 'heldMs' | 'effectMs' | 'remindMs'>, deps: JobsDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'edr-jobs' }) };
  }

  async start(): Promise<void> {
    for (const [id, job] of await this.#deps.jobs.list()) if (!isOver(job)) this.#open.set(id, job);
    this.#timer = setInterval(() => this.#tick(), Math.max(20, Math.min(1_000, this.#config.jobMs)));
    this.#tick();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort(new CodedError('EDR_UNAVAILABLE', 'the collector is being stopped'));
    await Promise.all(this.#busy.values());
  }

  hasOpen(account: string): boolean {
    return [...this.#open.values()].some((job) => job.account === account);
  }

  async list(company: string | undefined, limit: number): Promise<EdrJobView[]> {
    const all = (await this.#deps.jobs.list({ reverse: true })).map(([, job]) => job);
    return all
      .filter((job) => company === undefined || job.company === company)
      .slice(0, limit)
      .map(viewOf);
  }

  /** @throws EDR_NOT_FOUND */
  async get(id: string): Promise<EdrJobView> {
    return viewOf(await this.#mustGet(id));
  }

  /** On disk when it returns. @throws EDR_NOT_FOUND, EDR_AMBIGUOUS, EDR_EXISTS, EDR_LIMIT, and EDR_... of the cloud */
  add(request: NewEdrJob, by: string): Promise<EdrJobView> {
    const added = this.#adding.then(() => this.#add(request, by));
    this.#adding = added.catch(() => {});
    return added;
  }

  async #add({ kind, company, site, host, reason }: NewEdrJob, by: string): Promise<EdrJobView> {
    if (this.#open.size >= JOBS_OPEN_MAX) throw new CodedError('EDR_LIMIT', `there are ${JOBS_OPEN_MAX} open jobs`);
    const { poller, tenant, endpoint, ...place } = await this.#find(host, company, site);
    const twin = [...this.#open.values()].find((job) => job.kind === kind && job.endpoint.id === endpoint.id);
    if (twin !== undefined) throw new CodedError('EDR_EXISTS', `${endpoint.name} has the open job ${twin.id}`);
    const at = isoMillis(this.#deps.clock.now());
    const job: Job = {
      ...{ id: `${at.replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`, kind, state: 'requested' },
      ...{ account: poller.account.id, tenant: tenant.id, company: place.company },
      ...(place.site !== '' && { site: place.site }),
      endpoint: { id: endpoint.id, name: endpoint.name },
      ...{ by, reason, requested: at, changed: at, history: [{ at, state: 'requested', message: `${by}: ${reason}` }] },
    };
    await this.#deps.jobs.put(job.id, job);
    this.#open.set(job.id, job);
    this.#tick();
    return viewOf(job);
  }

  /** @param site a tenant that is no single site's has its company's hosts */
  async #find(host: string, wantedCompany: string | undefined, site: string | undefined): Promise<Found> {
    const company = site === undefined ? wantedCompany : await this.#deps.companyOfSite(site);
    if (company === undefined || (wantedCompany !== undefined && company !== wantedCompany))
      throw new CodedError('EDR_NOT_FOUND', 'say which company or site the host is of');
    const asking = { signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(25_000)]), isUrgent: true };
    const found: Found[] = [];
    for (const poller of this.#deps.pollers())
      for (const { tenant, place } of await poller.placesOf(asking)) {
        const isHere = place.company === company && (site === undefined || place.site === '' || place.site === site);
        if (!isHere) continue;
        for (const endpoint of await poller.vendor.find(tenant, host, asking))
          found.push({ poller, tenant, company, site: site ?? place.site, endpoint });
      }
    const [first, second] = found;
    if (first === undefined) throw new CodedError('EDR_NOT_FOUND', `no EDR knows an endpoint ${host} there`);
    if (second !== undefined) {
      const ids = found.map(({ endpoint }) => endpoint.id).slice(0, 5);
      throw new CodedError('EDR_AMBIGUOUS', `${found.length} endpoints are called ${host}: ${ids.join(', ')}`);
    }
    return first;
  }

  /** @throws EDR_NOT_FOUND, EDR_STATE */
  async release(id: string, by: string, reason: string): Promise<EdrJobView> {
    const job = await this.#mustGet(id);
    const isHeld = job.kind === 'isolate' && ['accepted', 'effective', 'timed-out'].includes(job.state);
    if (!isHeld) throw new CodedError('EDR_STATE', `a job that is ${job.state} cannot be released`);
    await this.#busy.get(id);
    const released = await this.#move(id, 'release-requested', `${by}: ${reason}`, { released: { by, reason } });
    this.#due.delete(id);
    this.#tick();
    return viewOf(released ?? job);
  }

  async #mustGet(id: string): Promise<Job> {
    const job = this.#open.get(id) ?? (await this.#deps.jobs.get(id));
    if (job === undefined) throw new CodedError('EDR_NOT_FOUND', `there is no job ${id}`);
    return job;
  }

  #tick(): void {
    const now = this.#deps.clock.monotonic();
    for (const [id, job] of this.#open) {
      if (this.#busy.has(id) || (this.#due.get(id) ?? 0) > now || this.#ending.signal.aborted) continue;
      const work = this.#step(job).catch((error: unknown) => {
        if (this.#ending.signal.aborted) return;
        this.#deps.log.error({ job: id, error: describeError(error) }, 'a job stands still; tried again');
      });
      const done = work.finally(() => {
        this.#busy.delete(id);
        const everyMs = ['effective', 'timed-out'].includes(this.#open.get(id)?.state ?? '') ? 'heldMs' : 'jobMs';
        this.#due.set(id, this.#deps.clock.monotonic() + this.#config[everyMs]);
        if (!this.#open.has(id)) this.#due.delete(id);
      });
      this.#busy.set(id, done);
    }
  }

  async #step(job: Job): Promise<void> {
    const poller = [...this.#deps.pollers()].find(({ account }) => account.id === job.account);
    if (poller === undefined) return void (await this.#move(job.id, 'failed', 'its connector is no more'));
    try {
      const asking = { signal: this.#ending.signal, isUrgent: true };
      const tenant = (await poller.holder(asking)).tenants.find(({ id }) => id === job.tenant);
      if (tenant === undefined)
        return void (await this.#move(job.id, 'failed', 'the cloud has no such tenant any more'));
      await this.#advance(job, poller, tenant);
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      await this.#onFailure(job, poller, error);
    }
    await this.#timeOut(job.id);
  }

  async #advance(job: Job, { vendor }: Poller, tenant: Tenant): Promise<void> {
    const asking = { signal: this.#ending.signal, isUrgent: true };
    const { id, state, endpoint, reason } = job;
    if (state === 'requested' && job.kind === 'scan') {
      await vendor.scan(tenant, endpoint.id, asking);
      return void (await this.#move(id, 'accepted'));
    }
    if (state === 'requested' || state === 'release-requested') {
      const isOn = state === 'requested';
      const why = isOn ? reason : (job.released?.reason ?? '');
      await vendor.setIsolation(tenant, endpoint.id, isOn, `Hinomi ${id}: ${why}`, asking);
      return void (await this.#move(id, isOn ? 'accepted' : 'release-accepted'));
    }
    const { isIsolated } = await vendor.endpoint(tenant, endpoint.id, asking);
    const isReleasing = job.released !== undefined && state !== 'effective' && state !== 'accepted';
    if (isReleasing && !isIsolated) return void (await this.#move(id, 'released'));
    if (!isReleasing && isIsolated && state !== 'effective') return void (await this.#move(id, 'effective'));
    if (state !== 'effective') return;
    if (!isIsolated)
      return void (await this.#move(id, 'released', 'released elsewhere: the cloud says that it is not isolated'));
    await this.#remind(job);
  }

  async #remind(job: Job): Promise<void> {
    const nowMs = this.#deps.clock.now();
    const sinceMs = Date.parse(job.history.findLast(({ state }) => state === 'effective')?.at ?? job.changed);
    if (nowMs - Math.max(sinceMs, job.remindedMs ?? 0) < this.#config.remindMs) return;
    if (await this.#deps.remind(job, sinceMs))
      await this.#change(job.id, (before) => ({ ...before, remindedMs: nowMs }));
  }

  /** What passes is tried again; an order that was refused has failed, and one to release leaves the isolation as it is. */
  async #onFailure(job: Job, poller: Poller, error: unknown): Promise<void> {
    const message = describeError(error).slice(0, MESSAGE_MAX);
    this.#deps.log.warn({ job: job.id, state: job.state, error: message }, 'a job is hindered');
    if (hasCode(error, 'EDR_LIMITED')) {
      const asked = error.facts['retryAfterMs'];
      poller.pause(typeof asked === 'number' ? asked : LIMITED_MS * (0.5 + this.#deps.random()));
    }
    const isRefused = hasCode(error, 'EDR_REFUSED') || hasCode(error, 'EDR_ANSWER');
    if (isRefused && job.state === 'requested') await this.#move(job.id, 'failed', message);
    else if (isRefused && job.state === 'release-requested')
      await this.#move(job.id, 'effective', `not released: ${message}`);
    else await this.#change(job.id, (before) => (before.message === message ? undefined : { ...before, message }));
  }

  async #timeOut(id: string): Promise<void> {
    const job = this.#open.get(id);
    if (job === undefined) return;
    const ageMs = this.#deps.clock.now() - Date.parse(job.changed);
    const isUnderWay = !['effective', 'timed-out'].includes(job.state);
    if (isUnderWay && ageMs > this.#config.effectMs)
      await this.#move(
        id,
        'timed-out',
        `no effect so far (${job.state}); the endpoint may be switched off. ${job.message ?? ''}`.trim(),
      );
    else if (job.state === 'timed-out' && ageMs > LATE_MS) await this.#move(id, 'failed', 'it never had an effect');
  }

  #move(id: string, state: EdrJobState, message?: string, more: Partial<Job> = {}): Promise<Job | undefined> {
    const at = isoMillis(this.#deps.clock.now());
    this.#deps.log.info({ job: id, state, message }, 'job');
    return this.#change(id, ({ message: _, ...job }) => ({
      ...job,
      ...more,
      ...{ state, changed: at },
      ...(message !== undefined && { message }),
      history: [...job.history, { at, state, ...(message !== undefined && { message }) }].slice(-HISTORY_MAX),
    }));
  }

  async #change(id: string, change: (job: Job) => Job | undefined): Promise<Job | undefined> {
    const changed = await this.#deps.jobs.update(id, change);
    if (changed === undefined) return undefined;
    if (isOver(changed)) this.#open.delete(id);
    else this.#open.set(id, changed);
    return changed;
  }
}

function viewOf({ remindedMs: _, ...job }: Job): EdrJobView {
  return job;
}
