import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { Office } from './support/office.js';
import { until } from './support/programs.js';

/** A recording in at one end, answers to an analyst's questions at the other: real processes, real broker, real store. */
describe('the spine', () => {
  const office = new Office();
  const recording = office.programs.path('office.pcap');

  beforeAll(async () => {
    await writeRecording(
      recording,
      officeTraffic({ minutes: 2, pcs: 5, seed: 3, startUs: Date.parse('2026-11-20T01:00:00Z') * 1000 }),
      'pcap',
    );
    await office.startCollector();
    await office.enrol();
  }, 120_000);
  afterAll(() => office.close());

  test('what the agent accepted is what the collector has, once', async () => {
    const agent = office.startAgent(['--replay', recording]);
    await until(
      'the recording is delivered',
      async () => {
        const status = office.agentStatus();
        return status?.sensor?.isFinished === true && status.spool.queuedRecords === 0 && status.spool.batches === 0;
      },
      agent,
    );
    expect(await agent.stop()).toBe(0);
    const accepted = (await office.stoppedAgentStatus()).spool.accepted;
    const total = Object.values(accepted).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(100);
    // The collector may have something to say of its own, of a machine that is too busy.
    expect(await office.countRecords('NOT hinomi.agent:collector')).toBe(total);
  }, 120_000);

  test('hinomi query prints a table, NDJSON and CSV', async () => {
    const table = await office.query(['event.dataset:dns', '--limit', '5']);
    expect(table.code).toBe(0);
    expect(table.stdout).toContain('SUMMARY');
    expect(table.stdout.trim().split('\n')).toHaveLength(6);
    const ndjson = await office.query([
      'event.dataset:dns AND dns.question.type:A',
      '--format',
      'ndjson',
      '--limit',
      '1000',
    ]);
    const records = ndjson.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.length).toBeGreaterThan(5);
    expect(
      records.every((record) => record['dns.question.type'] === 'A' && record['hinomi.site'] === office.site),
    ).toBe(true);
    const csv = await office.query(['event.dataset:flow', '--format', 'csv', '--limit', '3']);
    expect(csv.stdout.split('\r\n')).toHaveLength(5);
  }, 60_000);

  test('a misspelt field is marked in the query', async () => {
    const { code, stderr } = await office.query(['x AND sorce.ip:10.0.0.1']);
    expect(code).toBe(1);
    expect(stderr).toContain('  x AND sorce.ip:10.0.0.1\n        ^\n');
    expect(stderr).toContain('did you mean source.ip');
  }, 60_000);

  test('a code can be used once', async () => {
    const again = await office.tryEnrol(office.usedCode);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('ENROL_CODE_INVALID');
  }, 60_000);
});
