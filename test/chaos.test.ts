import { expect, test } from 'vitest';
import { chaos } from '../scripts/chaos.js';

/** A short one of `scripts/chaos.ts`, which takes a hundred kills. */
test('kills of the three processes lose nothing and store nothing twice', async () => {
  const result = await chaos({ kills: 6, seed: 5, say: () => {} });
  expect(result.accepted).toBeGreaterThan(0);
  expect(result).toMatchObject({ stored: result.accepted, twice: 0, torn: 0, evicted: 0 });
}, 180_000);
