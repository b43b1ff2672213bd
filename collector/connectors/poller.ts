import { Backoff } from '../../protocol/base/backoff.js';
import { CodedError, describeError, hasCode } from '../../protocol/base/errors.js';
import { sleep } from '../../protocol/base/time.js';
import { type Account, placeOf } from './account.js';
import type { Budget } from './budget.js';
import type { ConnectorsConfig } from './config.js';
import { type LookDeps, Looks } from './look.js';
import type { Place } from './rows.js';
import { type Asking, type Holder, STREAMS, type Stream, type Tenant, type Vendor } from './vendor.js';

/** Tenants come and go. */
const HOLDER_MS = 3_600_000;
const IDLE_MS = 500;
const TASK_BACKOFF = { baseMs: 5_000, maxMs: 900_000 };
/** Without a Retry-After: from half of this on, doubled each time. */
const LIMITED_BACKOFF = { baseMs: 10_000, maxMs: 900_000 };
const REFUSED_BACKOFF = { baseMs: 60_000, maxMs: 900_000 };
const JITTER_MS = 2_000;

export interface PollerDeps extends LookDeps {
  readonly budget: Budget;
  readonly vendor: Vendor;
}

interface Task {
  readonly tenant: Tenant;
  readonly place: Place;
  readonly stream: Stream;
  dueMs: number;
  okMs?: number;
  error?: string;
  readonly backoff: Backoff;
}

/** How an account does. Monotonic milliseconds. */
export interface Standing {
  readonly startedMs: number;
  okMs?: number;
  refusedMs?: number;
  error?: string;
}

/**
 * Asks for one account, one request at a time. Whoever has waited longest is next, and gets one page: a tenant with very
 * much to tell does not keep the others waiting.
 */
export class Poller {
  readonly account: Account;
  readonly standing: Standing;
  readonly #config: ConnectorsConfig;
  readonly #deps: PollerDeps;
  readonly #looks: Looks;
  readonly #tasks = new Map<string, Task>();
  readonly #limited: Backoff;
  readonly #refused: Backoff;
  readonly #ending = new AbortController();
  #holder: { readonly holder: Holder; readonly atMs: number } | undefined;
  #running: Promise<void> | undefined;

