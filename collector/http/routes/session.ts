import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ChangePassword, Me, SignIn } from '../../../protocol/api/session.js';
import { hasCode } from '../../../protocol/base/errors.js';
import { accessOf, COOKIE, cookieOf, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';

export interface SessionPort {
  signIn(name: string, password: string, address: string): Promise<{ cookie: string; me: Me }>;
  signOut(cookie: string): Promise<void>;
  changePassword(
    name: string,
    current: string,
    next: string,
    address: string,
    totpAtMs?: number,
  ): Promise<{ cookie: string; me: Me }>;
  me(cookie: string): Promise<Me>;
}

const Empty = Type.Object({});

/** The cookie is out of reach of scripts and other sites; over TLS it is never sent in plain. */
export function setCookie(request: FastifyRequest, reply: FastifyReply, cookie: string): void {
  const secure = request.protocol === 'https';
  reply.setCookie(COOKIE, cookie, { path: '/', httpOnly: true, sameSite: 'strict', secure });
}

/** Signing in and out, and the password. */
export const sessionRoutes: Routes<{ users: SessionPort }> = (app, { users, audit }) => {
  app.post(
    '/session',
    {
      schema: { tags: ['session'], body: SignIn, response: { 200: Me } },
      config: { roles: 'anyone', rateLimit: { max: 30, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      const { cookie, me } = await users.signIn(name, password, request.ip).catch(async (error: unknown) => {
        if (hasCode(error, 'AUTH_FAILED')) await audit.refusal(name, 'sign-in refused', request.ip);
        throw error;
      });
      const what = me.awaitsCode === true ? 'password given, code awaited' : 'signed in';
      await audit.note(me.name, what, me.company === undefined ? {} : { company: me.company }, request.ip);
      setCookie(request, reply, cookie);
      return me;
    },
  );

  app.get(
    '/session',
    {
      schema: { tags: ['session'], response: { 200: Me } },
      config: { roles: EVERYBODY, isFor: ['code', 'password', 'set-up'], isUnaudited: true },
    },
    async (request) => {
      const { who: name, role, mustChangePassword, companies, isProgram } = accessOf(request);
      const cookie = isProgram === true ? undefined : request.cookies[COOKIE];
      if (cookie !== undefined) return users.me(cookie);
      const company = companies?.[0];
      return { name, role, mustChangePassword, ...(company === undefined ? {} : { company }) };
    },
  );

  app.delete(
    '/session',
    {
      schema: { tags: ['session'], response: { 200: Empty } },
      config: { roles: EVERYBODY, isFor: ['code', 'password', 'set-up'] },
    },
    async (request, reply) => {
      const cookie = request.cookies[COOKIE];
      if (cookie !== undefined) await users.signOut(cookie);
      await audit.change(accessOf(request), 'signed out');
      reply.clearCookie(COOKIE, { path: '/' });
      return {};
    },
  );

  app.post(
    '/session/password',
    {
      schema: { tags: ['session'], body: ChangePassword, response: { 200: Me } },
      config: {
        ...{ roles: EVERYBODY, isForPeople: true, isFor: ['password', 'set-up'] },
        rateLimit: { max: 10, timeWindow: 60_000 },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const { current, next } = request.body;
      cookieOf(request);
      const changed = await users.changePassword(access.who, current, next, request.ip, access.totpAtMs);
      await audit.change(access, 'password changed');
      setCookie(request, reply, changed.cookie);
      return changed.me;
    },
  );
};
