import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep } from '../protocol/base/time.js';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { whyNoNamespaces } from './support/namespaces.js';
import { NatWire } from './support/nat.js';
import { Office } from './support/office.js';
import { Programs, type Running, readJson, until } from './support/programs.js';

const why = whyNoNamespaces(['nft', 'sysctl']);
/** What an office may wait for its box after its line has changed. */
const BACK_S_MAX = 30;

interface Status {
  readonly publisher?: {
    readonly state: string;
    readonly connections: number;
    readonly acks: number;
    lastError: string;
  };
}

/** A real box behind a router, a real collector outside; what lies between them changes. */
describe.skipIf(why !== undefined)(`the line of a box${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  const wire = new NatWire();
  const office = new Office(wire.outsidePrefix);
  const box = new Programs(wire.boxPrefix);
  const data = box.makeFolder('agent');
  let agent: Running;

  beforeAll(async () => {
    wire.make();
    const collectorConfig = office.programs.path('collector.json');
    const host = wire.collectorAddress;
    writeFileSync(collectorConfig, JSON.stringify({ broker: { host, names: [host] }, gate: { host } }));
    await office.startCollector({ http: '0', mqtt: '8883', gate: '8443' }, collectorConfig);
    await office.admin('company', 'add', 'Test', '--id', 'test');
    await office.admin('site', 'add', '支店', '--company', 'test', '--id', office.site);
    const { code } = await office.admin<{ code: string }>('site', 'code', office.site);
    const collector = `https://${host}:8443`;
    const enrolled = await box.run('agent/main.ts', [
      'enrol',
      '--collector',
      collector,
      '--code',
      code,
      '--data',
      data,
    ]);
    expect(enrolled.stderr).toBe('');
    const path = box.path('office.pcap');
    const startUs = Date.parse('2026-11-20T01:00:00Z') * 1_000;
    await writeRecording(path, officeTraffic({ minutes: 2, pcs: 5, seed: 3, startUs }), 'pcap');
    const config = box.path('agent.json');
    writeFileSync(config, JSON.stringify({ sensor: { recording: { path, loop: true, speed: 5 } } }));
    agent = box.start('agent/main.ts', ['run', '--data', data, '--config', config]);
    await delivers(0);
  }, 180_000);
  afterAll(async () => {
    await box.close();
    await office.close();
    wire.remove();
  });

  const publisher = () => readJson<Status>(join(data, 'status.json'))?.publisher;

  /** Waits until something was acknowledged that was not before. @returns after how many seconds */
  async function delivers(before: number): Promise<number> {
    const startMs = performance.now();
    await until('records are delivered', () => (publisher()?.acks ?? 0) > before, agent);
    return (performance.now() - startMs) / 1_000;
  }

  /** Something happens to the line, and after that records are delivered in time, by a new connection. */
  async function comesBack(change: () => void | Promise<void>): Promise<void> {
    await until('the box is connected', () => publisher()?.state === 'connected', agent);
    await delivers(publisher()?.acks ?? 0);
    const { connections } = publisher()!;
    await change();
    await sleep(1_500); // What was acknowledged before is in the status by now.
    const backS = 1.5 + (await delivers(publisher()?.acks ?? 0));
    expect(backS).toBeLessThan(BACK_S_MAX);
    expect(publisher()?.connections).toBeGreaterThan(connections);
    process.stderr.write(`back after ${backS.toFixed(1)} s: ${publisher()?.connections} connections\n`);
  }

  test('gets another address of its own', () => comesBack(() => wire.giveAddress('10.71.1.77')), 90_000);

  test('gets another address outside', () => comesBack(() => wire.renumberOutside('10.71.2.9')), 90_000);

  test(
    'is forgotten by its router: packets of the connection vanish',
    () =>
      comesBack(() => {
        const ports = wire.portsTo(8883);
        expect(ports).toHaveLength(1);
        wire.swallow(ports[0]!);
      }),
    90_000,
  );

  test(
    'is without its cable for ten seconds',
    () =>
      comesBack(async () => {
        wire.cable('down');
        await sleep(10_000);
        wire.cable('up');
      }),
    90_000,
  );

  test('and nothing of it is lost or there twice', async () => {
    expect(await agent.stop()).toBe(0);
    const { stdout } = await box.run('agent/main.ts', ['status', '--data', data, '--json']);
    const { spool } = JSON.parse(stdout) as { spool: { accepted: Record<string, number>; records: number } };
    const accepted = Object.values(spool.accepted).reduce((sum, count) => sum + count, 0);
    const { token } = await office.admin<{ token: string }>('token', 'add', 'test', '--role', 'soc');
    const span = ['--from', '2000-01-01', '--to', 'now+1d', '--limit', '10000', '--format', 'ndjson'];
    const env = { HINOMI_URL: office.url, HINOMI_TOKEN: token };
    const found = await office.programs.run('cli/main.ts', ['query', '', ...span], { env });
    const stored = found.stdout.split('\n').filter(Boolean).length;
    expect(stored).toBeLessThan(10_000);
    // What is left in the spool may be stored already: its acknowledgement was on its way.
    expect(stored).toBeGreaterThanOrEqual(accepted - spool.records);
    expect(stored).toBeLessThanOrEqual(accepted);
  }, 90_000);
});
