import { expect, test } from 'vitest';
import { RoundTrip } from './round-trip.js';

test('the time from a message to its own answer, not to that of another', () => {
  const trip = new RoundTrip();
  trip.onSent(0);
  trip.onSent(10);
  expect(trip.onAnswer(40)).toBe(40);
  trip.onSent(50);
  // That of the second message, which nobody watched.
  expect(trip.onAnswer(60)).toBeUndefined();
  expect(trip.onAnswer(75)).toBe(25);
});

test('answers to nothing measure nothing', () => {
  const trip = new RoundTrip();
  expect(trip.onAnswer(5)).toBeUndefined();
  trip.onSent(10);
  expect([trip.onAnswer(12), trip.onAnswer(13)]).toEqual([2, undefined]);
});

test('a measure is due at first, and again half a minute after the last', () => {
  const trip = new RoundTrip();
  expect(trip.isDue(0)).toBe(true);
  trip.onSent(0);
  expect(trip.isDue(40_000)).toBe(false);
  trip.onAnswer(40_000);
  expect([trip.isDue(69_999), trip.isDue(70_000)]).toEqual([false, true]);
});
