import { MemoryLevel } from 'memory-level';
import { expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { State } from '../state/state.js';
import { ContactBook } from './contact-book.js';
import { Presences } from './presence.js';
import { SkewMeter } from './skew.js';

const START_MS = Date.parse('2026-11-25T00:00:00Z');
const HOUR_MS = 3_600_000;

/** Time that passes, and a clock that can be set. */
class Time {
  setMs = START_MS;
  passedMs = 1_000;
  readonly clock = { now: () => this.setMs + this.passedMs, monotonic: () => this.passedMs };
}

test('a box that said goodbye is told from one whose line is lost', () => {
  const presences = new Presences(new Time().clock);
  presences.onConnect('a', '1');
  presences.onStatus('a', { state: 'goodbye', connection: 'x' }, '1');
  presences.onDisconnect('a', '1');
  expect(presences.summary('a')).toMatchObject({ presence: 'offline', goodbye: '2026-11-25T00:00:01.000Z' });
  expect(presences.standing('a').presence).toBe('goodbye');
  presences.onConnect('a', '2');
  // The last words of the connection before are those of the connection before.
  presences.onStatus('a', { state: 'goodbye', connection: 'x' }, '1');
  presences.onStatus('a', { state: 'offline', connection: 'x' }, '2');
  presences.onDisconnect('a', '2');
  expect(presences.standing('a').presence).toBe('offline');
  expect(presences.summary('a').goodbye).toBeUndefined();
});

test('the will of a connection that breaks after its goodbye does not take the goodbye back', () => {
  const presences = new Presences(new Time().clock);
  presences.onConnect('a', '1');
  presences.onStatus('a', { state: 'goodbye', connection: 'x' }, '1');
  presences.onStatus('a', { state: 'offline', connection: 'x' }, '1');
  presences.onDisconnect('a', '1');
  expect(presences.standing('a').presence).toBe('goodbye');
});

test('a jump of our own clock makes nobody silent', () => {
  const time = new Time();
  const presences = new Presences(time.clock);
  presences.onConnect('a', '1');
  time.setMs += 50 * HOUR_MS;
  expect(presences.summary('a').presence).toBe('connected');
  time.passedMs += 151_000;
  expect(presences.summary('a').presence).toBe('silent');
});

test('the last contact, the version, the skew and a goodbye outlive a restart; boxes that are gone do not', async () => {
  const time = new Time();
  const state = new State(new MemoryLevel<string, string>());
  await state.start();
  const world = { clock: time.clock, random: Math.random, log: silentLogger };
  const open = async (presences: Presences, agents: string[]): Promise<ContactBook> => {
    const enrolled = () => agents.map((agent) => ({ agent }));
    const book = new ContactBook({ ...world, presences, agents: enrolled, contacts: state.tables.contacts });
    await book.start();
    return book;
  };
  const first = new Presences(time.clock);
  const book = await open(first, []);
  first.onConnect('a', '1', '203.0.113.9');
  first.onStatus('a', { state: 'online', connection: 'x', version: '1.2', clock: time.clock.now() - 5_000 }, '1');
  first.onConnect('b', '2');
  first.onConnect('c', '3');
  first.onStatus('c', { state: 'goodbye', connection: 'x' }, '3');
  first.onDisconnect('c', '3');
  await book.close();
  time.passedMs += HOUR_MS;
  const second = new Presences(time.clock);
  await (await open(second, ['a', 'c'])).close();
  expect(second.summary('a')).toMatchObject({
    presence: 'offline',
    lastContact: '2026-11-25T00:00:01.000Z',
    version: '1.2',
    clockSkewMs: -5_000,
  });
  expect(second.standing('a').address).toBe('203.0.113.9');
  expect(second.summary('c').goodbye).toBe('2026-11-25T00:00:01.000Z');
  expect(second.standing('b').presence).toBe('never');
  expect((await state.tables.contacts.list()).map(([agent]) => agent)).toEqual(['a', 'c']);
});

test('a contact is written when something happens, and else once a minute', () => {
  const time = new Time();
  const presences = new Presences(time.clock);
  presences.onConnect('a', '1');
  expect(presences.takeChanged()).toHaveLength(1);
  time.passedMs += 59_000;
  presences.onBatch('a', 1, 1, time.clock.now());
  expect(presences.takeChanged()).toHaveLength(0);
  time.passedMs += 1_000;
  presences.onBatch('a', 1, 1, time.clock.now());
  expect(presences.takeChanged()).toHaveLength(1);
  presences.takeBack(['a']);
  expect(presences.takeChanged()).toHaveLength(1);
});

test('the skew is that of the message that came fastest, half a round trip later', () => {
  const meter = new SkewMeter();
  // A box 7 s ahead; its messages take 40 ms, and what waited on its disk much longer.
  meter.take(100_000 + 7_000 - 40, 100_000);
  meter.take(101_000 + 7_000 - 900_000, 101_000);
  meter.onRoundTrip(80, 101_000);
  meter.onRoundTrip(300, 102_000);
  expect(meter.value(102_000, 102_000)).toBe(7_000);
});

test('a clock that is set forward is seen at once, one set back within ten minutes, our own at once', () => {
  const meter = new SkewMeter();
  meter.take(60_000, 60_000);
  meter.take(120_000 + HOUR_MS, 120_000);
  expect(meter.value(120_000, 120_000)).toBe(HOUR_MS);
  for (let at = 180_000; at <= 780_000; at += 60_000) meter.take(at, at);
  expect(meter.value(780_000, 780_000)).toBe(0);
  expect(meter.value(780_000 + HOUR_MS, 780_000)).toBe(-HOUR_MS);
});

test('the last skew that was known stays when nothing more comes', () => {
  const meter = new SkewMeter();
  expect(meter.value(0, 0)).toBeUndefined();
  meter.take(65_000, 60_000);
  expect(meter.value(9_000_000, 9_000_000)).toBe(5_000);
});
