import { CodedError } from '../../../protocol/base/errors.js';
import { isoMillis } from '../../../protocol/base/time.js';
import { itemOf } from '../content.js';
import type { Asking, Endpoint, Holder, Item, Page, PageStart, Stream, Tenant, Vendor } from '../vendor.js';
import { type Json, listAt, part, textAt } from './fields.js';
import { alertRecord, endpointRecord, eventRecord, isIsolated } from './records.js';
import { type SessionConfig, type SessionDeps, SophosSession } from './session.js';

/** Events and alerts are given for 24 hours; a little less is asked for, so that the clocks need not agree. */
const WINDOW_MS = 86_400_000;
const CLOCKS_MS = 120_000;
/** https://developer.sophos.com/docs/siem-v1/1/routes/events/get: 200 when nothing is said. */
const SIEM_LIMIT = 1_000;
const ENDPOINTS_LIMIT = 500;
const TENANT_PAGES_MAX = 100;
const ITEMS_MAX = 10_000;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const CURSOR_MAX = 4_096;
const COMMENT_MAX = 500;

/**
 * Sophos Central. https://developer.sophos.com/: intro (tokens, whoami, regions), getting-started (partners),
 * docs/siem-v1, docs/endpoint-v1, docs/partner-v1, docs/organization-v1.
 */
export class Sophos implements Vendor {
  readonly windowMs = WINDOW_MS - CLOCKS_MS;
  readonly #session: SophosSession;
  readonly #clock: SessionDeps['clock'];

  constructor(config: SessionConfig, deps: SessionDeps) {
    this.#session = new SophosSession(config, deps);
    this.#clock = deps.clock;
  }

