import { expect, test } from 'vitest';
import { matches, nearest } from './match.js';
import { leaksOf } from './play.js';

const RECORD = { 'event.dataset': 'session', 'user.name': 'hanako', names: ['a', 'b'], answers: [{ data: '10 mail' }] };

test.each([
  [{ 'user.name': 'hanako', names: ['b', 'a'] }, true],
  [{ 'user.name': /^han/, answers: /10 mail/ }, true],
  [{ 'user.name': null }, false],
  [{ 'host.name': null }, true],
  [{ 'host.name': /./ }, false],
  [{ names: 'c' }, false],
])('%j is held by the record: %j', (wanted, isHeld) => {
  expect(matches(RECORD, wanted)).toBe(isHeld);
});

test('the record that agrees in most is named with what it says instead', () => {
  const other = { 'event.dataset': 'session' };
  const wanted = { 'event.dataset': 'session', 'user.name': 'taro', names: 'a' };
  expect(nearest([other, RECORD], wanted)).toBe('user.name is "hanako", not "taro"');
  expect(nearest([], wanted)).toBe('there is no record of "session"');
});

test('a secret is found however it is written', () => {
  const secret = 'Zx0123456789abcdef';
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const texts = [
    `pass ${secret}`,
    Buffer.from(secret).toString('hex').toUpperCase(),
    Buffer.from(secret, 'utf16le').toString('hex'),
    ...['', 'u', '\0u', '\0us\0'].map((before) => base64(`${before}${secret}\0x`)),
  ];
  for (const text of texts) expect(leaksOf(`{"a":"${text}"}`, [secret])).toEqual([secret]);
  expect(leaksOf(`{"a":"${base64(secret.slice(0, 9))}"}`, [secret])).toEqual([]);
});
