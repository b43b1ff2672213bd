import { expect, test } from 'vitest';
import { laneOf, laneOfRecord } from './lanes.js';

test('what a UTM found travels with the alerts, what it tells otherwise behind them', () => {
  expect(laneOfRecord({ 'event.dataset': 'utm', 'event.kind': 'alert' })).toBe('p0');
  expect(laneOfRecord({ 'event.dataset': 'utm', 'event.kind': 'event' })).toBe('p1');
  expect(laneOfRecord({ 'event.dataset': 'flow', 'event.kind': 'alert' })).toBe(laneOf('flow'));
});