  async holder(asking: Asking): Promise<Holder> {
    const api = this.#session.api;
    const who = await this.#get(`${api}/whoami/v1`, {}, asking);
    const id = textAt(who, 'id');
    const kind = textAt(who, 'idType');
    if (id === undefined || !ID.test(id) || kind === undefined)
      throw new CodedError('EDR_ANSWER', 'the cloud does not say whose the credentials are');
    if (kind === 'tenant')
      return { kind, tenants: [{ id, name: id, host: this.#session.region(part(who, 'apiHosts', 'dataRegion')) }] };
    if (kind !== 'partner' && kind !== 'organization')
      throw new CodedError('EDR_ANSWER', `credentials of this kind are not known: ${kind.slice(0, 40)}`);
    return { kind, tenants: await this.#tenantsOf(kind, id, asking) };
  }

  async #tenantsOf(kind: 'partner' | 'organization', id: string, asking: Asking): Promise<Tenant[]> {
    const header = kind === 'partner' ? 'x-partner-id' : 'x-organization-id';
    const tenants: Tenant[] = [];
    for (let page = 1; page <= TENANT_PAGES_MAX; page++) {
      const url = `${this.#session.api}/${kind}/v1/tenants?page=${page}&pageTotal=true`;
      const answer = await this.#get(url, { [header]: id }, asking);
      for (const item of listAt(answer, 'items')) {
        const tenant = textAt(item, 'id');
        const host = part(item, 'apiHost');
        // One that is being made has no region yet.
        if (tenant === undefined || !ID.test(tenant) || typeof host !== 'string' || host === '') continue;
        tenants.push({ id: tenant, name: textAt(item, 'name') ?? tenant, host: this.#session.region(host) });
      }
      const total = part(answer, 'pages', 'total');
      if (typeof total !== 'number' || page >= total) return tenants;
    }
    return tenants;
  }

  page(tenant: Tenant, stream: Stream, start: PageStart, asking: Asking): Promise<Page> {
    return stream === 'endpoints'
      ? this.#endpointPage(tenant, start, asking)
      : this.#siemPage(tenant, stream, start, asking);
  }

  async #siemPage(tenant: Tenant, stream: 'events' | 'alerts', start: PageStart, asking: Asking): Promise<Page> {
    const query = new URLSearchParams({ limit: String(SIEM_LIMIT) });
    if ('cursor' in start) query.set('cursor', start.cursor);
    else query.set('from_date', String(Math.floor(start.fromMs / 1_000)));
    const answer = await this.#get(`${tenant.host}/siem/v1/${stream}?${query}`, headersOf(tenant), asking);
    const read = stream === 'events' ? eventRecord : alertRecord;
    const items = itemsIn(answer).map((item) => this.#item(item, item, read));
    if (part(answer, 'has_more') !== true) return { items };
    const reachedMs = Date.parse(textAt(itemsIn(answer).at(-1), 'created_at') ?? '');
    const cursor = cursorIn(part(answer, 'next_cursor'));
    return { items, cursor, ...(!Number.isNaN(reachedMs) && { reachedMs }) };
  }

  async #endpointPage(tenant: Tenant, start: PageStart, asking: Asking): Promise<Page> {
    const query = new URLSearchParams({ pageSize: String(ENDPOINTS_LIMIT), view: 'full' });
    if ('cursor' in start) query.set('pageFromKey', start.cursor);
    const answer = await this.#get(`${tenant.host}/endpoint/v1/endpoints?${query}`, headersOf(tenant), asking);
    // When it spoke last is no change.
    const items = itemsIn(answer).map((item) => this.#item(item, { ...item, lastSeenAt: 0 }, endpointRecord));
    const next = part(answer, 'pages', 'nextKey');
    return next === undefined || next === null ? { items } : { items, cursor: cursorIn(next) };
  }

  #item(item: Json, hashed: unknown, read: (item: Json, nowIso: string) => Record<string, unknown>): Item {
    const nowIso = isoMillis(this.#clock.now());
    return itemOf(item, textAt(item, 'id'), hashed, () => read(item, nowIso), nowIso);
  }

  async find(tenant: Tenant, host: string, asking: Asking): Promise<readonly Endpoint[]> {
    const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(host);
    const query = new URLSearchParams(isId ? { ids: host } : { search: host, searchFields: 'hostname' });
    query.set('pageSize', '100');
    const answer = await this.#get(`${tenant.host}/endpoint/v1/endpoints?${query}`, headersOf(tenant), asking);
    const wanted = host.toLowerCase();
    const found = itemsIn(answer)
      .map(endpointIn)
      .filter((each) => each !== undefined);
    return found.filter(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted);
  }

  async endpoint(tenant: Tenant, id: string, asking: Asking): Promise<Endpoint> {
    const answer = await this.#get(this.#endpointUrl(tenant, id), headersOf(tenant), asking);
    const endpoint = endpointIn(answer as Json);
    if (endpoint === undefined) throw new CodedError('EDR_ANSWER', 'the cloud does not say which endpoint this is');
    return endpoint;
  }

  /** https://developer.sophos.com/docs/endpoint-v1/1/routes/endpoints/isolation/post: many at once; one is asked for here. */
  async setIsolation(tenant: Tenant, id: string, isOn: boolean, comment: string, asking: Asking): Promise<void> {
    const body = { enabled: isOn, ids: [id], comment: comment.slice(0, COMMENT_MAX) };
    await this.#post(`${tenant.host}/endpoint/v1/endpoints/isolation`, tenant, body, asking);
  }

  async scan(tenant: Tenant, id: string, asking: Asking): Promise<void> {
    await this.#post(`${this.#endpointUrl(tenant, id)}/scans`, tenant, {}, asking);
  }

  #endpointUrl(tenant: Tenant, id: string): string {
    return `${tenant.host}/endpoint/v1/endpoints/${encodeURIComponent(id)}`;
  }

  #get(url: string, headers: Record<string, string>, asking: Asking): Promise<unknown> {
    return this.#session.ask({ method: 'GET', url, headers }, asking);
  }

  #post(url: string, tenant: Tenant, body: object, asking: Asking): Promise<unknown> {
    const headers = { ...headersOf(tenant), 'content-type': 'application/json' };
    return this.#session.ask({ method: 'POST', url, headers, body: JSON.stringify(body) }, asking);
  }
}

const headersOf = (tenant: Tenant): Record<string, string> => ({ 'x-tenant-id': tenant.id });

function itemsIn(answer: unknown): readonly Json[] {
  const items = part(answer, 'items');
  if (!Array.isArray(items)) throw new CodedError('EDR_ANSWER', 'the answer has no list');
  if (items.length > ITEMS_MAX) throw new CodedError('EDR_ANSWER', `the answer has more than ${ITEMS_MAX} entries`);
  return items.filter((item): item is Json => typeof item === 'object' && item !== null && !Array.isArray(item));
}

function endpointIn(item: Json): Endpoint | undefined {
  const id = textAt(item, 'id');
  if (id === undefined || !ID.test(id)) return undefined;
  return { id, name: textAt(item, 'hostname') ?? id, isIsolated: isIsolated(item) };
}

function cursorIn(value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= CURSOR_MAX) return value;
  throw new CodedError('EDR_ANSWER', 'the cloud says that there is more, and not where');
}
