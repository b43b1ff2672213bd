import { MemoryLevel } from 'memory-level';
import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { State } from '../state/state.js';
import { Attempts } from './attempts.js';
import { hashPassword, makeOneTimePassword, verifyPassword } from './passwords.js';
import { Users } from './users.js';

const HOUR_MS = 3_600_000;
/** What passwords cost is no part of these tests. */
const CHEAP = { N: 2, r: 8, p: 1 };
let nowMs: number;
const clock = { now: () => nowMs, monotonic: () => nowMs };
let users: Users;
let state: State;
const PASSWORD = 'a long sentence is easy';

beforeEach(async () => {
  nowMs = Date.parse('2026-11-23T00:00:00Z');
  state = new State(new MemoryLevel<string, string>());
  await state.start();
  users = new Users(
    { totp: 'optional' },
    { clock, random: Math.random, log: silentLogger, passwordCost: CHEAP, ...state.tables },
  );
  await state.tables.companies.put('c1', { id: 'c1', name: 'C', created: '' });
});

async function withPassword(): Promise<string> {
  const { password } = await users.add('hanako', 'soc');
  const { cookie } = await users.signIn('hanako', password, '192.0.2.1');
  await users.changePassword('hanako', password, PASSWORD, '192.0.2.1');
  return cookie;
}

test('a one-time password signs in once it is replaced, and the session before ends', async () => {
  const old = await withPassword();
  expect(await users.bySession(old)).toBeUndefined();
  const { cookie, me } = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  expect(me).toEqual({ name: 'hanako', role: 'soc', mustChangePassword: false });
  expect(await users.bySession(cookie)).toMatchObject({ who: 'hanako', companies: undefined });
});

test('a reset ends every session of its person', async () => {
  await withPassword();
  const { cookie } = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  const { password } = await users.reset('hanako');
  expect(await users.bySession(cookie)).toBeUndefined();
  await expect(users.signIn('hanako', PASSWORD, '192.0.2.1')).rejects.toMatchObject({ code: 'AUTH_FAILED' });
  expect((await users.signIn('hanako', password, '192.0.2.1')).me.mustChangePassword).toBe(true);
});

test('a session that is used stays, one that is not ends after twelve hours', async () => {
  await withPassword();
  const { cookie } = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  nowMs += 11 * HOUR_MS;
  expect(await users.bySession(cookie)).toBeDefined();
  nowMs += 11 * HOUR_MS;
  expect(await users.bySession(cookie)).toBeDefined();
  nowMs += 13 * HOUR_MS;
  expect(await users.bySession(cookie)).toBeUndefined();
});

test.each([
  ['too short', 'short'],
  ['the present one', PASSWORD],
])('a new password that is %s is refused', async (_what, next) => {
  await withPassword();
  await expect(users.changePassword('hanako', PASSWORD, next, '192.0.2.1')).rejects.toMatchObject({
    code: 'AUTH_PASSWORD_WEAK',
  });
});

test('guesses that come all at once are as few as those one after the other', async () => {
  await withPassword();
  const guesses = Array.from({ length: 12 }, () => users.signIn('hanako', 'wrong', '192.0.2.9'));
  const codes = (await Promise.allSettled(guesses)).map((guess) =>
    guess.status === 'rejected' ? guess.reason.code : 'in',
  );
  expect(codes.filter((code) => code === 'AUTH_FAILED')).toHaveLength(10);
  expect(codes.filter((code) => code === 'AUTH_LIMITED')).toHaveLength(2);
}, 30_000);

test('guesses of the present password are limited as well, and change nothing', async () => {
  await withPassword();
  const guess = (current: string) => users.changePassword('hanako', current, 'long enough it is', '192.0.2.1');
  await Promise.allSettled(Array.from({ length: 10 }, () => guess('wrong')));
  await expect(guess(PASSWORD)).rejects.toMatchObject({ code: 'AUTH_LIMITED' });
  nowMs += 61_000;
  await users.signIn('hanako', PASSWORD, '192.0.2.1');
}, 30_000);

