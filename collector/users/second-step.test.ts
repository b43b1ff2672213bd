import { MemoryLevel } from 'memory-level';
import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { State } from '../state/state.js';
import { totpCode, totpStep } from './totp.js';
import { Users } from './users.js';

const ADDRESS = '192.0.2.1';
const PASSWORD = 'a long sentence is easy';
/** What passwords cost is no part of these tests. */
const CHEAP = { N: 2, r: 8, p: 1 };
let nowMs: number;
let state: State;
let users: Users;
const clock = { now: () => nowMs, monotonic: () => nowMs };

function makeUsers(totp: 'optional' | 'staff'): Users {
  return new Users({ totp }, { clock, random: Math.random, log: silentLogger, passwordCost: CHEAP, ...state.tables });
}

beforeEach(async () => {
  nowMs = Date.parse('2026-11-23T00:00:00Z');
  state = new State(new MemoryLevel<string, string>());
  await state.start();
  users = makeUsers('optional');
});

async function person(role: 'admin' | 'soc' | 'company' = 'soc'): Promise<string> {
  if (role === 'company') await state.tables.companies.put('c', { id: 'c', name: 'C', created: '' });
  const { password } = await users.add('hanako', role, role === 'company' ? 'c' : undefined);
  return (await users.changePassword('hanako', password, PASSWORD, ADDRESS)).cookie;
}
const codeNow = (secret: string, steps = 0): string => totpCode(secret, totpStep(nowMs) + steps);

/** A person with a second step, and a session that has passed it. */
async function withTotp(): Promise<{ secret: string; cookie: string; recoveryCodes: string[] }> {
  const { secret } = await users.setUpTotp(await person(), {}, ADDRESS);
  const { cookie, recoveryCodes } = await users.confirmTotp(
    (await users.signIn('hanako', PASSWORD, ADDRESS)).cookie,
    codeNow(secret),
  );
  nowMs += 30_000;
  return { secret, cookie, recoveryCodes };
}
const wrong = { code: 'AUTH_CODE_WRONG' };

test('a secret is of use once its first code is given, and not before', async () => {
  const first = await person();
  const { secret, uri } = await users.setUpTotp(first, {}, ADDRESS);
  expect(uri).toContain(secret);
  expect((await users.signIn('hanako', PASSWORD, ADDRESS)).me.awaitsCode).toBeUndefined();
  await expect(users.confirmTotp(first, '000000')).rejects.toMatchObject(wrong);
  const { cookie, me } = await users.confirmTotp(first, codeNow(secret));
  expect(me).toMatchObject({ hasTotp: true, recoveryCodesLeft: 10 });
  expect(await users.bySession(cookie)).toMatchObject({ totpAtMs: nowMs });
  expect(await users.bySession(first)).toBeUndefined();
});

test('a password alone opens nothing; the code completes it under a new cookie', async () => {
  const { secret } = await withTotp();
  const { cookie: half, me } = await users.signIn('hanako', PASSWORD, ADDRESS);
  expect(me.awaitsCode).toBe(true);
  expect(await users.bySession(half)).toMatchObject({ awaitsCode: true });
  const { cookie } = await users.giveCode(half, codeNow(secret));
  expect(cookie).not.toBe(half);
  expect(await users.bySession(half)).toBeUndefined();
  const access = await users.bySession(cookie);
  expect(access).toMatchObject({ who: 'hanako', totpAtMs: nowMs });
  expect(access?.awaitsCode).toBeUndefined();
});

