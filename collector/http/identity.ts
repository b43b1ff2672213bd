import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ROLES, type Role } from '../../protocol/api/session.js';
import { CodedError } from '../../protocol/base/errors.js';

export const COOKIE = 'hinomi_session';

/** Who asks. */
export interface Access {
  readonly who: string;
  readonly role: Role;
  readonly companies: readonly string[] | undefined;
  readonly mustChangePassword: boolean;
  /** The second step is not done. */
  readonly awaitsCode?: boolean;
  readonly mustSetUpTotp?: boolean;
  /** When a code of the second step was given last in this session: what is grave asks that it was minutes ago. */
  readonly totpAtMs?: number;
  /** A token. */
  readonly isProgram?: boolean;
  /** Where the request came from; none over the local socket. */
  readonly address?: string;
}

/** What has to be done before anything else, in this order. */
export type Stage = 'code' | 'password' | 'set-up';
const STAGE_ERRORS = {
  code: ['AUTH_CODE_REQUIRED', 'the code of the second step is not given yet'],
  password: ['AUTH_PASSWORD_MUST_CHANGE', 'the one-time password is not replaced yet'],
  'set-up': ['AUTH_TOTP_MUST_SET_UP', 'the second step is not set up yet'],
} as const;

/** Whoever can open the socket in the data folder is an administrator already. */
const LOCAL_ADMIN: Access = {
  who: 'local administrator',
  role: 'admin',
  companies: undefined,
  mustChangePassword: false,
};

declare module 'fastify' {
  interface FastifyRequest {
    access: Access | undefined;
  }
  interface FastifyContextConfig {
    /** Who may use the route. Every route of the API must say so. */
    readonly roles?: readonly Role[] | 'anyone';
    /** What a program may not do, whatever its token's role. */
    readonly isForPeople?: boolean;
    /** May be used before these are done. */
    readonly isFor?: readonly Stage[];
    /** For what tells nothing of companies: looks are not in the audit log. */
    readonly isUnaudited?: boolean;
  }
}

export const EVERYBODY: readonly Role[] = ROLES;
export const STAFF: readonly Role[] = ['admin', 'soc', 'support'];
export const ADMIN: readonly Role[] = ['admin'];

export interface IdentityDeps {
  bySession(cookie: string): Promise<Access | undefined>;
  byToken(token: string): Promise<Access | undefined>;
  /** Whether the request came over the local socket. */
  isLocal(request: FastifyRequest): boolean;
}

/** Finds out who asks, and refuses before a route's own code runs. A route without `roles` does not start. */
export function guardRoutes(app: FastifyInstance, deps: IdentityDeps): void {
  app.decorateRequest('access', undefined);
  app.addHook('onRoute', (route) => {
    if (route.method === 'HEAD' || !route.url.startsWith('/api/v1')) return;
    if (route.config?.roles === undefined) throw new Error(`${route.method} ${route.url} does not say who may use it`);
  });
  app.addHook('onRequest', async (request) => {
    const { roles, isFor = [], isForPeople } = request.routeOptions.config;
    if (roles === undefined || roles === 'anyone') return;
    const access = await find(request, deps);
    if (access === undefined) throw new CodedError('AUTH_REQUIRED', 'nobody is signed in');
    const stage = stageOf(access);
    if (stage !== undefined && !isFor.includes(stage)) {
      const [code, message] = STAGE_ERRORS[stage];
      throw new CodedError(code, message);
    }
    if (!roles.includes(access.role)) throw new CodedError('AUTH_FORBIDDEN', `the role ${access.role} may not do this`);
    if (isForPeople === true && access.isProgram === true)
      throw new CodedError('AUTH_FORBIDDEN', 'a token may not do this');
    request.access = access;
  });
}

function stageOf(access: Access): Stage | undefined {
  if (access.awaitsCode === true) return 'code';
  if (access.mustChangePassword) return 'password';
  return access.mustSetUpTotp === true ? 'set-up' : undefined;
}

async function find(request: FastifyRequest, deps: IdentityDeps): Promise<Access | undefined> {
  // A copy: each request has an access of its own.
  if (deps.isLocal(request)) return { ...LOCAL_ADMIN };
  const access = await fromOutside(request, deps);
  return access && { ...access, address: request.ip };
}

async function fromOutside(request: FastifyRequest, deps: IdentityDeps): Promise<Access | undefined> {
  const bearer = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return deps.byToken(bearer);
  const cookie = request.cookies[COOKIE];
  if (cookie === undefined || cookie.length > 200) return undefined;
  refuseForeignOrigin(request);
  return deps.bySession(cookie);
}

/** A cookie travels with requests that other sites cause; those that change something must come from our own page. */
function refuseForeignOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin } = request.headers;
  // Behind a proxy that we trust, the name by which it was asked.
  const { host } = request;
  if (origin !== undefined && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new CodedError('AUTH_FORBIDDEN', 'the request does not come from the console');
}

/** The cookie of a guarded route that is for people. */
export function cookieOf(request: FastifyRequest): string {
  const cookie = request.cookies[COOKIE];
  if (cookie === undefined || request.access === undefined)
    throw new CodedError('AUTH_FORBIDDEN', 'only somebody who has signed in can do this');
  return cookie;
}

/** The identity of a guarded route. */
export function accessOf(request: FastifyRequest): Access {
  if (request.access === undefined) throw new CodedError('AUTH_REQUIRED', 'nobody is signed in');
  return request.access;
}