  constructor(config: ConnectorsConfig, account: Account, deps: PollerDeps) {
    this.account = account;
    this.standing = { startedMs: deps.clock.monotonic() };
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ account: account.id }) };
    this.#looks = new Looks(config, account.id, deps.vendor, this.#deps);
    this.#limited = new Backoff(LIMITED_BACKOFF, deps.random);
    this.#refused = new Backoff(REFUSED_BACKOFF, deps.random);
  }

  get vendor(): Vendor {
    return this.#deps.vendor;
  }

  get tasks(): Iterable<Readonly<Pick<Task, 'tenant' | 'stream' | 'okMs' | 'error' | 'place'>>> {
    return this.#tasks.values();
  }

  /** The cloud wants to be left alone for so long. */
  pause(ms: number): void {
    this.#deps.budget.pause(ms);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#ending.abort(new CodedError('EDR_UNAVAILABLE', 'the collector is being stopped'));
    await this.#running;
  }

  /** Whom the credentials are for; asked again now and then. @throws EDR_... */
  async holder(asking: Asking = { signal: this.#ending.signal }): Promise<Holder> {
    const now = this.#deps.clock.monotonic();
    if (this.#holder !== undefined && now - this.#holder.atMs < HOLDER_MS) return this.#holder.holder;
    const holder = await this.#deps.vendor.holder(asking);
    this.#holder = { holder, atMs: now };
    this.#plan(holder, now);
    return holder;
  }

  /** Where a tenant of this account belongs. */
  async placesOf(asking: Asking): Promise<Array<{ tenant: Tenant; place: Place }>> {
    const holder = await this.holder(asking);
    const places = holder.tenants.map((tenant) => ({ tenant, place: placeOf(this.account, holder, tenant) }));
    return places.filter((each): each is { tenant: Tenant; place: Place } => each.place !== undefined);
  }

  #plan(holder: Holder, now: number): void {
    const wanted = new Set<string>();
    for (const tenant of holder.tenants) {
      const place = placeOf(this.account, holder, tenant);
      if (place === undefined) continue;
      for (const stream of STREAMS) {
        const key = `${tenant.id}:${stream}`;
        wanted.add(key);
        const before = this.#tasks.get(key);
        const backoff = before?.backoff ?? new Backoff(TASK_BACKOFF, this.#deps.random);
        this.#tasks.set(key, { dueMs: now, ...before, ...{ tenant, place, stream, backoff } });
      }
    }
    for (const key of this.#tasks.keys()) if (!wanted.has(key)) this.#tasks.delete(key);
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const waitMs = await this.step().catch((error: unknown) => {
        if (!signal.aborted) this.#deps.log.error({ error: describeError(error) }, 'an EDR cloud could not be asked');
        return IDLE_MS;
      });
      await sleep(waitMs, signal).catch(() => {});
    }
  }

  /** One request, if one is due. @returns milliseconds until the next */
  async step(): Promise<number> {
    const now = this.#deps.clock.monotonic();
    const isStale = this.#holder === undefined || now - this.#holder.atMs >= HOLDER_MS;
    if (isStale) return this.#attempt(undefined, async () => void (await this.holder()));
    const [task] = [...this.#tasks.values()].sort((a, b) => a.dueMs - b.dueMs);
    if (task === undefined) {
      this.standing.okMs = now;
      return IDLE_MS;
    }
    if (task.dueMs > now) return Math.min(task.dueMs - now, IDLE_MS);
    return this.#attempt(task, async () => {
      const hasMore = await this.#looks.turn(task, { signal: this.#ending.signal });
      const everyMs = task.stream === 'endpoints' ? this.#config.inventoryMs : this.#config.pollMs;
      task.dueMs = this.#deps.clock.monotonic() + (hasMore ? 0 : everyMs);
    });
  }

  async #attempt(task: Task | undefined, work: () => Promise<void>): Promise<number> {
    try {
      await work();
      this.#good(task);
      return 0;
    } catch (error) {
      if (this.#ending.signal.aborted) throw error;
      return this.#bad(task, error);
    }
  }

  #good(task: Task | undefined): void {
    const now = this.#deps.clock.monotonic();
    this.standing.okMs = now;
    delete this.standing.error;
    delete this.standing.refusedMs;
    this.#limited.reset();
    this.#refused.reset();
    if (task === undefined) return;
    task.okMs = now;
    delete task.error;
    task.backoff.reset();
  }

  #bad(task: Task | undefined, error: unknown): number {
    const now = this.#deps.clock.monotonic();
    const message = describeError(error);
    this.#deps.log.warn({ tenant: task?.tenant.id, stream: task?.stream, error: message }, 'an EDR cloud says no');
    if (task !== undefined) task.error = message;
    if (hasCode(error, 'EDR_LIMITED')) {
      const asked = error.facts['retryAfterMs'];
      const jitter = Math.round(this.#deps.random() * JITTER_MS);
      this.#deps.budget.pause(typeof asked === 'number' ? asked + jitter : atLeastHalf(this.#limited, LIMITED_BACKOFF));
      return 0;
    }
    this.standing.error = message;
    // A token that was given and a tenant that is refused: the others go on.
    const isAccount = task === undefined || (hasCode(error, 'EDR_REFUSED') && error.facts['status'] !== 403);
    if (hasCode(error, 'EDR_REFUSED') && isAccount) {
      this.standing.refusedMs ??= now;
      this.#deps.budget.pause(atLeastHalf(this.#refused, REFUSED_BACKOFF));
      return 0;
    }
    const waitMs = task === undefined ? this.#refused.next() : task.backoff.next();
    if (task === undefined) return waitMs;
    task.dueMs = now + waitMs;
    return 0;
  }
}

/** Jittered, and never at once. */
function atLeastHalf(backoff: Backoff, { baseMs, maxMs }: { baseMs: number; maxMs: number }): number {
  const bound = Math.min(maxMs, baseMs * 2 ** Math.min(backoff.attempts, 30));
  return Math.round(bound / 2 + backoff.next() / 2);
}