test('a code that was used is refused, also to two that give it at the same moment', async () => {
  const { secret } = await withTotp();
  const halves = await Promise.all([1, 2].map(() => users.signIn('hanako', PASSWORD, ADDRESS)));
  const given = await Promise.allSettled(halves.map(({ cookie }) => users.giveCode(cookie, codeNow(secret))));
  expect(given.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const { cookie } = await users.signIn('hanako', PASSWORD, ADDRESS);
  await expect(users.giveCode(cookie, codeNow(secret))).rejects.toMatchObject(wrong);
  await users.giveCode(cookie, codeNow(secret, 1));
});

test('the wait for a code ends after five minutes', async () => {
  const { secret } = await withTotp();
  const { cookie } = await users.signIn('hanako', PASSWORD, ADDRESS);
  nowMs += 5 * 60_000;
  await expect(users.giveCode(cookie, codeNow(secret))).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
});

test('codes are guessed five times a minute and fifty times a day, and no more', async () => {
  const { secret } = await withTotp();
  const half = async () => (await users.signIn('hanako', PASSWORD, ADDRESS)).cookie;
  const guess = async (cookie: string) => {
    const result = await users.giveCode(cookie, '000000').catch((error: { code: string }) => error.code);
    return typeof result === 'string' ? result : 'in';
  };
  const cookie = await half();
  const codes = await Promise.all(Array.from({ length: 7 }, () => guess(cookie)));
  expect(codes.filter((code) => code === 'AUTH_CODE_WRONG')).toHaveLength(5);
  await expect(users.giveCode(cookie, codeNow(secret))).rejects.toMatchObject({ code: 'AUTH_LIMITED' });
  let wrongs = 5;
  for (let minute = 0; minute < 12; minute++) {
    nowMs += 61_000;
    const next = await half();
    for (let time = 0; time < 5; time++) if ((await guess(next)) === 'AUTH_CODE_WRONG') wrongs++;
  }
  expect(wrongs).toBe(50);
  nowMs += 86_400_000;
  await users.giveCode(await half(), codeNow(secret));
}, 30_000);

test('a recovery code lets its owner in once, however it is typed', async () => {
  const { recoveryCodes } = await withTotp();
  const code = recoveryCodes[3] ?? '';
  const first = await users.signIn('hanako', PASSWORD, ADDRESS);
  const typed = code.toUpperCase().replaceAll('-', ' ');
  expect((await users.giveCode(first.cookie, typed)).me.recoveryCodesLeft).toBe(9);
  const second = await users.signIn('hanako', PASSWORD, ADDRESS);
  await expect(users.giveCode(second.cookie, code)).rejects.toMatchObject(wrong);
  expect(JSON.stringify(await state.tables.users.get('hanako'))).not.toContain(code.replaceAll('-', ''));
});

test('new recovery codes end the old ones, and want a code', async () => {
  const { secret, cookie, recoveryCodes } = await withTotp();
  await expect(users.renewRecoveryCodes(cookie, '000000')).rejects.toMatchObject(wrong);
  const renewed = await users.renewRecoveryCodes(cookie, codeNow(secret));
  const half = (await users.signIn('hanako', PASSWORD, ADDRESS)).cookie;
  await expect(users.giveCode(half, recoveryCodes[0] ?? '')).rejects.toMatchObject(wrong);
  await users.giveCode(half, renewed.recoveryCodes[0] ?? '');
});

test('a code given once more makes the session fresh, under the same cookie', async () => {
  const { secret, cookie } = await withTotp();
  nowMs += 3_600_000;
  expect((await users.giveCode(cookie, codeNow(secret))).cookie).toBe(cookie);
  expect(await users.bySession(cookie)).toMatchObject({ totpAtMs: nowMs });
});

test('another authenticator wants a code of the first one, which holds until the other is proven', async () => {
  const { secret, cookie } = await withTotp();
  await expect(users.setUpTotp(cookie, { password: PASSWORD }, ADDRESS)).rejects.toMatchObject(wrong);
  const other = await users.setUpTotp(cookie, { code: codeNow(secret) }, ADDRESS);
  nowMs += 30_000;
  const half = (await users.signIn('hanako', PASSWORD, ADDRESS)).cookie;
  await users.giveCode(half, codeNow(secret));
  await users.confirmTotp(cookie, codeNow(other.secret));
  nowMs += 30_000;
  const next = (await users.signIn('hanako', PASSWORD, ADDRESS)).cookie;
  await expect(users.giveCode(next, codeNow(secret))).rejects.toMatchObject(wrong);
  await users.giveCode(next, codeNow(other.secret));
});

test('an offered secret waits for a quarter of an hour', async () => {
  const cookie = await person();
  const { secret } = await users.setUpTotp(cookie, {}, ADDRESS);
  nowMs += 15 * 60_000;
  await expect(users.confirmTotp(cookie, codeNow(secret))).rejects.toMatchObject({ code: 'AUTH_TOTP_STATE' });
});

test('long after signing in, the password is asked for before a secret is shown', async () => {
  const cookie = await person();
  nowMs += 11 * 60_000;
  await expect(users.setUpTotp(cookie, {}, ADDRESS)).rejects.toMatchObject({ code: 'AUTH_FAILED' });
  await users.setUpTotp(cookie, { password: PASSWORD }, ADDRESS);
});

test('whoever takes the second step away proves it first', async () => {
  const { secret, cookie } = await withTotp();
  await expect(users.removeTotp(cookie, '000000')).rejects.toMatchObject(wrong);
  expect((await users.removeTotp(cookie, codeNow(secret))).hasTotp).toBeUndefined();
  expect((await users.signIn('hanako', PASSWORD, ADDRESS)).me.awaitsCode).toBeUndefined();
});

test('a reset of the password leaves the second step, a reset of that ends the sessions', async () => {
  const { cookie } = await withTotp();
  const { password } = await users.reset('hanako');
  expect((await users.signIn('hanako', password, ADDRESS)).me.awaitsCode).toBe(true);
  await users.resetTotp('hanako');
  expect(await users.bySession(cookie)).toBeUndefined();
  expect((await users.signIn('hanako', password, ADDRESS)).me.awaitsCode).toBeUndefined();
  await expect(users.resetTotp('nobody here')).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('a new password keeps the session as fresh as it was', async () => {
  const { cookie } = await withTotp();
  const access = await users.bySession(cookie);
  const next = await users.changePassword('hanako', PASSWORD, `${PASSWORD} too`, ADDRESS, access?.totpAtMs);
  expect((await users.bySession(next.cookie))?.totpAtMs).toBe(access?.totpAtMs);
});

test('where the staff must have a second step, nothing else is open without one', async () => {
  users = makeUsers('staff');
  const cookie = await person();
  expect(await users.bySession(cookie)).toMatchObject({ mustSetUpTotp: true });
  const { secret } = await users.setUpTotp(cookie, {}, ADDRESS);
  const done = await users.confirmTotp(cookie, codeNow(secret));
  expect((await users.bySession(done.cookie))?.mustSetUpTotp).toBeUndefined();
  nowMs += 30_000;
  await expect(users.removeTotp(done.cookie, codeNow(secret))).rejects.toMatchObject({ code: 'AUTH_FORBIDDEN' });
});

test('people of a company are not asked for one', async () => {
  users = makeUsers('staff');
  expect((await users.bySession(await person('company')))?.mustSetUpTotp).toBeUndefined();
});

test('the secret lies sealed in the database, opens for its owner alone, and recovery codes work without it', async () => {
  const seal = (key: string) => ({
    sealText: (name: string, text: string) => JSON.stringify([key, name, text]),
    openText: (name: string, sealed: string) => {
      const [by, of, text] = JSON.parse(sealed.slice(1)) as string[];
      return by === key && of === name ? text : undefined;
    },
  });
  const under = (key: string): Users => {
    const { sealText, openText } = seal(key);
    const vault = { sealText: (name: string, text: string) => `{${sealText(name, text)}`, openText };
    const world = { clock, random: Math.random, log: silentLogger };
    return new Users({ totp: 'optional' }, { ...world, passwordCost: CHEAP, vault, ...state.tables });
  };
  users = under('k');
  const { secret, recoveryCodes } = await withTotp();
  const half = (await users.signIn('hanako', PASSWORD, ADDRESS)).cookie;
  expect((await state.tables.users.get('hanako'))?.totp?.secret).toBe(`{["k","totp:hanako","${secret}"]`);
  await users.giveCode(half, codeNow(secret));
  nowMs += 30_000;
  users = under('another');
  const next = (await users.signIn('hanako', PASSWORD, ADDRESS)).cookie;
  await expect(users.giveCode(next, codeNow(secret))).rejects.toMatchObject({ code: 'AUTH_TOTP_LOST' });
  await users.giveCode(next, recoveryCodes[0] ?? '');
});
