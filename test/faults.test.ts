import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHORT_FAULTS } from '../scripts/faults/all.js';
import { whyNot } from '../scripts/faults/inside.js';
import type { FaultResult } from '../scripts/faults.js';
import { Programs, type Running } from './support/programs.js';

/** A short run of `scripts/faults.ts`: those faults that take seconds, all at one go. */
const programs = new Programs();
let running: Running;
let results: FaultResult[] = [];

beforeAll(async () => {
  const names = SHORT_FAULTS.filter((fault) => whyNot(fault.needs) === undefined).map(({ name }) => name);
  running = programs.start('scripts/faults.ts', ['--short', '--json', '--only', names.join(',')]);
  await running.ended;
  const lines = running.stdout.split('\n').filter(Boolean);
  results = lines.map((line) => JSON.parse(line) as FaultResult);
}, 300_000);
afterAll(() => programs.close());

describe('faults', () => {
  for (const fault of SHORT_FAULTS) {
    const reason = whyNot(fault.needs);
    test.skipIf(reason !== undefined)(`${fault.name}${reason === undefined ? '' : ` (${reason})`}`, () => {
      const result = results.find(({ name }) => name === fault.name);
      expect(result, running.stderr.slice(-4_000)).toMatchObject({ outcome: 'held' });
    });
  }

  test('leave no mount and no network behind', () => {
    expect(results.length).toBeGreaterThan(0);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain('hinomi-test-');
    const networks = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
    expect(networks.filter((name) => name.startsWith('hnm-fault'))).toEqual([]);
  });
});
