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
  /** A token. */
  readonly isProgram?: boolean;
}

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
    /** May be used before a one-time password was replaced. */
    readonly isForNewcomers?: boolean;
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
    const { roles, isForNewcomers, isForPeople } = request.routeOptions.config;
    if (roles === undefined || roles === 'anyone') return;
    const access = await find(request, deps);
    if (access === undefined) throw new CodedError('AUTH_REQUIRED', 'nobody is signed in');
    if (access.mustChangePassword && isForNewcomers !== true) {
      throw new CodedError('AUTH_PASSWORD_MUST_CHANGE', 'the one-time password is not replaced yet');
    }
    if (!roles.includes(access.role)) throw new CodedError('AUTH_FORBIDDEN', `the role ${access.role} may not do this`);
    if (isForPeople === true && access.isProgram === true)
      throw new CodedError('AUTH_FORBIDDEN', 'a token may not do this');
    request.access = access;
  });
}

async function find(request: FastifyRequest, deps: IdentityDeps): Promise<Access | undefined> {
  if (deps.isLocal(request)) return LOCAL_ADMIN;
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
  const { origin, host } = request.headers;
  if (origin !== undefined && host !== undefined && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new CodedError('AUTH_FORBIDDEN', 'the request does not come from the console');
}

/** The identity of a guarded route. */
export function accessOf(request: FastifyRequest): Access {
  if (request.access === undefined) throw new CodedError('AUTH_REQUIRED', 'nobody is signed in');
  return request.access;
}
