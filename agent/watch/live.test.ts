import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from 'typebox/value';
import { describe, expect, it, vi } from 'vitest';
import { type Logger, silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { WatchConfig } from './config.js';
import { SensorWatch } from './watch.js';

// Real packets on a veth pair in a network namespace of its own, which only root can make.
const isRoot = process.getuid?.() === 0;
const canMakeNamespaces = isRoot && spawnSync('ip', ['link', 'show']).status === 0 && hasNamespaces();
const PROGRAM = fileURLToPath(new URL('../sensor/testing/counting-sensor.ts', import.meta.url));
const UDP_HEADERS_BYTES = 14 + 20 + 8;

function hasNamespaces(): boolean {
  const name = `hinomi-probe-${process.pid}`;
  const isMade = spawnSync('ip', ['netns', 'add', name]).status === 0;
  spawnSync('ip', ['netns', 'del', name]);
  return isMade;
}

/** A namespace with the pair left-right; what is sent to 10.98.0.2 leaves on left and arrives at right. */
class Office {
  readonly name = `hinomi-${process.pid}-${Math.floor(performance.now())}`;
  readonly folder = mkdtempSync(join(tmpdir(), 'hinomi-live-'));

  constructor() {
    this.#ip('netns', 'add', this.name);
    this.plug();
  }

  plug(): void {
    this.#ip('-n', this.name, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right');
    this.#ip('-n', this.name, 'addr', 'add', '10.98.0.1/24', 'dev', 'left');
    this.link('left', 'up');
    this.link('right', 'up');
    this.#ip('-n', this.name, 'neigh', 'add', '10.98.0.2', 'lladdr', '02:00:00:00:00:02', 'dev', 'left');
  }

  unplug(): void {
    this.#ip('-n', this.name, 'link', 'del', 'left');
  }

  link(name: string, state: 'up' | 'down'): void {
    this.#ip('-n', this.name, 'link', 'set', name, state);
  }

  /** Sends one datagram of so many bytes. */
  send(bytes: number): void {
    const script = `const s = require('dgram').createSocket('udp4');
      s.send(Buffer.alloc(${bytes}), 9, '10.98.0.2', () => s.close());`;
    execFileSync('ip', ['netns', 'exec', this.name, process.execPath, '-e', script]);
  }

  /** An executable that is node inside the namespace. */
  node(prefix: string): string {
    const path = join(this.folder, 'node');
    writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${this.name} ${prefix} ${process.execPath} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  #ip(...args: string[]): void {
    execFileSync('ip', args);
  }

  close(): void {
    spawnSync('ip', ['netns', 'del', this.name]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Scene {
  office: Office;
  watch: SensorWatch;
  /** Payload lengths of the datagrams that the sensor saw. */
  seen: number[];
  /** Their times. */
  timesUs: number[];
  failures: string[];
}

async function scene(
  options: { live?: object; prefix?: string; watch?: object },
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  const office = new Office();
  const seen: number[] = [];
  const timesUs: number[] = [];
  const failures: string[] = [];
  const log: Logger = {
    ...silentLogger,
    error: (facts) => failures.push((facts as { code: string }).code),
    child: () => log,
  };
  const config = Value.Default(WatchConfig, {
    executable: office.node(options.prefix ?? ''),
    restartMs: 10,
    ...options.watch,
  });
  const live = { interface: 'right', ...options.live };
  const watch = new SensorWatch(
    { ...(config as WatchConfig), sensor: { live, statsMs: 50 } },
    {
      clock: systemClock,
      random: () => 0.5,
      log,
      program: PROGRAM,
      lost: (reason) => failures.push(reason),
      accept: (_lane, line) => {
        const { wireBytes, timeUs } = JSON.parse(line.toString());
        seen.push(wireBytes - UDP_HEADERS_BYTES);
        timesUs.push(timeUs);
      },
    },
  );
  try {
    await watch.start();
    await act({ office, watch, seen, timesUs, failures });
  } finally {
    await watch.close();
    office.close();
  }
}

const until = (condition: () => boolean): Promise<void> =>
  vi.waitUntil(condition, { timeout: 15_000, interval: 20 }).then(() => {});

describe.skipIf(!canMakeNamespaces)('live capture (needs root and network namespaces)', () => {
  it('sees each packet once, with its length and time, as an unprivileged user', () =>
    scene({}, async ({ office, watch, seen, timesUs, failures }) => {
      await until(() => watch.lastStats !== undefined);
      const startUs = Date.now() * 1_000;
      for (const bytes of [501, 502, 503]) office.send(bytes);
      await until(() => seen.includes(503));
      expect(seen.filter((bytes) => bytes > 500 && bytes < 600)).toEqual([501, 502, 503]);
      expect(timesUs[seen.indexOf(501)]).toBeGreaterThanOrEqual(startUs - 1_000);
      expect(timesUs[seen.indexOf(503)]).toBeLessThanOrEqual(Date.now() * 1_000);
      const uids = /^Uid:\s+(.*)$/m.exec(readFileSync(`/proc/${watch.pid}/status`, 'utf8'))?.[1];
      expect(uids?.split(/\s+/)).not.toContain('0');
      expect(watch.lastStats?.kernelReceived).toBeGreaterThanOrEqual(watch.lastStats?.deliveredPackets ?? 0);
      expect(failures).toEqual([]);
    }));

  it('goes on after its interface went down and up', () =>
    scene({}, async ({ office, watch, seen }) => {
      await until(() => watch.lastStats !== undefined);
      office.send(601);
      await until(() => seen.includes(601));
      for (const bytes of [602, 603]) {
        office.link('right', 'down');
        office.link('right', 'up');
        await until(() => {
          office.send(bytes);
          return seen.includes(bytes);
        });
      }
      expect(watch.counters.restarts).toBe(0);
    }));

  it('says that its interface was taken away, and goes on with the new one', () =>
    scene({ watch: { restartMsMax: 50 } }, async ({ office, watch, seen, failures }) => {
      await until(() => watch.lastStats !== undefined);
      office.unplug();
      await until(() => failures.includes('CAPTURE_INTERFACE'));
      office.plug();
      await until(() => {
        office.send(701);
        return seen.includes(701);
      });
      expect(watch.counters.restarts).toBeGreaterThan(0);
    }));

  it('takes the interface of the default route as soon as there is one', () =>
    scene({ live: { interface: undefined }, watch: { restartMsMax: 50 } }, async ({ office, watch, failures }) => {
      await until(() => failures.includes('CAPTURE_INTERFACE'));
      execFileSync('ip', ['-n', office.name, 'route', 'add', 'default', 'via', '10.98.0.2', 'dev', 'left']);
      await until(() => watch.lastStats?.place === 'left');
      expect(failures).toEqual(['CAPTURE_INTERFACE']);
    }));

  it('says what it lacks without the privilege', () =>
    scene({ prefix: 'setpriv --bounding-set=-net_raw' }, async ({ failures, watch }) => {
      await until(() => failures.length > 0);
      expect(failures).toEqual(['CAPTURE_PRIVILEGE']);
      expect(watch.lastFailure?.message).toContain('could not listen on right');
    }));
});
