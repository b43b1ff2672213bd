import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../protocol/base/place.js';
import { Programs, type Running, until } from './support/programs.js';

const UP = join(ROOT, 'dist/scripts/quickstart/main.js');
const NOBODY = 65_534;
const programs = new Programs();

beforeAll(() => {
  const built = spawnSync('bash', [join(ROOT, 'scripts/setup'), 'run'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  // Started by root, the programs run as nobody, who must be able to pass.
  chmodSync(programs.folder, 0o755);
}, 120_000);
afterAll(() => programs.close());

function up(...args: string[]): Running {
  return programs.startOther(process.execPath, [UP, ...args]);
}

async function freePorts(): Promise<string[]> {
  const servers = [createServer(), createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<string>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve(String((server.address() as { port: number }).port)));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ['--http-port', ports[0]!, '--mqtt-port', ports[1]!, '--gate-port', ports[2]!];
}

/** Processes whose command line names a folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
}

describe('scripts/up --demo', () => {
  const data = programs.path('demo');
  const args = ['--demo', '--data', data];
  let running: Running;
  let before: string[] = [];
  const PASSWORD = /one-time password (\S+)|一度限りのパスワード (\S+)/;
  /** What there is, without the figures of traffic. */
  const lists = (): string[] =>
    ['user', 'company', 'site', 'token'].flatMap((what) => {
      const main = join(ROOT, 'dist/collector/main.js');
      const list = [main, what, 'list', '--data', join(data, 'collector'), '--json'];
      return spawnSync(process.execPath, list, { encoding: 'utf8' }).stdout.match(/"(id|name|created)":"[^"]*"/g) ?? [];
    });

  beforeAll(async () => {
    args.push(...(await freePorts()));
    running = up(...args);
    await until('it is up', () => /hinomi query/.test(running.stdout), running);
  }, 90_000);

  test('says where the console is, and the first password once', async () => {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(running.stdout)?.[0];
    const page = await (await fetch(`${url}/`)).text();
    expect(page).toContain('<div id="root">');
    expect(running.stdout).toMatch(PASSWORD);
    expect(running.stderr).not.toContain('{"level"');
    before = lists();
    expect(before).toContain('"name":"admin"');
  });

  test('the query that it shows is answered', async () => {
    const command = /\.\/scripts\/hinomi (.*)/.exec(running.stdout)?.[1] ?? '';
    let output = '';
    await until('there are DNS records', () => {
      const env = { ...process.env, HINOMI_DATA: data };
      output = spawnSync('bash', ['-c', `scripts/hinomi ${command}`], { cwd: ROOT, encoding: 'utf8', env }).stdout;
      return output.split('\n').length > 3;
    });
    expect(output).toContain('dns');
  }, 90_000);

  test('Ctrl-C ends everything', async () => {
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(processesOf(data)).toEqual([]);
  });

  test('kill -9 ends everything as well', async () => {
    const killed = up(...args);
    await until('it is up', () => /hinomi query/.test(killed.stdout), killed);
    killed.child.kill('SIGKILL');
    await until('its programs are gone', () => processesOf(data).length === 0);
  }, 120_000);

  test('a second run changes nothing that exists', async () => {
    const again = up(...args);
    await until('it is up again', () => /hinomi query/.test(again.stdout), again);
    expect(again.stdout).not.toMatch(PASSWORD);
    expect(lists()).toEqual(before);
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(0);
    expect(processesOf(data)).toEqual([]);
  }, 90_000);
});

describe('the demo and what is real', () => {
  test('an office of one’s own is not called a demo, and the demo does not go among its records', async () => {
    const data = programs.path('own');
    const args = ['--data', data, ...(await freePorts())];
    const running = up('--replay', recording(), ...args);
    await until('it is up', () => /hinomi query/.test(running.stdout), running);
    const identity = readFileSync(join(data, 'agent/identity/identity.json'), 'utf8');
    expect(JSON.parse(identity)).toMatchObject({ site: 'this-office' });
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    const demo = up('--demo', ...args);
    expect(await demo.ended).not.toBe(0);
    expect(demo.stderr).toMatch(/--data DIR/);
  }, 90_000);
});

