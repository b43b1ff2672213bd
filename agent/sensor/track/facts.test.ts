import { expect, test } from 'vitest';
import { Facts } from './facts.js';
import type { Conversation } from './session.js';

type Told = readonly [timeUs: number, fields: Readonly<Record<string, unknown>>];

function factsOf(): { facts: Facts; told: Told[] } {
  const told: Told[] = [];
  const conversation: Pick<Conversation, 'emit'> = {
    emit: (_dataset, timeUs, fields) => void told.push([timeUs, fields]),
  };
  return { facts: new Facts(conversation as Conversation), told };
}

test('nothing is told of a conversation that was not seen, and the same only once', () => {
  const { facts, told } = factsOf();
  facts.tell();
  facts.at(5);
  facts.tell();
  facts.tell();
  expect(told).toEqual([[5, { 'hinomi.session.outcome': 'unknown' }]]);
});

test('first and last words, and what says nothing', () => {
  const { facts, told } = factsOf();
  facts.at(5);
  facts.first('a', 'one');
  facts.first('a', 'two');
  facts.set('b', 'one');
  facts.set('b', 'two');
  facts.set('b', '');
  facts.set('b', undefined);
  facts.set('c', 'gone');
  facts.drop('c');
  facts.tell();
  expect(told[0]?.[1]).toEqual({ 'hinomi.session.outcome': 'unknown', a: 'one', b: 'two' });
});

test('lists hold 64, each once, and 8,192 characters in all', () => {
  const { facts, told } = factsOf();
  facts.at(5);
  for (let index = 0; index < 200; index++) facts.add('short', String(index % 100));
  for (let index = 0; index < 64; index++) facts.add('long', `${index} ${'x'.repeat(400)}`);
  facts.tell();
  const [, fields] = told[0]!;
  const { short, long } = fields as { short: string[]; long: string[] };
  expect(short).toHaveLength(64);
  expect(long).toHaveLength(20);
});

test('a text is cut, and never in the middle of a character', () => {
  const { facts, told } = factsOf();
  facts.at(5);
  facts.set('a', 'x'.repeat(600));
  facts.set('b', `${'x'.repeat(510)}😀😀`);
  facts.tell();
  expect(told[0]?.[1]).toMatchObject({ a: `${'x'.repeat(511)}…`, b: `${'x'.repeat(510)}…` });
});

test('what goes on is told again after a quarter of an hour, from then on', () => {
  const { facts, told } = factsOf();
  const see = (minutes: number, value: string): void => {
    facts.tellNowAndThen(minutes * 60e6);
    facts.at(minutes * 60e6);
    facts.set('a', value);
  };
  for (const minutes of [1, 2, 15]) see(minutes, 'x');
  expect(told).toEqual([]);
  for (const minutes of [16, 20, 31, 40]) see(minutes, minutes < 40 ? 'x' : 'y');
  facts.tell();
  expect(told.map(([timeUs, { a }]) => [timeUs / 60e6, a])).toEqual([
    [1, 'x'],
    [31, 'y'],
  ]);
});
