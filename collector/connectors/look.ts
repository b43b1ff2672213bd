import { describeError, hasCode } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { ConnectorsConfig } from './config.js';
import { type Fresh, freshOf, gapOf, type Place, rowsOf } from './rows.js';
import { Seen, type StoredItem } from './seen.js';
import type { Asking, Item, Page, PageStart, Stream, Tenant, Vendor } from './vendor.js';

export interface Cursor {
  readonly completeMs?: number;
  readonly sweptMs?: number;
  readonly look?: StoredLook;
}

/** A look that is under way: when it began, and how far it got. */
export interface StoredLook {
  readonly startedMs: number;
  readonly isSweep: boolean;
  readonly cursor: string;
  readonly reachedMs: number;
}

export interface CursorTable {
  get(key: string): Promise<Cursor | undefined>;
  put(key: string, value: Cursor): Promise<void>;
}

export interface LookDeps extends World {
  readonly cursors: CursorTable;
  /** When rows come, by the clock that the table is thrown away by. */
  arrivedMs(): number;
  /** @param token repeated with the same one, rows count once; on disk when it returns */
  insert(rows: readonly AnyRecord[], token: string): Promise<void>;
  /** What the table has of an account, for as long as a cloud can tell it again. */
  recall(account: string): Promise<readonly StoredItem[]>;
}

/** A cloud that gives the same end for ever would be asked for ever. */
const PAGES_MAX = 5_000;
/** A list of what there is now that was begun earlier is begun anew. */
const SNAPSHOT_MS = 3_600_000;

export const cursorKey = (account: string, tenant: string, stream: Stream): string => `${account}:${tenant}:${stream}`;

interface Target {
  readonly tenant: Tenant;
  readonly place: Place;
  readonly stream: Stream;
}

interface Step {
  readonly start: PageStart;
  readonly startedMs: number;
  readonly isSweep: boolean;
  readonly reachedMs: number;
  readonly gap?: Fresh;
}

/**
 * Looks at the lists of one account, a page at a time. The rows of a page are on disk before the cursor behind it is:
 * whatever is stopped in between is asked for once more, and what is in the table already is left out.
 */
export class Looks {
  readonly #config: Pick<ConnectorsConfig, 'overlapMs' | 'sweepMs'>;
  readonly #deps: LookDeps;
  readonly #account: string;
  readonly #vendor: Vendor;
  #seen: Seen | undefined;
  #seq: number;
  /** Of looks that are under way: when they began, and how many pages they had. */
  readonly #underWay = new Map<string, { startedMs: number; isSweep: boolean; pages: number }>();

  constructor(
    config: Pick<ConnectorsConfig, 'overlapMs' | 'sweepMs'>,
    account: string,
    vendor: Vendor,
    deps: LookDeps,
  ) {
    this.#config = config;
    this.#deps = deps;
    this.#account = account;
    this.#vendor = vendor;
    this.#seq = deps.clock.now();
  }