describe('ended early', () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)(
    '%s while it works on the demo ends that work, too',
    async (signal) => {
      const data = programs.path(`early-${signal}`);
      const running = up('--demo', '--data', data, ...(await freePorts()));
      await until('it generates', () => processesOf(join(data, 'demo-office')).length > 0, running);
      running.child.kill(signal);
      expect(await running.ended).toBe(0);
      expect(processesOf(data)).toEqual([]);
      expect(existsSync(join(data, 'demo-office.pcap'))).toBe(false);
    },
    30_000,
  );

  test('a terminal that is closed ends everything', async () => {
    const data = programs.path('hangup');
    const running = up('--replay', recording(), '--data', data, ...(await freePorts()));
    await until('the collector runs', () => processesOf(join(data, 'collector')).length > 0, running);
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    running.child.kill('SIGHUP');
    await running.ended;
    expect(processesOf(data)).toEqual([]);
  }, 60_000);
});

describe('one clear line and a code that is not zero', () => {
  const folder = (name: string, prepare: (path: string) => void = () => {}): string => {
    const path = programs.path(name);
    prepare(path);
    return path;
  };

  test.each([
    [
      'a recording that is not there',
      () => ['--replay', '/nowhere/office.pcap'],
      /no such file: \/nowhere\/office.pcap/,
    ],
    ['an interface that is not there', () => ['--interface', 'nowhere0'], /no interface nowhere0; there are .*lo/],
    ['two sources at once', () => ['--demo', '--interface', 'lo'], /only one of/],
    [
      'a data folder that is a file',
      () => ['--demo', '--data', folder('file', (path) => writeFileSync(path, ''))],
      /could not make .*file.*DATA_FOLDER/,
    ],
    [
      'a state that cannot be read',
      () => [
        '--replay',
        recording(),
        '--data',
        folder('unreadable', (path) => {
          mkdirSync(join(path, 'collector/state'), { recursive: true });
          giveToNobody(path);
          chmodSync(join(path, 'collector/state'), 0);
        }),
      ],
      /STATE_OPEN_FAILED/,
    ],
  ])(
    '%s',
    async (_what, args, words) => {
      const given = args();
      const where = given.includes('--data') ? [] : ['--data', programs.path('refused')];
      const running = up(...given, ...where, ...(await freePorts()));
      expect(await running.ended).toBe(1);
      const lines = running.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('· '));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^scripts\/up: /);
      expect(lines[0]).toMatch(words);
    },
    60_000,
  );

  test('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const port = String((server.address() as { port: number }).port);
    const [, , ...mqtt] = await freePorts();
    const running = up('--replay', recording(), '--data', programs.path('busy'), '--http-port', port, ...mqtt);
    expect(await running.ended).toBe(1);
    expect(running.stderr).toMatch(new RegExp(`scripts/up: .*${port}.*ADDRESS_IN_USE`));
    expect(processesOf(programs.path('busy'))).toEqual([]);
    await new Promise((done) => server.close(done));
  }, 60_000);

  test('a second one on the same folder', async () => {
    const data = programs.makeFolder('locked');
    writeFileSync(join(data, 'up.pid'), `${process.pid}\n`);
    const running = up('--demo', '--data', data);
    expect(await running.ended).toBe(1);
    expect(running.stderr).toContain(`running already on this folder (process ${process.pid})`);
  });

  const isReadable = process.getuid?.() === 0 && nobodyCan('-r', UP);
  test.skipIf(!isReadable)('a live interface without the privilege (needs root, to become nobody)', async () => {
    const data = programs.makeFolder('plain');
    giveToNobody(data);
    const running = programs.startOther('setpriv', [
      ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
      ...[process.execPath, UP, '--interface', 'lo', '--data', data],
    ]);
    expect(await running.ended).toBe(1);
    expect(running.stderr).toMatch(/^scripts\/up: .*sudo setcap cap_net_raw\+ep .*CAPTURE_PRIVILEGE/m);
  });
});

/** A recording without packets. */
function recording(): string {
  const path = programs.path('empty.pcap');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  writeFileSync(path, header);
  return path;
}

function nobodyCan(flag: string, path: string): boolean {
  const become = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  return spawnSync('setpriv', [...become, 'test', flag, path]).status === 0;
}

/** Gives a folder to nobody, as an earlier run would have. */
function giveToNobody(path: string): void {
  if (process.getuid?.() !== 0) return;
  for (const entry of ['', ...readdirSync(path, { recursive: true })]) {
    chownSync(join(path, String(entry)), NOBODY, NOBODY);
  }
}
