import { Me } from '../../../protocol/api/session.js';
import { CodeGiven, RecoveryCodes, TotpConfirmed, TotpSecret, TotpSetUp } from '../../../protocol/api/totp.js';
import { hasCode } from '../../../protocol/base/errors.js';
import { type Access, accessOf, cookieOf, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';
import { setCookie } from './session.js';

export interface TotpPort {
  giveCode(cookie: string, code: string): Promise<{ cookie: string; me: Me }>;
  setUpTotp(cookie: string, request: TotpSetUp, address: string): Promise<TotpSecret>;
  confirmTotp(cookie: string, code: string): Promise<TotpConfirmed & { cookie: string }>;
  removeTotp(cookie: string, code: string): Promise<Me>;
  renewRecoveryCodes(cookie: string, code: string): Promise<RecoveryCodes>;
}

const rateLimit = { max: 20, timeWindow: 60_000 };
const PERSON = { roles: EVERYBODY, isForPeople: true, rateLimit };

/** The second step of signing in: a code beside the password. */
export const totpRoutes: Routes<{ users: TotpPort }> = (app, { users, audit }) => {
  /** A wrong code with the right password is worth knowing. */
  const told = async <T>(access: Access, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (hasCode(error, 'AUTH_CODE_WRONG')) await audit.refusal(access.who, 'wrong code', access.address ?? '');
      throw error;
    }
  };

  app.post(
    '/session/totp',
    {
      schema: { tags: ['session'], body: CodeGiven, response: { 200: Me } },
      config: { ...PERSON, isFor: ['code'] },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const { cookie, me } = await told(access, users.giveCode(cookieOf(request), request.body.code));
      await audit.change(access, access.awaitsCode === true ? 'signed in' : 'code given');
      setCookie(request, reply, cookie);
      return me;
    },
  );

  app.post(
    '/session/totp/set-up',
    {
      schema: { tags: ['session'], body: TotpSetUp, response: { 200: TotpSecret } },
      config: { ...PERSON, isFor: ['set-up'] },
    },
    async (request) => {
      const access = accessOf(request);
      const offered = await told(access, users.setUpTotp(cookieOf(request), request.body, request.ip));
      await audit.change(access, 'second step offered');
      return offered;
    },
  );

  app.post(
    '/session/totp/confirm',
    {
      schema: { tags: ['session'], body: CodeGiven, response: { 200: TotpConfirmed } },
      config: { ...PERSON, isFor: ['set-up'] },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const { cookie, ...confirmed } = await told(access, users.confirmTotp(cookieOf(request), request.body.code));
      await audit.change(access, 'second step set up');
      setCookie(request, reply, cookie);
      return confirmed;
    },
  );

  app.post(
    '/session/totp/remove',
    { schema: { tags: ['session'], body: CodeGiven, response: { 200: Me } }, config: PERSON },
    async (request) => {
      const access = accessOf(request);
      const me = await told(access, users.removeTotp(cookieOf(request), request.body.code));
      await audit.change(access, 'second step removed');
      return me;
    },
  );

  app.post(
    '/session/totp/recovery-codes',
    { schema: { tags: ['session'], body: CodeGiven, response: { 200: RecoveryCodes } }, config: PERSON },
    async (request) => {
      const access = accessOf(request);
      const codes = await told(access, users.renewRecoveryCodes(cookieOf(request), request.body.code));
      await audit.change(access, 'recovery codes renewed');
      return codes;
    },
  );
};
