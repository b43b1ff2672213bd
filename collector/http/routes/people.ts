import { Type } from 'typebox';
import {
  CreatedToken,
  NewToken,
  NewUser,
  OneTimePassword,
  type Role,
  TokenList,
  UserChange,
  UserList,
  UserView,
} from '../../../protocol/api/session.js';
import { CodedError } from '../../../protocol/base/errors.js';
import { type Access, ADMIN, accessOf } from '../identity.js';
import type { Routes } from '../types.js';

export interface PeoplePort {
  add(name: string, role: Role, company?: string): Promise<OneTimePassword>;
  reset(name: string): Promise<OneTimePassword>;
  resetTotp(name: string): Promise<void>;
  change(name: string, change: UserChange): Promise<UserView>;
  remove(name: string): Promise<{ tokensRevoked: number }>;
  list(): Promise<UserView[]>;
  addToken(request: NewToken, owner: string): Promise<CreatedToken>;
  listTokens(): Promise<TokenList>;
  revokeToken(id: string): Promise<void>;
}

const Empty = Type.Object({});
const TokenParam = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{12}$' }) });
const NameParam = Type.Object({ name: Type.String({ minLength: 1, maxLength: 120 }) });
const Removed = Type.Object({ tokensRevoked: Type.Integer() });

/** People and programs, for administrators. */
export const peopleRoutes: Routes<{ users: PeoplePort }> = (app, { users, audit }) => {
  app.get(
    '/users',
    { schema: { tags: ['users'], response: { 200: UserList } }, config: { roles: ADMIN } },
    async () => ({ users: await users.list() }),
  );

  app.post(
    '/users',
    { schema: { tags: ['users'], body: NewUser, response: { 200: OneTimePassword } }, config: { roles: ADMIN } },
    async (request) => {
      const { name, role, company } = request.body;
      const made = await users.add(name, role, company);
      const facts = company === undefined ? {} : { company };
      await audit.change(accessOf(request), 'user added', { detail: `${name} (${role})`, ...facts });
      return made;
    },
  );

  app.patch(
    '/users/:name',
    {
      schema: { tags: ['users'], params: NameParam, body: UserChange, response: { 200: UserView } },
      config: { roles: ADMIN },
    },
    async (request) => {
      const { name } = request.params;
      refuseOneself(accessOf(request), name);
      const changed = await users.change(name, request.body);
      await audit.change(accessOf(request), 'user changed', { detail: `${name}: ${JSON.stringify(request.body)}` });
      return changed;
    },
  );

  app.delete(
    '/users/:name',
    { schema: { tags: ['users'], params: NameParam, response: { 200: Removed } }, config: { roles: ADMIN } },
    async (request) => {
      const { name } = request.params;
      refuseOneself(accessOf(request), name);
      const removed = await users.remove(name);
      await audit.change(accessOf(request), 'user removed', { detail: `${name}, ${removed.tokensRevoked} tokens` });
      return removed;
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

  app.post(
    '/users/:name/reset-totp',
    { schema: { tags: ['users'], params: NameParam, response: { 200: Empty } }, config: { roles: ADMIN } },
    async (request) => {
      await users.resetTotp(request.params.name);
      await audit.change(accessOf(request), 'second step reset', { detail: request.params.name });
      return {};
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
      const { role, company } = request.body;
      const token = await users.addToken(request.body, access.who);
      const facts = company === undefined ? {} : { company };
      await audit.change(access, 'token added', { detail: `${token.id} (${role})`, ...facts });
      return token;
    },
  );

  app.delete(
    '/tokens/:id',
    { schema: { tags: ['users'], params: TokenParam, response: { 200: Empty } }, config: { roles: ADMIN } },
    async (request) => {
      await users.revokeToken(request.params.id);
      await audit.change(accessOf(request), 'token revoked', { detail: request.params.id });
      return {};
    },
  );
};

/** So that nobody is left outside by a slip; another administrator can. @throws AUTH_FORBIDDEN */
function refuseOneself({ who }: Access, name: string): void {
  if (who === name) throw new CodedError('AUTH_FORBIDDEN', 'another administrator has to do this to you');
}