test('signing in often is not guessing', async () => {
  await withPassword();
  for (let time = 0; time < 11; time++) await users.signIn('hanako', PASSWORD, '192.0.2.1');
  await expect(users.signIn('nobody', 'x', '192.0.2.1')).rejects.toMatchObject({ code: 'AUTH_FAILED' });
}, 30_000);

test('a token holds until it expires or is revoked, and shows its secret once', async () => {
  const { id, token } = await users.addToken(
    { name: 'report', role: 'company', company: 'c1', expiresInDays: 2 },
    'me',
  );
  expect(await users.byToken(token)).toMatchObject({ who: `token:${id}`, companies: ['c1'] });
  expect(JSON.stringify(await users.listTokens())).not.toContain(token.slice(-20));
  expect(await users.byToken(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBeUndefined();
  expect(await users.byToken(`hin_${id}_`)).toBeUndefined();
  nowMs += 48 * HOUR_MS;
  expect(await users.byToken(token)).toBeUndefined();
  const second = await users.addToken({ name: 'report', role: 'soc', expiresInDays: 2 }, 'me');
  await users.revokeToken(second.id);
  expect(await users.byToken(second.token)).toBeUndefined();
});

test('the role of a company needs one, and no other role has one', async () => {
  await expect(users.add('a', 'company')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(users.add('a', 'soc', 'c1')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('the memory of failures is bounded, and ends after its minute', () => {
  const attempts = new Attempts({ max: 2, windowMs: 60_000 }, clock);
  attempts.fail('first');
  attempts.fail('first');
  expect(attempts.isBlocked('first')).toBe(true);
  for (let key = 0; key < 20_000; key++) attempts.fail(`k${key}`);
  expect(attempts.isBlocked('first')).toBe(false);
  attempts.fail('again');
  attempts.fail('again');
  nowMs += 60_001;
  expect(attempts.isBlocked('again')).toBe(false);
});

test('a hash carries its costs, and one that cannot be read matches nothing', async () => {
  const hash = await hashPassword('密码パスワード');
  expect(hash).toMatch(/^scrypt\$32768\$8\$3\$/);
  expect(await verifyPassword('密码パスワード', hash)).toBe(true);
  // Typed on another keyboard: the same characters, composed differently.
  expect(await verifyPassword('密码ハ\u309aスワート\u3099', hash)).toBe(true);
  for (const broken of [
    '',
    'x',
    'scrypt$1$2',
    'scrypt$x$8$3$AAAA$AAAA',
    'scrypt$1048576$8$1$AAAA$AAAA',
    'argon2$a$b$c$d$e',
  ])
    expect(await verifyPassword('x', broken)).toBe(false);
  expect(makeOneTimePassword()).toMatch(/^([a-z0-9]{5}-){3}[a-z0-9]{5}$/);
});

test('whoever is disabled is out at once, and so are the tokens made by that one; enabled again, both are back', async () => {
  await withPassword();
  await users.change('hanako', { role: 'admin' });
  const { cookie } = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  const { token } = await users.addToken({ name: 't', role: 'soc', expiresInDays: 1 }, 'hanako');
  expect(await users.change('hanako', { isDisabled: true })).toMatchObject({ isDisabled: true });
  expect(await users.bySession(cookie)).toBeUndefined();
  expect(await users.byToken(token)).toBeUndefined();
  await expect(users.signIn('hanako', PASSWORD, '192.0.2.1')).rejects.toMatchObject({ code: 'AUTH_FAILED' });
  await users.change('hanako', { isDisabled: false });
  expect(await users.byToken(token)).toBeDefined();
  const { cookie: late } = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  // A session that began in the moment in which its person was disabled.
  await state.tables.users.update('hanako', (user) => ({ ...user, isDisabled: true }));
  expect(await users.bySession(late)).toBeUndefined();
  await expect(users.me(late)).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
});

test('another role or company ends the sessions, and the tokens of whoever is no administrator any more', async () => {
  await withPassword();
  await users.change('hanako', { role: 'admin' });
  const { token } = await users.addToken({ name: 't', role: 'admin', expiresInDays: 1 }, 'hanako');
  const { cookie } = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  expect(await users.change('hanako', { role: 'company', company: 'c1' })).toMatchObject({ company: 'c1' });
  expect(await users.bySession(cookie)).toBeUndefined();
  expect(await users.byToken(token)).toBeUndefined();
  const next = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  expect(await users.bySession(next.cookie)).toMatchObject({ role: 'company', companies: ['c1'] });
  expect((await users.change('hanako', { role: 'soc' })).company).toBeUndefined();
  await expect(users.change('hanako', { role: 'company' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(users.change('nobody here', { role: 'soc' })).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('whoever is removed leaves nothing that opens', async () => {
  await withPassword();
  await users.change('hanako', { role: 'admin' });
  const { cookie } = await users.signIn('hanako', PASSWORD, '192.0.2.1');
  const { token } = await users.addToken({ name: 't', role: 'admin', expiresInDays: 1 }, 'hanako');
  expect(await users.remove('hanako')).toEqual({ tokensRevoked: 1 });
  expect(await users.bySession(cookie)).toBeUndefined();
  expect(await users.byToken(token)).toBeUndefined();
  await expect(users.signIn('hanako', PASSWORD, '192.0.2.1')).rejects.toMatchObject({ code: 'AUTH_FAILED' });
  await expect(users.remove('hanako')).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('a company that is not there has no people and no tokens', async () => {
  await expect(users.add('a', 'company', 'none')).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
  const token = { name: 't', role: 'company' as const, company: 'none', expiresInDays: 1 };
  await expect(users.addToken(token, 'me')).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
  await state.tables.companies.put('c1', { id: 'c1', name: 'C', created: '', removed: '2026-11-23T00:00:00.000Z' });
  await expect(users.add('a', 'company', 'c1')).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('nobody is called like those in the audit log that are no people', async () => {
  await expect(users.add('local administrator', 'soc')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('a session ends after a week however much it is used, and a person has twenty at most', async () => {
  await withPassword();
  const cookies: string[] = [];
  for (let time = 0; time < 21; time++) {
    cookies.push((await users.signIn('hanako', PASSWORD, '192.0.2.1')).cookie);
    nowMs += 1_000;
  }
  expect(await users.bySession(cookies[0] ?? '')).toBeUndefined();
  expect(await users.bySession(cookies[1] ?? '')).toBeDefined();
  for (let hour = 0; hour < 7 * 24 + 1; hour += 11) {
    nowMs += 11 * HOUR_MS;
    await users.bySession(cookies[20] ?? '');
  }
  expect(await users.bySession(cookies[20] ?? '')).toBeUndefined();
}, 30_000);

test('what is over is forgotten, and what holds is not', async () => {
  await withPassword();
  await users.signIn('hanako', PASSWORD, '192.0.2.1');
  const short = await users.addToken({ name: 's', role: 'soc', expiresInDays: 1 }, 'me');
  const long = await users.addToken({ name: 'l', role: 'soc', expiresInDays: 90 }, 'me');
  expect(await users.purge()).toEqual({ sessions: 0, tokens: 0 });
  nowMs += 32 * 24 * HOUR_MS;
  expect(await users.purge()).toEqual({ sessions: 2, tokens: 1 });
  expect((await users.listTokens()).tokens.map(({ id }) => id)).toEqual([long.id]);
  expect(short.id).not.toBe(long.id);
});

test('a token tells when it was used last, without a write at each use', async () => {
  const { token } = await users.addToken({ name: 't', role: 'soc', expiresInDays: 90 }, 'me');
  await users.byToken(token);
  const first = (await users.listTokens()).tokens[0]?.lastUsed;
  nowMs += 60_000;
  await users.byToken(token);
  expect((await users.listTokens()).tokens[0]?.lastUsed).toBe(first);
  nowMs += 10 * 60_000;
  await users.byToken(token);
  expect((await users.listTokens()).tokens[0]?.lastUsed).toBe(new Date(nowMs).toISOString());
});
