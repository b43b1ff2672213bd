import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import {
  ChangePassword,
  CreatedToken,
  Me,
  NewToken,
  NewUser,
  OneTimePassword,
  type Role,
  SignIn,
  TokenList,
  UserList,
} from '../../../protocol/api/session.js';
import { ADMIN, accessOf, COOKIE, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';

export interface UsersPort {
  signIn(name: string, password: string, address: string): Promise<{ cookie: string; me: Me }>;
  signOut(cookie: string): Promise<void>;
  changePassword(name: string, current: string, next: string, address: string): Promise<{ cookie: string; me: Me }>;
  me(name: string): Promise<Me | undefined>;
  add(name: string, role: Role, company?: string): Promise<OneTimePassword>;
  reset(name: string): Promise<OneTimePassword>;
  list(): Promise<UserList['users']>;
  addToken(request: NewToken, owner: string): Promise<CreatedToken>;
  listTokens(): Promise<TokenList>;
  revokeToken(id: string): Promise<void>;
}

const Empty = Type.Object({});
const IdParam = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{12}$' }) });
const NameParam = Type.Object({ name: Type.String({ minLength: 1, maxLength: 120 }) });

/** People and programs: sign in and out, passwords, users, tokens. */
export const sessionRoutes: Routes<{ users: UsersPort }> = (app, { users, audit }) => {
  const setCookie = (reply: FastifyReply, cookie: string, isSecure: boolean): void => {
    reply.setCookie(COOKIE, cookie, { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure });
  };

  app.post(
    '/session',
    {
      schema: { tags: ['session'], body: SignIn, response: { 200: Me } },
      config: { roles: 'anyone', rateLimit: { max: 30, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const { cookie, me } = await users.signIn(request.body.name, request.body.password, request.ip);
      setCookie(reply, cookie, request.protocol === 'https');
      return me;
    },
  );

  app.get(
    '/session',
    { schema: { tags: ['session'], response: { 200: Me } }, config: { roles: EVERYBODY, isForNewcomers: true } },
    async (request) => {
      const access = accessOf(request);
      const company = access.companies?.[0];
      const { who: name, role, mustChangePassword } = access;
      return (
        (await users.me(name)) ?? { name, role, mustChangePassword, ...(company === undefined ? {} : { company }) }
      );
    },
  );

  app.delete(
    '/session',
    { schema: { tags: ['session'], response: { 200: Empty } }, config: { roles: EVERYBODY, isForNewcomers: true } },
    async (request, reply) => {
      const cookie = request.cookies[COOKIE];
      if (cookie !== undefined) await users.signOut(cookie);
      reply.clearCookie(COOKIE, { path: '/' });
      return {};
    },
  );

  app.post(
    '/session/password',
    {
      schema: { tags: ['session'], body: ChangePassword, response: { 200: Me } },
      config: { roles: EVERYBODY, isForPeople: true, isForNewcomers: true, rateLimit: { max: 10, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const { cookie, me } = await users.changePassword(
        access.who,
        request.body.current,
        request.body.next,
        request.ip,
      );
      await audit.change(access, 'password changed');
      setCookie(reply, cookie, request.protocol === 'https');
      return me;
    },
  );

  app.get(
    '/users',
    { schema: { tags: ['users'], response: { 200: UserList } }, config: { roles: ADMIN } },
    async () => ({
      users: await users.list(),
    }),
  );

  app.post(
    '/users',
    { schema: { tags: ['users'], body: NewUser, response: { 200: OneTimePassword } }, config: { roles: ADMIN } },
    async (request) => {
      const { name, role, company } = request.body;
      const made = await users.add(name, role, company);
      await audit.change(accessOf(request), 'user added', { detail: `${name} (${role})` });
      return made;
    },
  );

  app.post(
    '/users/:name/reset',
    { schema: { tags: ['users'], params: NameParam, response: { 200: OneTimePassword } }, config: { roles: ADMIN } },
    async (request) => {
      const made = await users.reset(request.params.name);
      await audit.change(accessOf(request), 'password reset', { detail: request.params.name });
      return made;
    },
  );

  app.get('/tokens', { schema: { tags: ['users'], response: { 200: TokenList } }, config: { roles: ADMIN } }, () =>
    users.listTokens(),
  );

  app.post(
    '/tokens',
    {
      schema: { tags: ['users'], body: NewToken, response: { 200: CreatedToken } },
      config: { roles: ADMIN, isForPeople: true },
    },
    async (request) => {
      const access = accessOf(request);
      const token = await users.addToken(request.body, access.who);
      await audit.change(access, 'token added', { detail: `${token.id} (${request.body.role})` });
      return token;
    },
  );

  app.delete(
    '/tokens/:id',
    { schema: { tags: ['users'], params: IdParam, response: { 200: Empty } }, config: { roles: ADMIN } },
    async (request) => {
      await users.revokeToken(request.params.id);
      await audit.change(accessOf(request), 'token revoked', { detail: request.params.id });
      return {};
    },
  );
};
