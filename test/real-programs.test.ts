import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LAB_PACKAGES, versionsOf } from '../scripts/real-programs/lab/packages.js';
import { problemsOfOne } from '../scripts/real-programs/lab/report.js';
import { type Outcome, runAll } from '../scripts/real-programs/lab/run.js';
import { SCENARIOS } from '../scripts/real-programs/scenarios.js';
import { whyNoNamespaces } from './support/namespaces.js';

/** Those whose programs `scripts/setup test` installs, and that do not wait for long. */
const NAMES = ['dns', 'http', 'http2', 'tls', 'dtls', 'dhcp', 'ssh', 'smb', 'kerberos', 'ftp', 'snmp', 'mqtt', 'ping'];

const why = whyNoNamespaces(['tcpdump', 'ethtool', 'mergecap', 'dpkg-query']);
const chosen = SCENARIOS.filter((scenario) => NAMES.includes(scenario.name));
const packages =
  why === undefined ? await versionsOf([...LAB_PACKAGES, ...chosen.flatMap((one) => one.packages)]) : new Map();
const lacks = (wanted: readonly string[]): string[] => wanted.filter((name) => !packages.has(name));

describe.skipIf(why !== undefined)(
  `what real programs do is told${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hinomi-programs-test-'));
    let outcome: Outcome;

    beforeAll(async () => {
      outcome = await runAll(SCENARIOS, { folder, only: NAMES, say: () => {}, signal: new AbortController().signal });
    }, 240_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    for (const { name, title, packages: wanted } of chosen) {
      const missing = lacks([...LAB_PACKAGES, ...wanted]);
      test.skipIf(missing.length > 0)(`${title}${missing.length > 0 ? ` (needs ${missing.join(', ')})` : ''}`, () => {
        const result = outcome.results.find((one) => one.scenario.name === name);
        expect(result?.trouble).toBeUndefined();
        expect(result?.told.length).toBeGreaterThan(0);
        expect(result === undefined ? [] : problemsOfOne(result)).toEqual([]);
      });
    }

    test('all of it as one recording tells the same, and no secret', () => {
      expect(outcome.whole).toMatchObject({ untold: [], leaks: [] });
    });
  },
);
