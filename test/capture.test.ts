import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecording } from '../agent/sensor/capture/recording.js';
import { WatchConfig } from '../agent/watch/config.js';
import { SensorWatch } from '../agent/watch/watch.js';
import { silentLogger } from '../protocol/base/log.js';
import { sleep, systemClock } from '../protocol/base/time.js';
import { Wire, whyNoNamespaces } from './support/namespaces.js';
import { until } from './support/programs.js';

const why = whyNoNamespaces(['tcpdump', 'ping']);

/** Length on the wire and bytes of each packet, as text. */
async function packetsOf(path: string): Promise<string[]> {
  const packets: string[] = [];
  const recording = await openRecording(path);
  const note = (b: Buffer, start: number, end: number, wireBytes: number): void => {
    packets.push(`${wireBytes} ${b.toString('hex', start, end)}`);
  };
  while ((await recording.next(note, 1_000)) === 'more') {}
  await recording.close();
  return packets;
}

/** The real sensor and tcpdump listen on the same interface at the same time. */
describe.skipIf(why !== undefined)(`packets on request${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  const wire = new Wire();
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-packets-'));
  let watch: SensorWatch;

  beforeAll(async () => {
    wire.make();
    const executable = join(folder, 'node');
    writeFileSync(executable, `#!/bin/sh\nexec ip netns exec ${wire.server} ${process.execPath} "$@"\n`);
    chmodSync(executable, 0o755);
    const config = Value.Default(WatchConfig, { executable, ring: {} }) as WatchConfig;
    watch = new SensorWatch(
      { ...config, sensor: { live: { interface: wire.interface }, statsMs: 50 } },
      {
        clock: systemClock,
        random: Math.random,
        log: silentLogger,
        accept: () => {},
        lost: () => {},
        ringFolder: join(folder, 'ring'),
      },
    );
    await watch.start();
    await until('the sensor listens', () => watch.lastStats?.source === 'live');
    // What the kernel still holds of it would come into the first capture.
    const before = watch.lastStats?.deliveredPackets ?? 0;
    wire.onClient('ping', '-c', '1', wire.serverAddress);
    // A question of the kernel's own, between the beginnings of two captures, would be in one of them alone.
    wire.fixNeighbours();
    await until('the ping is seen', () => (watch.lastStats?.deliveredPackets ?? 0) >= before + 2);
    await sleep(1_000);
  }, 60_000);
  afterAll(async () => {
    await watch?.close();
    wire.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Echo requests of some length, and datagrams to a port that answers with an error, and to one that is let pass. */
  function talk(): void {
    for (const bytes of ['40', '900', '3000'])
      wire.onClient('ping', '-c', '3', '-i', '0.02', '-s', bytes, wire.serverAddress);
    const script = `const s = require('dgram').createSocket('udp4');
      let left = 60;
      const sent = () => { left -= 1; if (left === 0) s.close(); };
      for (let i = 0; i < 30; i++) for (const port of [9, 7777])
        s.send(Buffer.alloc(10 + i * 40, i), port, '${wire.serverAddress}', sent);`;
    wire.onClient(process.execPath, '-e', script);
  }

  async function bothWays(filter: string): Promise<[ours: string[], theirs: string[]]> {
    const [ourFile, theirFile] = [join(folder, 'ours.pcap'), join(folder, 'theirs.pcap')];
    const [ns, ...prefix] = wire.serverPrefix;
    const args = [
      ...prefix,
      'tcpdump',
      '-i',
      wire.interface,
      '-n',
      '--immediate-mode',
      '-U',
      '-Z',
      'root',
      '-w',
      theirFile,
      filter,
    ];
    const tcpdump = spawn(ns!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    tcpdump.stderr.on('data', (text) => {
      words += text;
    });
    await until('tcpdump listens', () => words.includes('listening on'));
    const pieces: Buffer[] = [];
    const stop = new AbortController();
    const capture = watch.capture({ filter, seconds: 60 }, (piece) => void pieces.push(piece), stop.signal);
    await sleep(300);
    talk();
    await sleep(700);
    stop.abort();
    const result = await capture;
    tcpdump.kill('SIGINT');
    await once(tcpdump, 'exit');
    writeFileSync(ourFile, Buffer.concat(pieces));
    const both = [await packetsOf(ourFile), await packetsOf(theirFile)] as [string[], string[]];
    expect(result).toMatchObject({ packets: both[0].length, dropped: 0, endedBy: 'stopped' });
    return both;
  }

  test.each([
    ['icmp', 18],
    ['udp port 9', 30],
    ['udp and portrange 7000-8000 and greater 700', 10],
    ['src host 192.168.77.1 and not udp', 9],
    ['net 192.168.77.0/24 and (port 7777 or icmp) and ip', 48],
  ])(
    '%s: the same packets as tcpdump has',
    async (filter, atLeast) => {
      const [ours, theirs] = await bothWays(filter);
      expect(ours).toEqual(theirs);
      expect(ours.length).toBeGreaterThanOrEqual(atLeast);
    },
    30_000,
  );

  test('and what passed before is in the ring', async () => {
    const fromMs = Date.now() - 500;
    talk();
    await sleep(1_500);
    const pieces: Buffer[] = [];
    const span = { from: fromMs, to: Date.now() + 1_000, filter: 'udp port 9' };
    const result = await watch.readRing(span, (piece) => void pieces.push(piece));
    const path = join(folder, 'ring.pcap');
    writeFileSync(path, Buffer.concat(pieces));
    const count = /^(\d+) packet/m.exec(
      execFileSync('tcpdump', ['-n', '--count', '-r', path, 'udp dst port 9'], { encoding: 'utf8', stdio: 'pipe' }),
    )?.[1];
    expect(Number(count)).toBe(30);
    expect(result.packets).toBe((await packetsOf(path)).length);
    expect(result.firstMs).toBeGreaterThanOrEqual(fromMs);
  }, 30_000);

  test('the sensor that gives them away is nobody, and goes on', () => {
    expect(watch.counters).toMatchObject({ restarts: 0, badLines: 0 });
    const uids = /^Uid:\s+(.*)$/m.exec(readFileSync(`/proc/${watch.pid}/status`, 'utf8'))?.[1];
    expect(uids?.split(/\s+/)).not.toContain('0');
  });
});
