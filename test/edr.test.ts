import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askCollector } from '../collector/admin/client.js';
import { startCollector } from '../collector/compose.js';
import { CollectorConfig } from '../collector/config.js';
import { SophosEmulator, siemAlert, siemEvent } from '../collector/connectors/testing/sophos-emulator.js';
import type { AuditList } from '../protocol/api/audit.js';
import type { ConnectorList, ConnectorTest, EdrJob } from '../protocol/api/connectors.js';
import type { CreatedToken } from '../protocol/api/session.js';
import { loadConfig } from '../protocol/base/config.js';
import type { Logger } from '../protocol/base/log.js';
import type { Scope } from '../protocol/base/scope.js';
import { systemClock } from '../protocol/base/time.js';
import { Programs, readJson, until } from './support/programs.js';

const WAIT_MS = 120_000;
const MINUTE_MS = 60_000;

/** A whole collector, the command lines, and Sophos Central emulated over real HTTP. */
describe('the EDR in the cloud', () => {
  const emulator = new SophosEmulator();
  const programs = new Programs();
  const data = programs.makeFolder('collector');
  const logged: string[] = [];
  let scope: Scope | undefined;

  const ask = <T>(method: string, path: string, body?: object): Promise<T> => askCollector<T>(data, method, path, body);
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await programs.run('collector/main.ts', [...args, '--data', data]);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
  const events = async (query: string): Promise<Array<Record<string, unknown>>> =>
    (await ask<{ events: Array<Record<string, unknown>> }>('GET', `/events?q=${encodeURIComponent(query)}&from=now-2d`))
      .events;

  async function start(): Promise<void> {
    const config = loadConfig(CollectorConfig, {
      overrides: {
        data,
        ...{ http: { port: 0 }, broker: { port: 0 }, gate: { port: 0 } },
        fleet: { keyFile: programs.path('collector.key') },
        connectors: {
          ...{
            pollMs: 300,
            inventoryMs: 1_000,
            silentMs: 3_000,
            jobMs: 100,
            heldMs: 200,
            effectMs: 8_000,
            remindMs: 1_500,
          },
          ...{ timeoutMs: 2_000, perSecond: 1_000, perMinute: 10_000, perHour: 100_000 },
        },
      },
    });
    const note = (...words: unknown[]): void => void logged.push(JSON.stringify(words));
    const log: Logger = { debug: note, info: note, warn: note, error: note, child: () => log };
    scope = await startCollector(config, { clock: systemClock, random: Math.random, log });
  }

  async function stop(): Promise<void> {
    await scope?.close();
    scope = undefined;
  }

  const jobIs = async (id: string, state: string): Promise<EdrJob> => {
    let job: EdrJob | undefined;
    await until(`job ${id} is ${state}`, async () => {
      job = await ask<EdrJob>('GET', `/edr-jobs/${id}`);
      return job.state === state;
    });
    return job as EdrJob;
  };
  const states = (job: EdrJob): string[] => job.history.map(({ state }) => state);

  beforeAll(async () => {
    await emulator.start();
    emulator.isolationMs = 600;
    for (const [id, name] of [
      ['tenant-a', 'A'],
      ['tenant-b', 'B'],
      ['tenant-c', 'C'],
    ] as const)
      emulator.addTenant(id, name, ['PC-01', `${name}-ONLY`]);
    await start();
    await ask('POST', '/companies', { id: 'asahi', name: '朝日商店' });
    await ask('POST', '/companies', { id: 'botan', name: '牡丹工業' });
    await ask('POST', '/sites', { id: 'asahi-hq', company: 'asahi', name: '本社' });
  }, WAIT_MS);
  afterAll(async () => {
    await stop();
    await emulator.close();
    await programs.close();
  }, 60_000);

  const nowMs = Date.now();
  test(
    'an account is added by its secret from a file, tested and listed; the secret is shown nowhere',
    async () => {
      emulator.tenants.get('tenant-a')?.events.push(siemEvent('ev-1', nowMs - 30 * MINUTE_MS));
      emulator.tenants.get('tenant-b')?.alerts.push(siemAlert('al-1', nowMs - 20 * MINUTE_MS));
      writeFileSync(programs.path('secret'), `${emulator.credentials.clientSecret}\n`);
      const place = ['--tenant', 'tenant-a=asahi/asahi-hq', 'tenant-b=botan'];
      const urls = ['--auth-url', emulator.url, '--api-url', emulator.url];
      const who = ['--client-id', emulator.credentials.clientId, '--secret-file', programs.path('secret')];
      await run('connector', 'add', 'Sophos', '--id', 'sophos', ...who, ...place, ...urls);
      const { tenants, kind } = await ask<ConnectorTest>('POST', '/connectors/sophos/test');
      expect(kind).toBe('partner');
      expect(tenants.map(({ id, company }) => [id, company])).toEqual([
        ['tenant-a', 'asahi'],
        ['tenant-b', 'botan'],
        ['tenant-c', undefined],
      ]);
      await until('both are here', async () => (await events('event.dataset:edr event.id:*-1')).length === 2);
      expect(await run('connector', 'list')).toContain('tenant-a  events');
      const all = [
        JSON.stringify(await ask<ConnectorList>('GET', '/connectors')),
        await run('connector', 'list', '--json'),
      ];
      all.push(JSON.stringify(await ask<AuditList>('GET', '/audit')), ...logged);
      expect(all.join('\n')).not.toContain(emulator.credentials.clientSecret);
      expect(emulator.requests.some(({ tenant }) => tenant === 'tenant-c')).toBe(false);
    },
    WAIT_MS,
  );

  test(
    'what it tells is at its company and site, by hinomi query too',
    async () => {
      const [event] = await events('event.id:ev-1');
      expect(event).toMatchObject({
        ...{ 'event.kind': 'alert', 'hinomi.event_class': 'malware', 'event.severity': 60, 'hinomi.company': 'asahi' },
        ...{ 'hinomi.site': 'asahi-hq', 'host.name': 'PC-01', 'host.ip': ['192.168.10.21'], 'user.name': 'sato' },
        ...{ 'user.domain': 'IWATE', 'threat.indicator.name': 'EICAR-AV-Test', 'hinomi.edr.revision': 1 },
      });
      const [alert] = await events('event.id:al-1');
      expect(alert).toMatchObject({ 'hinomi.company': 'botan', 'event.severity': 80, 'hinomi.lane': 'p0' });
      await until('the endpoints', async () => (await events('hinomi.edr.kind:endpoint')).length === 4);
      const { token } = await ask<CreatedToken>('POST', '/tokens', { name: 'q', role: 'soc', expiresInDays: 1 });
      const url = readJson<{ httpUrl: string }>(join(data, 'listening.json'))?.httpUrl ?? '';
      const env = { HINOMI_URL: url, HINOMI_TOKEN: token };
      const { stdout } = await programs.run(
        'cli/main.ts',
        ['query', 'event.dataset:edr event.id:ev-1', '--from', 'now-1d'],
        { env },
      );
      expect(stdout).toContain('EICAR-AV-Test');
    },
    WAIT_MS,
  );

  test(
    'after a restart nothing comes twice, and what came meanwhile is there',
    async () => {
      await stop();
      emulator.tenants.get('tenant-a')?.events.push(siemEvent('ev-2', Date.now()));
      await start();
      await until('the new one', async () => (await events('event.id:ev-2')).length > 0);
      emulator.tenants.get('tenant-a')?.events.push(siemEvent('ev-3', Date.now()));
      await until('the next one', async () => (await events('event.id:ev-3')).length > 0);
      const ids = (await events('event.dataset:edr')).map((row) => `${row['hinomi.edr.tenant']} ${row['event.id']}`);
      expect(ids.sort()).toEqual([...new Set(ids)].sort());
    },
    WAIT_MS,
  );

  test(
    'an isolation: requested, accepted, effective, released; over restarts, with a reminder and in the audit log',
    async () => {
      const output = await run('isolate', 'asahi-hq', 'a-only', '--reason', 'ランサムウェアの疑い', '--json');
      const { id } = JSON.parse(output) as EdrJob;
      await stop();
      await start();
      expect(states(await jobIs(id, 'effective'))).toEqual(['requested', 'accepted', 'effective']);
      expect(
        emulator.tenants.get('tenant-a')?.endpoints.find(({ hostname }) => hostname === 'A-ONLY')?.isIsolated,
      ).toBe(true);
      await expect(run('isolate', 'asahi', 'A-ONLY', '--reason', 'again')).rejects.toThrow('open job');
      await until('the reminder', async () => (await events('rule.id:edr-isolation-long')).length > 0);
      const released = await run('isolate', '--release', id, '--reason', '駆除を確認', '--wait', '--json');
      expect(states(JSON.parse(released) as EdrJob)).toEqual([
        ...['requested', 'accepted', 'effective', 'release-requested', 'release-accepted', 'released'],
      ]);
      const { entries } = await ask<AuditList>('GET', '/audit');
      const told = entries
        .filter(({ what, detail }) => what.startsWith('edr ') && detail?.includes(id))
        .map(({ what, company }) => [what, company]);
      expect(told).toEqual([
        ['edr release', 'asahi'],
        ['edr isolate', 'asahi'],
      ]);
    },
    WAIT_MS,
  );

  test(
    'one without effect times out, and takes effect late; one that is refused has failed; hosts are not guessed',
    async () => {
      emulator.isolationMs = 14_000;
      const request = { kind: 'isolate', company: 'botan', host: 'B-ONLY', reason: 'test' };
      const slow = await ask<EdrJob>('POST', '/edr-jobs', request);
      await jobIs(slow.id, 'timed-out');
      expect(states(await jobIs(slow.id, 'effective'))).toContain('timed-out');
      emulator.isolationMs = 100;
      await ask('POST', `/edr-jobs/${slow.id}/release`, { reason: 'done' });
      await jobIs(slow.id, 'released');
      emulator.fault = (path) => (path.endsWith('/isolation') ? { status: 403 } : undefined);
      const refused = await ask<EdrJob>('POST', '/edr-jobs', request);
      expect((await jobIs(refused.id, 'failed')).message).toContain('403');
      emulator.fault = () => undefined;
      await expect(ask('POST', '/edr-jobs', { ...request, host: 'A-ONLY' })).rejects.toMatchObject({
        code: 'EDR_NOT_FOUND',
      });
      await expect(ask('POST', '/edr-jobs', { ...request, reason: '' })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      });
    },
    WAIT_MS,
  );

  test(
    'a scan is ordered',
    async () => {
      await run('scan', 'asahi', 'A-ONLY', '--reason', 'check');
      const scans = (): number =>
        emulator.tenants.get('tenant-a')?.endpoints.find(({ hostname }) => hostname === 'A-ONLY')?.scans ?? 0;
      await until('the scan', () => scans() === 1);
    },
    WAIT_MS,
  );

  test(
    'credentials that are refused are an alert in Japanese, and a new secret ends it',
    async () => {
      emulator.credentials.clientSecret = 'another-secret';
      emulator.forgetTokens();
      await until('the alert', async () => (await events('rule.id:edr-refused')).length > 0);
      expect((await events('rule.id:edr-refused'))[0]?.['hinomi.message_ja']).toContain('資格情報を作り直し');
      await ask('PATCH', '/connectors/sophos', { clientSecret: 'another-secret' });
      await until(
        'the end of it',
        async () => (await events('rule.id:edr-refused hinomi.alert.state:recovered')).length > 0,
      );
    },
    WAIT_MS,
  );

  test(
    'a cloud that is silent is an alert, and a paused account is left alone',
    async () => {
      const port = Number(new URL(emulator.url).port);
      await emulator.close();
      await until('the alert', async () => (await events('rule.id:edr-silent')).length > 0);
      await emulator.start(port);
      await run('connector', 'pause', 'sophos');
      const before = emulator.requests.length;
      await new Promise((wait) => setTimeout(wait, 1_500));
      expect(emulator.requests.length).toBe(before);
      await run('connector', 'remove', 'sophos');
      expect((await ask<ConnectorList>('GET', '/connectors')).connectors).toEqual([]);
    },
    WAIT_MS,
  );
});
