import { MemoryLevel } from 'memory-level';
import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { State } from '../state/state.js';
import { Attempts } from './attempts.js';
import { hashPassword, makeOneTimePassword, verifyPassword } from './passwords.js';
import { Users } from './users.js';

const HOUR_MS = 3_600_000;
let nowMs: number;
const clock = { now: () => nowMs, monotonic: () => nowMs };
let users: Users;
const PASSWORD = 'a long sentence is easy';

beforeEach(async () => {
  nowMs = Date.parse('2026-11-23T00:00:00Z');
  const state = new State(new MemoryLevel<string, string>());
  await state.start();
  users = new Users({ clock, random: Math.random, log: silentLogger, ...state.tables });
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
