import { expect, test } from 'vitest';
import { storm } from '../scripts/simulate/storm.js';

/** A short one of `scripts/simulate-sites.ts`: a small part of the flows does not fit into the spools. */
test('offices that come back from an outage at once lose nothing in silence, bring nothing twice, and p0 first', async () => {
  const size = { sites: 8, halls: 1, steps: 36, hours: 72, records: 90, spoolMib: 1, p3Kib: 64 };
  const outcome = await storm({ ...size, seconds: 0, every: 0, isOnDisk: true, form: 'sources', say: () => {} });
  expect(outcome.broken).toEqual([]);
  expect(outcome.evicted).toBeGreaterThan(0);
  expect(outcome).toMatchObject({ twice: 0, torn: 0, toldLost: outcome.evicted });
  expect(outcome['allP0Ms']).toBeLessThan(Number(outcome['allMs']));
}, 180_000);
