import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One of the two lists of /siem/v1. */
export interface SiemItem {
  readonly id: string;
  /** By which the list is in order, and which from_date is about. */
  readonly createdMs: number;
  /** From then on it is in the list: later than created for what came late. */
  readonly visibleMs?: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface EmulatedEndpoint {
  readonly id: string;
  readonly hostname: string;
  isIsolated: boolean;
  /** An order that the endpoint has not heard of yet. */
  order?: { readonly isOn: boolean; readonly atMs: number };
  scans: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface EmulatedTenant {
  readonly id: string;
  readonly name: string;
  readonly events: SiemItem[];
  readonly alerts: SiemItem[];
  readonly endpoints: EmulatedEndpoint[];
}

/** `lost`: done, and the answer is never sent. `cut`: half of the answer. */
export type Fault = 'lost' | 'cut' | { readonly status: number; readonly retryAfter?: string };

const DAY_MS = 86_400_000;
const BODY_MAX = 1_000_000;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

/**
 * Sophos Central over real HTTP, as its documentation tells it (read through public integrations; the pages are):
 * - tokens, whoami and regions: https://developer.sophos.com/intro, /getting-started, /getting-started-tenant,
 *   /getting-started-organization
 * - events and alerts (limit 200 and at most 1,000, from_date within 24 hours, a cursor that is too old begins with the
 *   last 24 hours): https://developer.sophos.com/docs/siem-v1/1/routes/events/get, .../alerts/get,
 *   https://developer.sophos.com/siem-api-schemas/
 * - endpoints (pageFromKey, pages.nextKey), isolation, scans: https://developer.sophos.com/docs/endpoint-v1/1/routes/endpoints/get,
 *   .../endpoints/isolation/post, .../endpoints/{endpointId}/isolation/patch, .../endpoints/{endpointId}/scans/post
 * - tenants: https://developer.sophos.com/docs/partner-v1/1/routes/tenants/get, .../organization-v1/1/routes/tenants/get
 * - errors and limits: https://developer.sophos.com/intro#responses, #rate-limiting
 */
export class SophosEmulator {
  readonly tenants = new Map<string, EmulatedTenant>();
  kind: 'tenant' | 'partner' | 'organization' = 'partner';
  readonly credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' };
  tokenLifeS = 3_600;
  /** How long an endpoint takes to hear of an order. */
  isolationMs = 200;
  tenantPageSize = 2;
  endpointPageSizeMax = 500;
  /** What a page of a list has at most, below what was asked for. */
  siemPageMax = 1_000;
  /** Asked before each answer. */
  fault: (path: string) => Fault | undefined = () => undefined;
  readonly requests: Array<{ readonly path: string; readonly tenant: string | undefined; readonly atMs: number }> = [];
  readonly #now: () => number;
  readonly #tokens = new Map<string, number>();
  #server: Server | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo | null)?.port ?? 0}`;
  }

  /** @param port 0: any; the same one again stands for a cloud that comes back */
  async start(port = 0): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)));
  }

  addTenant(id: string, name: string, hosts: readonly string[] = []): EmulatedTenant {
    const endpoints = hosts.map((hostname) => ({ id: randomUUID(), hostname, isIsolated: false, scans: 0 }));
    const tenant = { id, name, events: [], alerts: [], endpoints };
    this.tenants.set(id, tenant);
    return tenant;
  }

  /** Ends every token, as a renewed secret does. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const tenant = request.headers['x-tenant-id'];
    this.requests.push({ path: url.pathname, tenant: tenant?.toString(), atMs: this.#now() });
    const body = await bodyOf(request);
    const fault = this.fault(url.pathname);
    const isAnswered = typeof fault !== 'object';
    const answer = isAnswered ? this.#answer(request, url, body) : refusalOf(fault);
    if (fault === 'lost') return void request.socket.destroy();
    const text = JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      ...answer.headers,
    });
    if (fault !== 'cut') return void response.end(text);
    response.write(text.slice(0, Math.floor(text.length / 2)), () => request.socket.destroy());
  }

  #answer(request: IncomingMessage, url: URL, body: string): Answer {
    const { method } = request;
    const path = url.pathname;
    if (method === 'POST' && path === '/api/v2/oauth2/token') return this.#token(new URLSearchParams(body));
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if ((this.#tokens.get(token) ?? 0) <= this.#now()) return failure(401, 'Unauthorized', 'The token is not valid');
    if (path === '/whoami/v1') return this.#whoami();
    if (path === `/${this.kind}/v1/tenants`) return this.#tenants(request, url);
    const tenant = this.tenants.get(String(request.headers['x-tenant-id']));
    if (tenant === undefined) return failure(403, 'Forbidden', 'No access to this tenant');
    if (path === '/siem/v1/events') return this.#siem(tenant.events, url);
    if (path === '/siem/v1/alerts') return this.#siem(tenant.alerts, url);
    if (path.startsWith('/endpoint/v1/endpoints')) return this.#endpoints(tenant, method ?? '', url, body);
    return failure(404, 'NotFound', 'No such resource');
  }

  #token(form: URLSearchParams): Answer {
    const { clientId, clientSecret } = this.credentials;
    const isRight = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    if (form.get('grant_type') !== 'client_credentials' || form.get('scope') !== 'token' || !isRight)
      return {
        status: 401,
        body: { errorCode: 'oauth.invalid_client', message: 'Invalid client', trackingId: randomUUID() },
      };
    const token = randomUUID();
    this.#tokens.set(token, this.#now() + this.tokenLifeS * 1_000);
    const more = { refresh_token: randomUUID(), token_type: 'bearer', message: 'OK', errorCode: 'success' };
    return {
      status: 200,
      body: { access_token: token, ...more, expires_in: this.tokenLifeS, trackingId: randomUUID() },
    };
  }

  #whoami(): Answer {
    const [first] = this.tenants.keys();
    const id = this.kind === 'tenant' ? first : 'holder-0001';
    const region = this.kind === 'tenant' ? { dataRegion: this.url } : {};
    return { status: 200, body: { id, idType: this.kind, apiHosts: { global: this.url, ...region } } };
  }

  #tenants(request: IncomingMessage, url: URL): Answer {
    if (request.headers[`x-${this.kind}-id`] !== 'holder-0001') return failure(403, 'Forbidden', 'Not the holder');
    const all = [...this.tenants.values()];
    const current = Number(url.searchParams.get('page') ?? 1);
    const size = this.tenantPageSize;
    const items = all.slice((current - 1) * size, current * size).map(({ id, name }) => ({
      ...{ id, name, dataRegion: 'jp01', dataGeography: 'JP', apiHost: this.url, status: 'active' },
    }));
    const pages = { current, size, maxSize: 100, total: Math.ceil(all.length / size), items: all.length };
    return { status: 200, body: { items, pages } };
  }

  #siem(list: readonly SiemItem[], url: URL): Answer {
    const now = this.#now();
    const limit = Number(url.searchParams.get('limit') ?? 200);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) return failure(400, 'BadRequest', 'Invalid limit');
    const cursor = url.searchParams.get('cursor');
    const from = url.searchParams.get('from_date');
    if (cursor === null && from !== null && Number(from) * 1_000 < now - DAY_MS)
      return failure(400, 'BadRequest', 'from_date must be within the last 24 hours');
    let after: readonly [number, string] = [from === null ? now - DAY_MS : Number(from) * 1_000, ''];
    if (cursor !== null) {
      const place = placeIn(cursor);
      if (place === undefined) return failure(400, 'BadRequest', 'Invalid cursor');
      after = place[0] < now - DAY_MS ? [now - DAY_MS, ''] : place;
    }
    const isBehind = ({ createdMs, id }: SiemItem): boolean =>
      createdMs > after[0] || (createdMs === after[0] && id > after[1]);
    const visible = list.filter((item) => (item.visibleMs ?? item.createdMs) <= now && isBehind(item));
    visible.sort((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1));
    const items = visible.slice(0, Math.min(limit, this.siemPageMax));
    const last = items.at(-1);
    const next = last === undefined ? after : ([last.createdMs, last.id] as const);
    const next_cursor = Buffer.from(JSON.stringify(next)).toString('base64');
    return {
      status: 200,
      body: { items: items.map(({ body }) => body), has_more: visible.length > items.length, next_cursor },
    };
  }

  #endpoints({ endpoints }: EmulatedTenant, method: string, url: URL, body: string): Answer {
    const [id, what] = url.pathname.split('/').slice(4);
    if (id === undefined) return this.#endpointPage(endpoints, url);
    if (id === 'isolation' && method === 'POST') return this.#isolate(endpoints, JSON.parse(body));
    const endpoint = endpoints.find((each) => each.id === id);
    if (endpoint === undefined) return failure(404, 'NotFound', 'No such endpoint');
    if (what === 'scans' && method === 'POST') {
      endpoint.scans += 1;
      return {
        status: 201,
        body: { id: randomUUID(), status: 'requested', requestedAt: new Date(this.#now()).toISOString() },
      };
    }
    if (what === 'isolation') return { status: 200, body: { enabled: endpoint.order?.isOn ?? endpoint.isIsolated } };
    return { status: 200, body: this.#endpointBody(endpoint) };
  }

  #endpointPage(endpoints: readonly EmulatedEndpoint[], url: URL): Answer {
    const { searchParams } = url;
    const [ids, search] = [searchParams.get('ids')?.split(','), searchParams.get('search')?.toLowerCase()];
    const size = Math.min(Number(searchParams.get('pageSize') ?? 50), this.endpointPageSizeMax);
    const all = endpoints
      .filter(
        ({ id, hostname }) => ids?.includes(id) ?? (search === undefined || hostname.toLowerCase().includes(search)),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const key = searchParams.get('pageFromKey');
    const rest = key === null ? all : all.filter(({ id }) => id > key);
    const items = rest.slice(0, size);
    const nextKey = rest.length > items.length ? items.at(-1)?.id : undefined;
    const pages = {
      ...(key !== null && { fromKey: key }),
      ...(nextKey !== undefined && { nextKey }),
      size,
      maxSize: 500,
    };
    return { status: 200, body: { items: items.map((each) => this.#endpointBody(each)), pages } };
  }

  #isolate(
    endpoints: readonly EmulatedEndpoint[],
    asked: { enabled?: unknown; ids?: unknown; comment?: unknown },
  ): Answer {
    const { enabled, ids } = asked;
    if (typeof enabled !== 'boolean' || !Array.isArray(ids) || ids.length < 1 || ids.length > 50)
      return failure(400, 'BadRequest', 'enabled and 1 to 50 ids are needed');
    const found = endpoints.filter(({ id }) => ids.includes(id));
    if (found.length !== ids.length) return failure(404, 'NotFound', 'No such endpoint');
    for (const endpoint of found) endpoint.order = { isOn: enabled, atMs: this.#now() };
    return { status: 202, body: { items: found.map(({ id }) => ({ id, isolation: { enabled } })) } };
  }

  #endpointBody(endpoint: EmulatedEndpoint): Record<string, unknown> {
    const { order } = endpoint;
    if (order !== undefined && this.#now() - order.atMs >= this.isolationMs) {
      endpoint.isIsolated = order.isOn;
      delete endpoint.order;
    }
    const { id, hostname, isIsolated, more } = endpoint;
    return {
      ...{
        id,
        hostname,
        type: 'computer',
        tamperProtectionEnabled: true,
        lastSeenAt: new Date(this.#now()).toISOString(),
      },
      health: { overall: 'good', threats: { status: 'good' }, services: { status: 'good' } },
      os: {
        isServer: false,
        platform: 'windows',
        name: 'Windows 11 Pro',
        majorVersion: 10,
        minorVersion: 0,
        build: 22631,
      },
      ...{ ipv4Addresses: ['192.168.10.21'], macAddresses: ['00:0C:29:AA:BB:CC'] },
      assignedProducts: [{ code: 'interceptX', version: '2024.3', status: 'installed' }],
      isolation: { status: isIsolated ? 'isolated' : 'notIsolated', adminIsolated: isIsolated, selfIsolated: false },
      ...more,
    };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= BODY_MAX) parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function refusalOf({ status, retryAfter }: Exclude<Fault, string>): Answer {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { ...failure(status, status === 429 ? 'TooManyRequests' : 'Error', 'As asked for'), headers };
}

function failure(status: number, error: string, message: string): Answer {
  const more = { correlationId: randomUUID(), requestId: randomUUID(), createdAt: new Date().toISOString() };
  return { status, body: { error, message, code: error, ...more, docUrl: 'https://developer.sophos.com' } };
}

function placeIn(cursor: string): readonly [number, string] | undefined {
  try {
    const [ms, id] = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8')) as [unknown, unknown];
    return typeof ms === 'number' && typeof id === 'string' ? [ms, id] : undefined;
  } catch {
    return undefined;
  }
}

/** A malware event as the cloud tells it. */
export function siemEvent(id: string, createdMs: number, more: Readonly<Record<string, unknown>> = {}): SiemItem {
  const at = new Date(createdMs).toISOString();
  const body = {
    ...{
      id,
      created_at: at,
      when: at,
      type: 'Event::Endpoint::Threat::Detected',
      severity: 'medium',
      group: 'MALWARE',
    },
    ...{ name: "Malware detected: 'EICAR-AV-Test' at 'C:\\Users\\sato\\eicar.com'", threat: 'EICAR-AV-Test' },
    ...{ source: 'IWATE\\sato', location: 'PC-01', endpoint_id: 'endpoint-1', endpoint_type: 'computer' },
    ...{ source_info: { ip: '192.168.10.21' }, user_id: 'user-1', customer_id: 'customer-1', ...more },
  };
  return { id, createdMs, body };
}

/** Of the other list: something that a person should look at. */
export function siemAlert(id: string, createdMs: number, more: Readonly<Record<string, unknown>> = {}): SiemItem {
  const at = new Date(createdMs).toISOString();
  const body = {
    ...{
      id,
      created_at: at,
      when: at,
      type: 'Event::Endpoint::Threat::NotCleaned',
      severity: 'high',
      location: 'PC-01',
    },
    ...{ description: "Manual cleanup required: 'EICAR-AV-Test'", threat: 'EICAR-AV-Test', threat_cleanable: false },
    ...{ source: 'sato', customer_id: 'customer-1', event_service_event_id: id },
    data: { endpoint_id: 'endpoint-1', endpoint_type: 'computer', endpoint_platform: 'windows', created_at: createdMs },
    ...more,
  };
  return { id, createdMs, body };
}
