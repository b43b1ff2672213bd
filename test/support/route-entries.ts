import { ROLES, type Role } from '../../protocol/api/session.js';

/** What a request carries beside its method. */
export interface Carried {
  /** Values of the `:names` in the address. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Who may use a route, and what a good request of company `one` carries. */
export interface RouteEntry extends Carried {
  /** `anyone`: without signing in. */
  readonly roles: readonly Role[] | 'anyone';
  /** A token may not use it, whatever its role. */
  readonly isForPeople?: true;
  /** Only over the socket in the data folder: over the network its roles are told so. */
  readonly isLocal?: true;
  /** May be used by whoever has not given the code yet, has a one-time password still, or must set up a second step. */
  readonly isFor?: ReadonlyArray<'code' | 'password' | 'set-up'>;
  /** By what a look is found in the audit log; null: it tells nothing of companies. Default: by the address. */
  readonly look?: string | null;
  /**
   * Where the role `company` may use it and a request names something (`:id`, a query, a body): the same request about
   * what belongs to the company `zweite`. It has to be answered as if there were no such thing.
   */
  readonly foreign?: readonly Carried[];
}

/** Of the company `one`, which the role `company` belongs to here. */
export const OURS = { company: 'one', site: 'site-one' };
/** Of the other company. Its texts all have this word, so that an answer that leaks one is found. */
export const FOREIGN_WORD = /zweite/i;
export const FOREIGN = { company: 'zweite', site: 'zweite-site' };
/** In the place of ids of the other company: the answer must be the same. */
export const NOWHERE = { company: 'nowhere', site: 'nowhere-site' };

const LETTER = '2026-11-25T00:00:00.000Z-000001-nobody';
const ANYONE = 'anyone';
const EVERYBODY: readonly Role[] = ROLES;
const STAFF: readonly Role[] = ['admin', 'soc', 'support'];
const ADMIN: readonly Role[] = ['admin'];
const PERSON = { roles: EVERYBODY, isForPeople: true } as const;
const ANY_STAGE = ['code', 'password', 'set-up'] as const;
const password = { current: 'x', next: 'correct horse battery' };

/**
 * `METHOD /address/:id` as the server declares it. test/routes.test.ts tries each with every role, nobody, newcomers and
 * the other company's ids; a route without an entry here fails there.
 */
export const ROUTE_ENTRIES: Readonly<Record<string, RouteEntry>> = {
  'POST /api/v1/session': { roles: ANYONE, body: { name: 'x', password: 'y' } },
  'GET /api/v1/session': { roles: EVERYBODY, isFor: ANY_STAGE, look: null },
  'DELETE /api/v1/session': { roles: EVERYBODY, isFor: ANY_STAGE },
  'POST /api/v1/session/password': { ...PERSON, isFor: ['password', 'set-up'], body: password },
  'POST /api/v1/session/totp': { ...PERSON, isFor: ['code'], body: { code: '000000' } },
  'POST /api/v1/session/totp/set-up': { ...PERSON, isFor: ['set-up'], body: {} },
  'POST /api/v1/session/totp/confirm': { ...PERSON, isFor: ['set-up'], body: { code: '000000' } },
  'POST /api/v1/session/totp/remove': { ...PERSON, body: { code: '000000' } },
  'POST /api/v1/session/totp/recovery-codes': { ...PERSON, body: { code: '000000' } },

  'GET /api/v1/backup': { roles: ADMIN, look: null },
  'POST /api/v1/backup': { roles: ADMIN, isLocal: true, body: { folder: '/proc/nowhere' } },

  'GET /api/v1/users': { roles: ADMIN },
  'POST /api/v1/users': { roles: ADMIN, body: { name: 'someone', role: 'soc' } },
  'PATCH /api/v1/users/:name': { roles: ADMIN, params: { name: 'someone' }, body: { isDisabled: false } },
  'DELETE /api/v1/users/:name': { roles: ADMIN, params: { name: 'nobody here' } },
  'POST /api/v1/users/:name/reset': { roles: ADMIN, params: { name: 'someone' } },
  'POST /api/v1/users/:name/reset-totp': { roles: ADMIN, params: { name: 'someone' } },
  'GET /api/v1/tokens': { roles: ADMIN },
  'POST /api/v1/tokens': { roles: ADMIN, isForPeople: true, body: { name: 't', role: 'soc', expiresInDays: 1 } },
  'DELETE /api/v1/tokens/:id': { roles: ADMIN, params: { id: '000000000000' } },

  'GET /api/v1/audit': { roles: ADMIN, query: { text: 'site' } },

  'GET /api/v1/companies': { roles: EVERYBODY },
  'POST /api/v1/companies': { roles: ADMIN, body: { name: 'Three', id: 'three' } },
  'PATCH /api/v1/companies/:id': { roles: ADMIN, params: { id: OURS.company }, body: { name: 'One' } },
  'DELETE /api/v1/companies/:id': { roles: ADMIN, params: { id: NOWHERE.company } },
  'GET /api/v1/sites': { roles: EVERYBODY },
  'POST /api/v1/sites': { roles: ADMIN, body: { name: 'Three', id: 'site-three', company: OURS.company } },
  'PATCH /api/v1/sites/:id': { roles: ADMIN, params: { id: OURS.site }, body: { provider: 'x' } },
  'DELETE /api/v1/sites/:id': { roles: ADMIN, params: { id: NOWHERE.site } },
  'POST /api/v1/sites/:id/enrolment-codes': { roles: ADMIN, params: { id: OURS.site } },
  'GET /api/v1/agents': { roles: EVERYBODY },
  'POST /api/v1/agents/:id/revoke': { roles: ADMIN, params: { id: 'a-nobody' } },
  'POST /api/v1/enrol': { roles: ANYONE, body: { code: 'AAAA-BBBB-CCCC', csr: 'x' } },
  'GET /api/v1/dead-letters': { roles: STAFF },
  'DELETE /api/v1/dead-letters': { roles: ['admin', 'soc'], query: { agent: 'nobody' } },
  'GET /api/v1/dead-letters/:id': { roles: STAFF, params: { id: LETTER } },
  'DELETE /api/v1/dead-letters/:id': { roles: ['admin', 'soc'], params: { id: LETTER } },

  'GET /api/v1/sites/:id/commands': {
    roles: EVERYBODY,
    params: { id: OURS.site },
    foreign: [{ params: { id: FOREIGN.site } }],
  },
  'POST /api/v1/sites/:id/commands': {
    roles: ['admin', 'support'],
    params: { id: OURS.site },
    body: { name: 'rescan' },
  },
  'GET /api/v1/sites/:id/commands/:command': {
    roles: EVERYBODY,
    params: { id: OURS.site, command: 'c0' },
    foreign: [{ params: { id: FOREIGN.site, command: 'c0' } }],
  },
  'GET /api/v1/sites/:id/commands/:command/result': {
    roles: EVERYBODY,
    params: { id: OURS.site, command: 'c0' },
    foreign: [{ params: { id: FOREIGN.site, command: 'c0' } }],
  },
  'GET /api/v1/settings': { roles: EVERYBODY, look: null },
  'GET /api/v1/sites/:id/sources': {
    roles: EVERYBODY,
    params: { id: OURS.site },
    foreign: [{ params: { id: FOREIGN.site } }],
  },
  'GET /api/v1/sites/:id/config': {
    roles: EVERYBODY,
    params: { id: OURS.site },
    foreign: [{ params: { id: FOREIGN.site } }],
  },
  'GET /api/v1/sites/:id/config/history': {
    roles: EVERYBODY,
    params: { id: OURS.site },
    foreign: [{ params: { id: FOREIGN.site } }],
  },
  'PUT /api/v1/sites/:id/config': {
    roles: ADMIN,
    params: { id: OURS.site },
    body: { settings: { logLevel: 'info' } },
  },

  'GET /api/v1/connectors': { roles: ADMIN },
  'POST /api/v1/connectors': {
    roles: ADMIN,
    body: { id: 'none', name: 'x', vendor: 'sophos', clientId: 'x', clientSecret: 'y', company: NOWHERE.company },
  },
  'PATCH /api/v1/connectors/:id': { roles: ADMIN, params: { id: 'nowhere' }, body: { isPaused: true } },
  'DELETE /api/v1/connectors/:id': { roles: ADMIN, params: { id: 'nowhere' } },
  'POST /api/v1/connectors/:id/test': { roles: ADMIN, params: { id: 'nowhere' } },
  'GET /api/v1/edr-jobs': { roles: STAFF },
  'POST /api/v1/edr-jobs': {
    roles: STAFF,
    body: { kind: 'isolate', company: OURS.company, host: 'PC-1', reason: 'test' },
  },
  'GET /api/v1/edr-jobs/:id': { roles: STAFF, params: { id: 'nowhere' } },
  'POST /api/v1/edr-jobs/:id/release': { roles: STAFF, params: { id: 'nowhere' }, body: { reason: 'test' } },

  'GET /api/v1/events': {
    roles: EVERYBODY,
    query: { q: 'event.dataset:*' },
    look: 'events',
    foreign: [
      { query: { q: `hinomi.company:${FOREIGN.company}` } },
      { query: { q: `hinomi.site:${FOREIGN.site}` } },
      { query: { q: 'NOT hinomi.company:one' } },
    ],
  },
  'GET /api/v1/fields': { roles: EVERYBODY, look: null },

  'GET /healthz': { roles: ANYONE },
  // From this machine or with a token of any role; its own test is in collector/http/server.test.ts.
  'GET /metrics': { roles: ANYONE },
};

/** Served to anyone, whatever is below them: the description of the API, and the console's files, which hold no data. */
export const PUBLIC_ADDRESSES: readonly RegExp[] = [/^\/api\/docs(\/|$)/, /^\/\*?$/];
