import { expect, test } from 'vitest';
import { levelOfPriority, severityOf } from './severity.js';

test('words in any case; a word of no severity is none', () => {
  expect(['Critical', 'HIGH', ' medium ', 'low', 'Informational', 'debug'].map(severityOf)).toEqual([
    90, 75, 50, 25, 10, 0,
  ]);
  expect(['', '7', 'constructor', 'blocked'].map(severityOf)).toEqual([undefined, undefined, undefined, undefined]);
});

test('the severity in a priority', () => {
  expect([0, 13, 190, 191].map(levelOfPriority)).toEqual(['emergency', 'notice', 'informational', 'debug']);
});
