import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SiteList } from '../protocol/api/fleet.js';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { Office } from './support/office.js';
import { type Running, until } from './support/programs.js';

const PRESENCE = {
  ...{ checkMs: 100, graceMs: 4_000, offlineMs: 2_000, steadyMs: 1_000, goodbyeMs: 3_600_000 },
  ...{ clockWrongMs: 3_600_000 },
};

/** Two programs that come and go: each test goes on where the one before it ended. */
describe('presence', () => {
  const office = new Office();
  const config = office.programs.path('collector.json');
  const recording = office.programs.path('office.pcap');
  let collector: Running;
  let agent: Running;

  const box = async () => (await office.get<SiteList>('/sites')).sites[0]?.agent;
  const alerts = async (): Promise<string[]> => {
    const query = new URLSearchParams({ q: 'rule.id:site-offline', from: 'now-1h', limit: '100' });
    const { events } = await office.get<{ events: Array<Record<string, unknown>> }>(`/events?${query}`);
    return events.map((row) => `${row['hinomi.alert.state']} ${row['hinomi.alert.subject']}`).reverse();
  };
  const startAgent = async (): Promise<void> => {
    agent = office.startAgent(['--replay', recording]);
    await until('the box is connected', async () => (await box())?.presence === 'connected', agent);
  };

  beforeAll(async () => {
    await writeRecording(
      recording,
      officeTraffic({ minutes: 1, pcs: 1, seed: 7, startUs: (Date.now() - 60_000) * 1_000 }),
      'pcap',
    );
    writeFileSync(config, JSON.stringify({ presence: PRESENCE }));
    collector = await office.startCollector(undefined, config);
    await office.enrol();
    await startAgent();
  }, 120_000);
  afterAll(() => office.close());

  test('a box that is killed is offline, and told once', async () => {
    expect(await box()).toMatchObject({ presence: 'connected' });
    await agent.kill();
    await until('the alert is there', async () => (await alerts()).length > 0, collector);
    expect((await box())?.presence).toBe('offline');
    expect((await box())?.goodbye).toBeUndefined();
    expect((await box())?.sight?.alerts.map(({ rule }) => rule)).toContain('site-offline');
  }, 60_000);

  test('its return is told, and how far its clock is from ours', async () => {
    await startAgent();
    await until('the end is told', async () => (await alerts()).length > 1, collector);
    expect(await alerts()).toEqual(['raised lost', 'recovered lost']);
    const skewMs = (await box())?.clockSkewMs ?? Number.NaN;
    expect(Math.abs(skewMs)).toBeLessThan(2_000);
    const list = await office.programs.run('collector/main.ts', ['site', 'list', '--data', office.collectorData]);
    expect(list.stdout).toMatch(/^head-office {2}本社 {2}connected {2}\S+Z {2}clock [+-]\d+\.\d s$/m);
  }, 60_000);

  test('a box that was stopped said goodbye, which outlives a restart of the collector, as does its last contact', async () => {
    expect(await agent.stop()).toBe(0);
    await until('it is gone', async () => (await box())?.presence === 'offline', collector);
    const before = await box();
    expect(before?.goodbye).toBeDefined();
    const { ports } = office;
    await collector.stop();
    collector = await office.startCollector(ports, config);
    const after = await box();
    expect({ goodbye: after?.goodbye, contact: after?.lastContact }).toEqual({
      goodbye: before?.goodbye,
      contact: before?.lastContact,
    });
    expect(after?.version).toBe(before?.version);
    const list = await office.programs.run('collector/main.ts', ['site', 'list', '--data', office.collectorData]);
    expect(list.stdout).toContain('  stopped  ');
  }, 60_000);

  test('a restart of the collector alone raises nothing', async () => {
    await startAgent();
    const { ports } = office;
    const told = await alerts();
    await collector.kill();
    collector = await office.startCollector(ports, config);
    await until('the box is back', async () => (await box())?.presence === 'connected', collector);
    await new Promise((wait) => setTimeout(wait, PRESENCE.graceMs + PRESENCE.offlineMs));
    expect(await alerts()).toEqual(told);
  }, 60_000);
});
