import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { Office } from './support/office.js';
import { type Output, type Running, until } from './support/programs.js';

/** A backup under load, its restore elsewhere, and a box that goes on with it: real processes. */
describe('backup and restore', () => {
  const office = new Office();
  const backup = office.programs.path('backup');
  const restored = office.programs.path('restored');
  const recording = office.programs.path('office.pcap');
  let collector: Running;
  let before = 0;

  const hinomi = (...args: string[]): Promise<Output> => office.programs.run('collector/main.ts', args);
  const events = async (): Promise<Array<Record<string, unknown>>> => {
    const range = { from: '2000-01-01', to: 'now+1d', limit: '10000' };
    const search = new URLSearchParams({ q: 'NOT hinomi.agent:collector', ...range });
    return (await office.get<{ events: Array<Record<string, unknown>> }>(`/events?${search}`)).events;
  };
  const nameOf = (event: Record<string, unknown>): string =>
    ['agent', 'epoch', 'lane', 'seq', 'row'].map((key) => event[`hinomi.${key}`]).join(':');

  const sum = (counts: Record<string, number> = {}): number =>
    Object.values(counts).reduce((all, count) => all + count, 0);

  beforeAll(async () => {
    await writeRecording(
      recording,
      officeTraffic({ minutes: 3, pcs: 8, seed: 7, startUs: Date.parse('2026-11-20T01:00:00Z') * 1000 }),
      'pcap',
    );
    collector = await office.startCollector();
    await office.enrol();
  }, 120_000);
  afterAll(() => office.close());

  test('a backup is made and verified while records arrive', async () => {
    const agent = office.startAgent(['--replay', recording]);
    await until('records arrive', async () => (await events()).length > 0, agent);
    before = (await events()).length;
    const made = await hinomi('backup', backup, '--data', office.collectorData);
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain('verified');
    expect(readdirSync(backup).sort()).toEqual(['authority', 'manifest.json', 'state.ndjson', 'telemetry']);
    await agent.stop();
  }, 120_000);

  test('a folder that holds something is refused, and so is a backup that was changed', async () => {
    const again = await hinomi('backup', backup, '--data', office.collectorData);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('BACKUP_TARGET')]);
    mkdirSync(restored);
    writeFileSync(join(restored, 'mine'), 'mine');
    const target = await hinomi('restore', backup, '--data', restored);
    expect([target.code, target.stderr]).toEqual([1, expect.stringContaining('RESTORE_TARGET')]);
    expect(readdirSync(restored)).toEqual(['mine']);
    const changed = office.programs.path('changed');
    await office.programs.startOther('cp', ['-a', backup, changed]).ended;
    appendFileSync(join(changed, 'state.ndjson'), '["company/x","{}"]\n');
    const damaged = await hinomi('restore', changed, '--data', office.programs.path('other'));
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('BACKUP_DAMAGED')]);
    expect(existsSync(office.programs.path('other'))).toBe(false);
  }, 120_000);

  test('it is restored elsewhere, and the box goes on there: nothing twice, nothing missing of what was in it', async () => {
    const { ports } = office;
    await collector.stop();
    const elsewhere = office.programs.path('elsewhere');
    const done = await hinomi('restore', backup, '--data', elsewhere);
    expect([done.code, done.stderr]).toEqual([0, '']);
    copyFileSync(`${office.collectorData}.key`, `${elsewhere}.key`);
    office.moveCollector(elsewhere);
    collector = await office.startCollector(ports);
    const kept = (await events()).map(nameOf);
    expect(kept.length).toBeGreaterThanOrEqual(before);
    const earlier = sum((await office.stoppedAgentStatus()).spool.accepted);
    const agent = office.startAgent(['--replay', recording]);
    await until('the box writes its status', () => sum(office.agentStatus()?.spool.accepted) > earlier, agent);
    await until(
      'the recording is delivered once more',
      () => {
        const status = office.agentStatus();
        return status?.sensor?.isFinished === true && status.spool.queuedRecords === 0 && status.spool.batches === 0;
      },
      agent,
    );
    await agent.stop();
    const all = (await events()).map(nameOf);
    expect(all.length).toBeGreaterThan(kept.length);
    expect(new Set(all).size).toBe(all.length);
    expect(kept.filter((name) => !all.includes(name))).toEqual([]);
  }, 180_000);
});