  /**
   * One page of a list.
   * @returns whether there is more @throws EDR_... of the vendor, STORE_...
   */
  async turn(target: Target, asking: Asking): Promise<boolean> {
    const { tenant, stream } = target;
    const key = cursorKey(this.#account, tenant.id, stream);
    this.#seen ??= await this.#recall();
    const cursor = (await this.#deps.cursors.get(key)) ?? {};
    const step = this.#next(key, cursor, target);
    const page = await this.#page(key, cursor, target, step, asking);
    if (page === undefined) return true;
    await this.#store(target, step, page.items);
    return this.#advance(key, cursor, step, page);
  }

  async #recall(): Promise<Seen> {
    const seen = new Seen();
    for (const stored of await this.#deps.recall(this.#account)) seen.add(stored);
    return seen;
  }

  #next(key: string, { completeMs, sweptMs, look }: Cursor, { place, stream }: Target): Step {
    const nowMs = this.#deps.clock.now();
    const horizonMs = nowMs - this.#vendor.windowMs;
    if (look !== undefined && isFresh(look, stream, nowMs, horizonMs))
      return { ...look, start: { cursor: look.cursor } };
    const under = this.#underWay.get(key);
    // Alerts are few, and are changed without coming again as new ones.
    const sweepMs = stream === 'alerts' ? this.#config.overlapMs : this.#config.sweepMs;
    const isDue = sweptMs === undefined || Math.abs(nowMs - sweptMs) >= sweepMs;
    const isSweep = under?.isSweep ?? (stream === 'endpoints' || (isDue && this.#seen?.isComplete === true));
    const startedMs = under?.startedMs ?? nowMs;
    this.#underWay.set(key, { startedMs, isSweep, pages: under?.pages ?? 0 });
    const sinceMs = Math.min(completeMs ?? horizonMs, nowMs) - this.#config.overlapMs;
    const fromMs = isSweep ? horizonMs : Math.max(horizonMs, sinceMs);
    const lostMs = stream === 'endpoints' ? undefined : this.#lostFrom(completeMs, look?.reachedMs, horizonMs);
    const gap = lostMs === undefined ? {} : { gap: gapOf(place, stream, lostMs, horizonMs, nowMs) };
    return { start: { fromMs }, startedMs, isSweep, reachedMs: fromMs, ...gap };
  }

  /** From when on something may be missing: what was not read before the cloud forgot it, late things before it too. */
  #lostFrom(completeMs: number | undefined, reachedMs: number | undefined, horizonMs: number): number | undefined {
    if (Math.max(completeMs ?? 0, reachedMs ?? 0) >= horizonMs) return undefined;
    if (completeMs === undefined) return reachedMs;
    return Math.max(completeMs - this.#config.overlapMs, reachedMs ?? 0);
  }

  /** Undefined when the cloud does not know its own cursor any more: the look begins anew. */
  async #page(key: string, cursor: Cursor, target: Target, step: Step, asking: Asking): Promise<Page | undefined> {
    try {
      return await this.#vendor.page(target.tenant, target.stream, step.start, asking);
    } catch (error) {
      if (!('cursor' in step.start) || !hasCode(error, 'EDR_ANSWER')) throw error;
      this.#deps.log.warn({ key, error: describeError(error) }, 'the look at an EDR cloud begins anew');
      await this.#deps.cursors.put(key, withoutLook(cursor));
      this.#underWay.delete(key);
      return undefined;
    }
  }

  async #store({ place, stream }: Target, { gap, startedMs }: Step, items: readonly Item[]): Promise<void> {
    const fresh = this.#fresh(place, stream, items);
    if (gap !== undefined && this.#seen?.get(place.tenant, stream, gap.stored.id) === undefined) fresh.unshift(gap);
    if (fresh.length === 0) return;
    this.#seq = Math.max(this.#seq + 1, this.#deps.clock.now());
    const why = { seq: this.#seq, ingestedMs: this.#deps.arrivedMs(), lookMs: startedMs };
    const { rows, token } = rowsOf(fresh, place, why);
    try {
      await this.#deps.insert(rows, token);
    } catch (error) {
      // It may have arrived all the same: the table is asked before anything else is stored.
      this.#seen = undefined;
      throw error;
    }
    for (const { stored } of fresh) this.#seen?.add(stored);
  }

  /** What is not stored yet; of what was changed, one revision more. One page may have the same twice. */
  #fresh({ account, tenant, company, site }: Place, stream: Stream, items: readonly Item[]): Fresh[] {
    const here = new Map<string, { hash: string; revision: number }>();
    const fresh: Fresh[] = [];
    for (const item of items) {
      const before = here.get(item.id) ?? this.#seen?.get(tenant, stream, item.id);
      if (before?.hash === item.hash) continue;
      const revision = (before?.revision ?? 0) + 1;
      here.set(item.id, { hash: item.hash, revision });
      fresh.push(freshOf(item, { account, tenant, company, site }, stream, revision));
    }
    return fresh;
  }

  async #advance(
    key: string,
    cursor: Cursor,
    { startedMs, isSweep, start, reachedMs: beforeMs }: Step,
    page: Page,
  ): Promise<boolean> {
    const pages = (this.#underWay.get(key)?.pages ?? 0) + 1;
    const isStuck = page.cursor !== undefined && 'cursor' in start && start.cursor === page.cursor;
    if (page.cursor !== undefined && !isStuck && pages < PAGES_MAX) {
      this.#underWay.set(key, { startedMs, isSweep, pages });
      const reachedMs = Math.max(beforeMs, page.reachedMs ?? 0);
      await this.#deps.cursors.put(key, { ...cursor, look: { startedMs, isSweep, cursor: page.cursor, reachedMs } });
      return true;
    }
    if (page.cursor !== undefined) this.#deps.log.warn({ key, pages }, 'an EDR cloud gives pages without end');
    this.#underWay.delete(key);
    const done = { ...withoutLook(cursor), completeMs: startedMs, ...(isSweep && { sweptMs: startedMs }) };
    await this.#deps.cursors.put(key, done);
    return false;
  }
}

/** Behind the horizon the cloud begins somewhere else without saying so. */
function isFresh(look: StoredLook, stream: Stream, nowMs: number, horizonMs: number): boolean {
  if (look.startedMs > nowMs) return false;
  return stream === 'endpoints' ? nowMs - look.startedMs < SNAPSHOT_MS : look.reachedMs > horizonMs;
}

function withoutLook({ look: _, ...cursor }: Cursor): Cursor {
  return cursor;
}
