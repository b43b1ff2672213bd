import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROOF_MS, RemoteStage, SITE } from './support/remote-stage.js';

const WAIT_MS = 120_000;
/** What this office allows: not everything. */
const POLICY = { settings: ['logLevel', 'publish', 'health', 'sensor.pipeline.flowsMax'] };

/** Commands and configurations to a real box over a real broker: what is obeyed, what is refused, what goes back. */
describe('the remote hand', () => {
  const stage = new RemoteStage();

  beforeAll(async () => {
    await stage.start();
    await stage.startAgent(POLICY);
  }, WAIT_MS);
  afterAll(() => stage.close(), 60_000);

  /** As the collector makes them. */
  const commandOf = (changes: object = {}): object => ({
    v: 1,
    id: `t-${Math.random().toString(36).slice(2)}`,
    ...stage.box,
    name: 'rescan',
    args: {},
    issued: Date.now(),
    expires: Date.now() + 60_000,
    ...changes,
  });
  const signed = (command: object): string => stage.fleet.signer.sign('command', command);

  describe('commands', () => {
    test('rescan has the devices told again', async () => {
      const { state, result } = await stage.command('rescan');
      expect({ state, result }).toEqual({ state: 'done', result: { devices: expect.any(Number) } });
    });

    test('log-level holds for a time', async () => {
      const { state, result } = await stage.command('log-level', { level: 'debug', minutes: 1 });
      expect(state).toBe('done');
      const untilMs = Date.parse(String(result?.['until']));
      expect(Math.abs(untilMs - Date.now() - 60_000)).toBeLessThan(15_000);
    });

    test(
      'capture gives a pcap of what the filter names',
      async () => {
        const { id, state, result, file } = await stage.command('capture', { filter: 'udp port 53', seconds: 5 });
        expect(state).toBe('done');
        const pcap = await stage.download(id);
        expect(pcap.readUInt32LE(0)).toBe(0xa1b2c3d4);
        expect(pcap.length).toBe(file?.bytes);
        expect(result?.['bytes']).toBe(pcap.length);
        expect(result?.['packets']).toBeGreaterThan(0);
      },
      WAIT_MS,
    );

    test('a filter that is not understood fails with its place', async () => {
      const { state, code } = await stage.command('capture', { filter: 'port nonsense', seconds: 5 });
      expect({ state, code }).toEqual({ state: 'failed', code: 'CAPTURE_FILTER' });
    });

    test('diagnostics have what is needed, and no secret', async () => {
      const { id, state } = await stage.command('diagnostics');
      expect(state).toBe('done');
      const text = gunzipSync(await stage.download(id)).toString('utf8');
      const bundle = JSON.parse(text);
      expect(Object.keys(bundle)).toEqual(
        expect.arrayContaining(['versions', 'config', 'status', 'doctor', 'log', 'remote']),
      );
      expect(bundle.log.length).toBeGreaterThan(3);
      const key = readFileSync(join(stage.agentData, 'identity/key.pem'), 'utf8');
      for (const line of key.split('\n').filter((each) => each.length > 16)) expect(text).not.toContain(line);
      expect(text).not.toContain('PRIVATE KEY');
    });

    test(
      'restart ends the agent in order; done is told by the one that its supervisor starts',
      async () => {
        const sent = await stage.ask<{ id: string }>('POST', `/sites/${SITE}/commands`, { name: 'restart' });
        expect(await stage.agent?.ended).toBe(75);
        await stage.startAgent(POLICY);
        const { state, result } = await stage.ended(sent.id);
        expect({ state, pid: result?.['pid'] }).toEqual({ state: 'done', pid: stage.agent?.child.pid });
      },
      WAIT_MS,
    );

    test(
      'the command line sends one and shows its end',
      async () => {
        const args = ['command', SITE, 'rescan', '--wait', '--json', '--data', stage.collectorData];
        const { code, stdout, stderr } = await stage.programs.run('collector/main.ts', args);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(JSON.parse(stdout)).toMatchObject({ name: 'rescan', state: 'done' });
      },
      WAIT_MS,
    );

    test('one that is unknown or wrong is not even sent', async () => {
      await expect(stage.command('format-disk')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      await expect(stage.command('capture', { seconds: 1e9 })).rejects.toMatchObject({ code: 'REMOTE_INVALID' });
    });
  });

  describe('is refused by the box', () => {
    test('a command that came before', async () => {
      const command = commandOf({ id: 'once' });
      stage.force('command', signed(command));
      await stage.untilAudit('done', ({ id, what }) => id === 'once' && what === 'done');
      stage.force('command', signed(command));
      await stage.untilAudit('the replay', ({ id, code }) => id === 'once' && code === 'REMOTE_REPLAYED');
      expect(stage.boxAudit().filter(({ id, what }) => id === 'once' && what === 'accepted')).toHaveLength(1);
    });

    test('a command for another box, or another site', async () => {
      stage.force('command', signed(commandOf({ id: 'foreign-box', agent: 'a-other' })));
      stage.force('command', signed(commandOf({ id: 'foreign-site', site: 'other' })));
      for (const wanted of ['foreign-box', 'foreign-site'])
        await stage.untilAudit(wanted, ({ id, code }) => id === wanted && code === 'REMOTE_NOT_FOR_US');
      expect(stage.boxAudit().some(({ id, what }) => id?.startsWith('foreign') && what === 'accepted')).toBe(false);
    });

    test('a command after its time', async () => {
      stage.force(
        'command',
        signed(commandOf({ id: 'late', issued: Date.now() - 20_000, expires: Date.now() - 10_000 })),
      );
      await stage.untilAudit('late', ({ id, code }) => id === 'late' && code === 'REMOTE_EXPIRED');
    });

    test('a command that was changed, or was signed for another purpose', async () => {
      const before = stage.boxAudit().filter(({ code }) => code === 'REMOTE_SIGNATURE').length;
      const message = signed(commandOf({ id: 'changed' }));
      stage.force('command', message.replace('rescan', 'restart'));
      stage.force('command', stage.fleet.signer.sign('config', commandOf({ id: 'changed' })));
      stage.force('command', 'nonsense');
      const refused = (): number => stage.boxAudit().filter(({ code }) => code === 'REMOTE_SIGNATURE').length;
      await expect.poll(refused, { timeout: 20_000 }).toBe(before + 3);
      expect(stage.agent?.isRunning).toBe(true);
    });

    test('what the office does not allow, and it says so', async () => {
      const { state, code, message } = await stage.command('capture', { seconds: 3_000 });
      expect({ state, code }).toEqual({ state: 'refused', code: 'REMOTE_FORBIDDEN' });
      expect(message).toContain('policy.capture');
      const ring = await stage.command('capture', { lastSeconds: 60 });
      expect(ring.code).toBe('REMOTE_FORBIDDEN');
    });
  });

  describe('configuration', () => {
    test(
      'is applied, proven and kept, also over a kill',
      async () => {
        const { desired } = await stage.setConfig({ sensor: { pipeline: { flowsMax: 4_096 } } });
        await stage.untilConfig('kept', ({ box }) => box?.state === 'kept' && box.running === desired?.version);
        await stage.agent?.kill();
        await stage.startAgent(POLICY);
        await expect.poll(() => stage.status()?.remote?.version, { timeout: 20_000 }).toBe(desired?.version);
      },
      WAIT_MS,
    );

    test(
      'the office does not allow is not tried',
      async () => {
        const kept = (await stage.config()).box?.running;
        const { desired } = await stage.setConfig({ spool: { bytesMax: 2 ** 30 } });
        const { box } = await stage.untilConfig(
          'refused',
          (config) => config.box?.failed?.version === desired?.version,
        );
        expect(box).toMatchObject({ state: 'refused', running: kept, failed: { code: 'REMOTE_FORBIDDEN' } });
        expect(box?.failed?.message).toContain('spool.bytesMax');
        const alert = await stage.alert('config-went-back');
        expect(alert).toMatchObject({ 'hinomi.site': SITE, 'hinomi.alert.value': desired?.version });
        expect(alert['hinomi.message_ja']).toContain('「本社」は設定の版');
      },
      WAIT_MS,
    );

    test(
      'that cuts the delivery goes back in its time, with the reason',
      async () => {
        const kept = (await stage.config()).box?.running;
        const { desired } = await stage.setConfig({
          publish: { connectMsMax: 100 },
        });
        const { box } = await stage.untilConfig('back', (config) => config.box?.failed?.version === desired?.version);
        expect(box).toMatchObject({ state: 'back', running: kept });
        expect(box?.failed).toMatchObject({ code: 'REMOTE_CONFIG_UNPROVEN' });
        expect(box?.failed?.message).toContain(`${PROOF_MS / 1_000} s`);
      },
      WAIT_MS,
    );

    test(
      'from before is there again after a kill in the trial',
      async () => {
        const kept = (await stage.config()).box?.running;
        const { desired } = await stage.setConfig({ publish: { connectMsMax: 100 } });
        await expect
          .poll(() => stage.status()?.remote, { timeout: 30_000 })
          .toMatchObject({ state: 'trial', version: desired?.version });
        await stage.agent?.kill();
        await stage.startAgent(POLICY);
        const { box } = await stage.untilConfig('back', (config) => config.box?.failed?.version === desired?.version);
        expect(box).toMatchObject({ state: 'back', running: kept, failed: { code: 'REMOTE_CONFIG_CRASHED' } });
      },
      WAIT_MS,
    );

    test('that is older than one that came is refused', async () => {
      stage.force(
        'config',
        stage.fleet.signer.sign('config', { v: 1, ...stage.box, version: 1, issued: Date.now(), settings: {} }),
      );
      await stage.untilAudit('old', ({ code, version }) => code === 'REMOTE_CONFIG_OLD' && version === 1);
    });

    test('never says who the box is, where its data lie, whom it talks to or what its office allows', async () => {
      for (const settings of [
        { data: '/tmp' },
        { publish: { url: 'mqtts://evil:1' } },
        { policy: {} },
        { remote: { proofMs: 1 } },
      ])
        await expect(stage.setConfig(settings)).rejects.toMatchObject({ code: 'REMOTE_CONFIG_INVALID' });
      const [key = ''] = Object.keys({ policy: 0 });
      const { box } = await stage.config();
      const body = { v: 1, ...stage.box, version: (box?.seen ?? 0) + 1, issued: Date.now(), settings: { [key]: {} } };
      stage.force('config', stage.fleet.signer.sign('config', body));
      await stage.untilAudit(
        'policy',
        ({ code, version }) => code === 'REMOTE_CONFIG_INVALID' && version === body.version,
      );
    });
  });

  test(
    'a command for a box that is away waits, and expires',
    async () => {
      await stage.agent?.stop();
      await expect.poll(() => stage.presence(), { timeout: 20_000 }).toBe('offline');
      const { state } = await stage.command('rescan', {}, 2);
      expect(state).toBe('expired');
      const waiting = await stage.ask<{ id: string }>('POST', `/sites/${SITE}/commands`, { name: 'rescan' });
      await stage.startAgent();
      expect((await stage.ended(waiting.id)).state).toBe('done');
    },
    WAIT_MS,
  );

  test('the audit log of the collector has what was asked and what became of it', async () => {
    const { entries } = await stage.ask<{ entries: Array<{ who: string; what: string }> }>('GET', '/audit?limit=200');
    const words = entries.map(({ what }) => what);
    expect(words).toEqual(
      expect.arrayContaining([
        'command',
        'command done',
        'command refused',
        'configuration set',
        'configuration',
        'result taken',
      ]),
    );
  });
});
