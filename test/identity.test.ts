import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { Office } from './support/office.js';
import { type Running, until } from './support/programs.js';

interface Status {
  readonly pid: number;
  readonly identity?: { readonly renewals: number; readonly isPending: boolean; readonly lastError: string };
  readonly at: string;
  readonly publisher?: { readonly state: string; readonly acks: number };
}

const LIFE_S = 24;
const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));

/** Real processes: certificates that live for seconds, a box that was off for longer, one that is revoked. */
describe('the identity of a box', () => {
  const office = new Office();
  const config = office.programs.path('collector.json');
  const agentConfig = office.programs.path('agent.json');
  const recording = office.programs.path('office.pcap');
  const file = (name: string): string => readFileSync(join(office.agentData, 'identity', name), 'utf8');
  const status = (): Status | undefined => office.agentStatus() as unknown as Status | undefined;
  const acks = (): number => status()?.publisher?.acks ?? 0;
  let ports: Office['ports'];
  let collector: Running;

  beforeAll(async () => {
    writeFileSync(config, JSON.stringify({ fleet: { certificateSeconds: LIFE_S }, gate: { renewPerHour: 1_000 } }));
    const renewal = { checkMs: 200, backoffMsMax: 500 };
    const source = { recording: { path: recording, loop: true, speed: 1 } };
    writeFileSync(agentConfig, JSON.stringify({ renewal, sensor: source, publish: { backoffMsMax: 500 } }));
    const startUs = (Date.now() - 120_000) * 1_000;
    await writeRecording(recording, officeTraffic({ minutes: 2, pcs: 3, seed: 5, startUs }), 'pcap');
    collector = await office.startCollector(undefined, config);
    ports = office.ports;
    await office.enrol();
  }, 120_000);
  afterAll(() => office.close());

  let last: Running | undefined;
  const startBox = (): Running => {
    last = office.startAgent(['--config', agentConfig]);
    return last;
  };
  afterEach(() => last?.kill());
  const isConnected = (box: Running): boolean =>
    status()?.pid === box.child.pid && status()?.publisher?.state === 'connected';

  test('nothing of the authority lies on disk in plain', () => {
    const folder = join(office.collectorData, 'authority');
    expect(readdirSync(folder).sort()).toEqual([
      ...['authority-key.sealed', 'authority.pem', 'signer-key.sealed', 'signer.pem', 'vault.json'],
    ]);
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/PRIVATE KEY/);
    expect(existsSync(`${office.collectorData}.key`)).toBe(true);
  });

  test('is renewed with a new key, and the box goes on delivering', async () => {
    const [key, certificate] = [file('key.pem'), file('certificate.pem')];
    const box = startBox();
    await until('it was renewed', () => (status()?.identity?.renewals ?? 0) >= 1, box);
    await until('the new one is in use', () => status()?.identity?.isPending === false, box);
    await until('it is connected', () => isConnected(box), box);
    expect(file('key.pem')).not.toBe(key);
    expect(file('certificate.pem')).not.toBe(certificate);
    expect(existsSync(join(office.agentData, 'identity', 'next'))).toBe(false);
    const before = acks();
    await until('records arrive', () => acks() > before, box);
    await box.stop();
  }, 120_000);

  test('is renewed after it has expired while the box was off', async () => {
    const certificate = file('certificate.pem');
    await new Promise((wait) => setTimeout(wait, (LIFE_S + 1) * 1_000));
    const box = startBox();
    await until('it is connected', () => isConnected(box), box);
    await until('the new one is in use', () => file('certificate.pem') !== certificate, box);
    expect(collector.stderr).toContain('an expired certificate was renewed');
    await box.stop();
  }, 120_000);

  test('a stop between the renewal and its first acknowledgement locks nobody out', async () => {
    const next = join(office.agentData, 'identity', 'next', 'identity.json');
    let box = startBox();
    for (let index = 0; index < 2; index++) {
      await until('a renewed one is there', () => existsSync(next), box);
      await box.kill();
      // Longer than a certificate lives, once: the renewed one has expired then, too, unused.
      if (index === 1) await new Promise((wait) => setTimeout(wait, (LIFE_S + 1) * 1_000));
      box = startBox();
      await until('it is connected again', () => isConnected(box), box);
    }
    await box.stop();
  }, 120_000);

  test('is dropped within a second when it is revoked, and not let in again', async () => {
    const box = startBox();
    await until('it is connected', () => isConnected(box), box);
    const { agents } = await office.admin<{ agents: { id: string; isCurrent: boolean }[] }>('agent', 'list');
    const { id } = agents.find(({ isCurrent }) => isCurrent)!;
    await office.admin('agent', 'revoke', id);
    const startMs = performance.now();
    await until('the connection is gone', () => status()?.publisher?.state !== 'connected', box);
    expect(performance.now() - startMs).toBeLessThan(2_500); // The status file is written once a second.
    await until('it says why', () => box.stderr.includes('IDENTITY_REVOKED'), box);
    expect(status()?.publisher?.state).not.toBe('connected');
    await box.stop();
    const { code } = await office.admin<{ code: string }>('site', 'code', office.site);
    expect((await office.tryEnrol(code)).code).toBe(0);
    const anew = startBox();
    await until('it is connected', () => isConnected(anew), anew);
    await anew.stop();
  }, 120_000);

  test('the authority stays closed without its key file', async () => {
    await collector.stop();
    const keyFile = `${office.collectorData}.key`;
    const key = readFileSync(keyFile, 'utf8');
    rmSync(keyFile);
    const closed = await office.programs.run('collector/main.ts', ['run', '--data', office.collectorData]);
    expect(closed.code).toBe(1);
    expect(closed.stderr).toMatch(/could not read .*collector\.key.*\(AUTHORITY_LOCKED\)/);
    writeFileSync(keyFile, key, { mode: 0o600 });
    collector = await office.startCollector(ports, config);
  }, 60_000);

  test.skipIf(FAKETIME === undefined).each(['1970-01-02 00:00:00', '2040-01-01 00:00:00'])(
    'a box whose clock says %s connects, renews and delivers',
    async (time) => {
      const certificate = file('certificate.pem');
      const command = ['--import', 'tsx', 'agent/main.ts', 'run', '--data', office.agentData, '--config', agentConfig];
      const clock = [`LD_PRELOAD=${FAKETIME}`, `FAKETIME=@${time}`, 'FAKETIME_DONT_FAKE_MONOTONIC=1'];
      const box = office.programs.startOther('env', [...clock, process.execPath, ...command]);
      last = box;
      await until('the new one is in use', () => file('certificate.pem') !== certificate, box);
      await until('batches are acknowledged', () => status()?.pid === box.child.pid && acks() > 0, box);
      expect(status()?.at.slice(0, 4)).toBe(time.slice(0, 4));
      expect(box.stderr).toContain('the clock of this box is wrong');
    },
    120_000,
  );
});
