import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { Office } from './support/office.js';
import { type Running, readJson, until } from './support/programs.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The engine is killed, frozen and starved while a box sends: real processes, real broker, real store. */
describe('the telemetry engine', () => {
  const office = new Office();
  const recording = office.programs.path('office.pcap');
  const config = office.programs.path('collector.json');
  let collector: Running;
  let agent: Running;

  const engine = (): number | undefined =>
    readJson<{ pid: number }>(join(office.collectorData, 'telemetry.engine'))?.pid;
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${office.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? -1);
  };
  const isConnected = (): boolean => office.agentStatus()?.publisher?.state === 'connected';
  /** Another engine than this one is open. */
  const isBack = async (pid: number | undefined): Promise<boolean> =>
    engine() !== pid && (await fetch(`${office.url}/healthz`)).status === 200;

  beforeAll(async () => {
    await writeRecording(
      recording,
      officeTraffic({ minutes: 8, pcs: 10, seed: 5, startUs: Date.parse('2026-11-20T01:00:00Z') * 1000 }),
      'pcap',
    );
    writeFileSync(config, JSON.stringify({ store: { hungS: 3, engineSteadyS: 10 } }));
    collector = await office.startCollector(undefined, config);
    await office.enrol();
  }, 120_000);
  afterAll(() => office.close());

  test('while it is frozen the collector and its agents go on, and what was sent is there afterwards', async () => {
    const frozen = engine();
    process.kill(frozen ?? 0, 'SIGSTOP');
    agent = office.startAgent(['--replay', recording]);
    await until('the box is connected', isConnected, agent);
    const startMs = performance.now();
    await office.get('/sites');
    expect(performance.now() - startMs).toBeLessThan(1_000);
    await until('another engine is open', () => isBack(frozen), collector);
    await until('records arrive', async () => (await metric('hinomi_ingest_records_total')) > 0, collector);
    expect(isConnected()).toBe(true);
  }, 120_000);

  test('killed again and again, and out of memory, it comes back', async () => {
    for (let round = 0; round < 4; round++) {
      const pid = engine();
      process.kill(pid ?? 0, 'SIGKILL');
      await until('another engine is open', () => isBack(pid), collector);
      await sleep(200);
    }
    const starved = engine();
    expect(spawnSync('prlimit', ['--pid', String(starved), '--as=100000000']).status).toBe(0);
    await office.countRecords().catch(() => {});
    await until('another engine is open', () => isBack(starved), collector);
  }, 180_000);

  test('every record that the box accepted is there once, and its connection was never lost', async () => {
    await until(
      'the recording is delivered',
      () => {
        const status = office.agentStatus();
        return status?.sensor?.isFinished === true && status.spool.queuedRecords === 0 && status.spool.batches === 0;
      },
      agent,
    );
    expect(await metric('hinomi_engine_restarts_total')).toBeGreaterThanOrEqual(6);
    expect(agent.stderr.match(/connected to the collector/g)).toHaveLength(1);
    expect(await agent.stop()).toBe(0);
    const accepted = (await office.stoppedAgentStatus()).spool.accepted;
    const total = Object.values(accepted).reduce((sum, count) => sum + count, 0);
    const own = await office.countRecords('hinomi.agent:collector');
    expect((await office.countRecords()) - own).toBe(total);
  }, 180_000);

  test('an alert says that it was restarted and why, fewer times than it was, and that it is over', async () => {
    const alerts = async (): Promise<string[]> => {
      const search = new URLSearchParams({ q: 'rule.id:engine-restarted', from: '2000-01-01', limit: '100' });
      const { events } = await office.get<{ events: Array<Record<string, unknown>> }>(`/events?${search}`);
      return events.map((event) => `${event['hinomi.alert.state']} ${event['hinomi.alert.subject']}`).reverse();
    };
    await until('it is told that it is over', async () => (await alerts()).at(-1)?.startsWith('recovered') === true);
    const told = await alerts();
    expect(told[0]).toBe('raised hang');
    expect(told.filter((line) => line.startsWith('raised')).length).toBeLessThan(
      await metric('hinomi_engine_restarts_total'),
    );
    expect(told.filter((_, index) => index % 2 === 0).every((line) => line.startsWith('raised'))).toBe(true);
  }, 60_000);
});
