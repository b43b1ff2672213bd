import { randomBytes } from 'node:crypto';
import { AUDIT_LIMIT_DEFAULT, type AuditList, type AuditQuery } from '../../protocol/api/audit.js';
import { describeError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { Access } from './identity.js';

/** The same look again within this time is the same look: a live page asks every second. */
const SAME_LOOK_MS = 5 * 60_000;
const LOOKS_MAX = 10_000;
const DETAIL_MAX = 2_000;
/** Refused sign-ins of all together that are written in a minute; anybody can cause them. */
const REFUSALS_MAX = 60;
const MINUTE_MS = 60_000;
/** Entries that one question reads at most: what is rare is found over several pages. */
const SCANNED_MAX = 20_000;
const CHUNK = 500;

interface Entry {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly company?: string;
  readonly detail?: string;
  readonly address?: string;
}

export interface AuditTable {
  putIfAbsent(key: string, value: Entry): Promise<boolean>;
  list(options: { reverse: boolean; limit: number; before?: string; from?: string }): Promise<Array<[string, Entry]>>;
}

interface Facts {
  readonly company?: string;
  readonly detail?: string;
}

/** Who looked at or changed what. Append-only; keys are ordered by time. */
export class Audit {
  readonly #table: AuditTable;
  readonly #world: World;
  readonly #looks = new Map<string, number>();
  /** Requests that told about themselves. */
  readonly #told = new WeakSet<Access>();
  /** Of this run, so that a clock that is set back overwrites nothing. */
  readonly #run = randomBytes(4).toString('hex');
  #serial = 0;
  #refusals = { sinceMs: Number.NEGATIVE_INFINITY, written: 0, unwritten: 0 };

  constructor(table: AuditTable, world: World) {
    this.#table = table;
    this.#world = world;
  }

  /** A change: on disk before it is answered. */
  async change(access: Access, what: string, facts: Facts = {}): Promise<void> {
    this.#told.add(access);
    await this.#write(access.who, what, facts, access.address);
  }

  /** A change by whoever did not come by a guarded route: a box, or somebody who signs in. On disk when it returns. */
  note(who: string, what: string, facts: Facts = {}, address?: string): Promise<void> {
    return this.#write(who, what, facts, address);
  }

  /** A look: written beside the answer. */
  look(access: Access, what: string, detail: string): void {
    this.#told.add(access);
    const now = this.#world.clock.monotonic();
    const key = `${access.who}\0${access.address ?? ''}\0${what}\0${detail}`;
    const before = this.#looks.get(key);
    if (before !== undefined && now - before < SAME_LOOK_MS) return;
    if (this.#looks.size >= LOOKS_MAX) this.#looks.clear();
    this.#looks.set(key, now);
    const company = access.companies?.join(',');
    const facts = { ...(detail !== '' && { detail }), ...(company !== undefined && { company }) };
    this.#write(access.who, what, facts, access.address).catch((error: unknown) => {
      this.#world.log.error({ error: describeError(error) }, 'audit entry could not be written');
    });
  }

  /** Somebody was not let in. Beyond a number a minute they are counted. */
  async refusal(who: string, what: string, address: string): Promise<void> {
    const now = this.#world.clock.monotonic();
    if (now - this.#refusals.sinceMs >= MINUTE_MS) {
      const { unwritten } = this.#refusals;
      this.#refusals = { sinceMs: now, written: 0, unwritten: 0 };
      if (unwritten > 0) await this.#write('nobody', 'more refused sign-ins', { detail: `${unwritten} in a minute` });
    }
    if (this.#refusals.written >= REFUSALS_MAX) {
      this.#refusals.unwritten += 1;
      return;
    }
    this.#refusals.written += 1;
    await this.#write(who, what, {}, address);
  }

  /** Whether a request is in the log already. */
  hasTold(access: Access): boolean {
    return this.#told.has(access);
  }

  async list(query: AuditQuery): Promise<AuditList> {
    const { limit = AUDIT_LIMIT_DEFAULT, from, to, before } = query;
    const entries: AuditList['entries'] = [];
    let next = earlier(before, to);
    for (let scanned = 0; scanned < SCANNED_MAX; ) {
      const found = await this.#table.list({
        ...{ reverse: true, limit: CHUNK },
        ...(next !== undefined && { before: next }),
        ...(from !== undefined && { from }),
      });
      for (const [id, entry] of found) {
        next = id;
        if (matches(entry, query)) entries.push({ id, ...entry });
        if (entries.length >= limit) return { entries, next };
      }
      if (found.length < CHUNK) return { entries };
      scanned += found.length;
    }
    return { entries, ...(next !== undefined && { next }) };
  }

  async #write(who: string, what: string, { company, detail }: Facts, address?: string): Promise<void> {
    const at = isoMillis(this.#world.clock.now());
    this.#serial += 1;
    const key = `${at}-${String(this.#serial).padStart(9, '0')}-${this.#run}`;
    await this.#table.putIfAbsent(key, {
      ...{ at, who, what },
      ...(company !== undefined && { company }),
      ...(detail !== undefined && { detail: detail.slice(0, DETAIL_MAX) }),
      ...(address !== undefined && { address }),
    });
  }
}

/** The earlier of two ends, both exclusive. */
function earlier(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

function matches(entry: Entry, { who, company, text }: AuditQuery): boolean {
  if (who !== undefined && entry.who !== who) return false;
  if (company !== undefined && !(entry.company ?? '').split(',').includes(company)) return false;
  if (text === undefined) return true;
  const all = `${entry.what}\n${entry.detail ?? ''}\n${entry.address ?? ''}`;
  return all.toLowerCase().includes(text.toLowerCase());
}
