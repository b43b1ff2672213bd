import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from 'typebox/value';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type Logger, silentLogger } from '../../protocol/base/log.js';
import { sleep, systemClock } from '../../protocol/base/time.js';
import type { Lane } from '../../protocol/records/lanes.js';
import { WatchConfig } from './config.js';
import { SensorWatch, type WatchDeps } from './watch.js';

const PROGRAM = fileURLToPath(new URL('../sensor/testing/counting-sensor.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hinomi-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Lost {
  reason: string;
  count: number | undefined;
  lane: Lane | undefined;
}

const open: SensorWatch[] = [];
afterEach(async () => {
  for (const watch of open.splice(0)) await watch.close();
});

function watchOf(
  sensor: object,
  options: { config?: object; program?: string; isReady?: () => boolean; memory?: WatchDeps['memory'] } = {},
) {
  const records: { lane: Lane; record: Record<string, number> }[] = [];
  const lost: Lost[] = [];
  const said: object[] = [];
  const log: Logger = { ...silentLogger, error: (facts) => said.push(facts), child: () => log };
  const config = Value.Default(WatchConfig, { restartMs: 10, checkMs: 50, ...options.config }) as WatchConfig;
  const watch = new SensorWatch(
    { ...config, sensor },
    {
      clock: systemClock,
      random: () => 0.5,
      log,
      accept: (lane, line) => records.push({ lane, record: JSON.parse(line.toString()) }),
      lost: (reason, count, lane) => lost.push({ reason, count, lane }),
      isReady: options.isReady ?? (() => true),
      program: options.program ?? PROGRAM,
      ...(options.memory === undefined ? {} : { memory: options.memory }),
    },
  );
  open.push(watch);
  return { watch, records, lost, said };
}

const until = (condition: () => boolean): Promise<void> =>
  vi.waitUntil(condition, { timeout: 20_000, interval: 20 }).then(() => {});

function u32(...values: number[]): Buffer {
  const b = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) b.writeUInt32LE(value, index * 4);
  return b;
}

/** A pcap of `count` packets, a millisecond apart, with `data` in each. */
function recording(name: string, count: number, data = Buffer.alloc(60)): string {
  const header = Buffer.concat([u32(0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1)]);
  const packets = Array.from({ length: count }, (_, index) =>
    Buffer.concat([u32(1_700_000_000, index * 1_000, data.length, data.length), data]),
  );
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([header, ...packets]));
  return path;
}

const program = (name: string, text: string): string => {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
};

describe('the watch over a sensor', () => {
  it('hands on every record of a recording in order and starts nothing afterwards', async () => {
    const path = recording('whole.pcap', 5_000);
    const { watch, records, lost } = watchOf({ recording: { path, speed: 0 } });
    await watch.start();
    await until(() => watch.isFinished && watch.pid === undefined);
    expect(records.slice(0, -1).map(({ record }) => record['packets'])).toEqual(
      Array.from({ length: 5_000 }, (_, index) => index + 1),
    );
    expect(records.at(-1)).toEqual({ lane: 'p2', record: { finished: 5_000 } });
    expect(lost).toEqual([]);
    expect(watch.counters).toMatchObject({ starts: 1, restarts: 0, acceptedLines: 5_001 });
    expect(watch.lastStats).toMatchObject({ deliveredPackets: 5_000, isFinished: true });
  });

  it('restarts a sensor that was killed, and says that records may be lost', async () => {
    const path = recording('loop.pcap', 50);
    const { watch, records, lost } = watchOf({ recording: { path, loop: true } });
    await watch.start();
    await until(() => records.length > 0);
    process.kill(watch.pid!, 'SIGKILL');
    await until(() => watch.counters.restarts === 1);
    expect(lost[0]?.reason).toBe('sensor_died');
    const before = records.length;
    await until(() => records.length > before);
    expect(watch.counters).toMatchObject({ starts: 2, deaths: 1 });
  });

  it('lets the sensor hand over its last records when it closes', async () => {
    const path = recording('close.pcap', 50);
    const { watch, records, lost } = watchOf({ recording: { path, loop: true } });
    await watch.start();
    await until(() => records.length > 0);
    const pid = watch.pid!;
    await watch.close();
    expect(records.at(-1)?.lane).toBe('p2');
    expect(lost).toEqual([]);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('makes a recording wait while no more records can be taken', async () => {
    let isReady = false;
    const path = recording('wait.pcap', 100_000, Buffer.alloc(4));
    const options = { isReady: () => isReady, config: { hungMs: 3_000 } };
    const { watch, records, lost } = watchOf({ recording: { path, speed: 0 }, statsMs: 50 }, options);
    await watch.start();
    await until(() => records.length > 0);
    await sleep(4_000); // Longer than a sensor may be silent while its output is read.
    expect(watch.isFinished).toBe(false);
    isReady = true;
    await until(() => watch.isFinished);
    await until(() => records.length === 100_001);
    expect(lost).toEqual([]);
    expect(watch.counters.restarts).toBe(0);
  });

  it('says the records before a damage, then the error once, and does not begin again', async () => {
    const path = recording('cut.pcap', 3);
    truncateSync(path, statSync(path).size - 1);
    const { watch, records, said } = watchOf({ recording: { path, speed: 0 } });
    await watch.start();
    await until(() => watch.isFinished && watch.pid === undefined);
    expect(records.map(({ lane }) => lane)).toEqual(['p3', 'p3', 'p2']);
    expect(said).toMatchObject([{ code: 'CAPTURE_TRUNCATED' }]);
    expect(watch.counters.restarts).toBe(0);
  });

  it('says once what needs a person, and tries again', async () => {
    const config = { restartMsMax: 20 };
    const { watch, said } = watchOf({ live: { interface: 'no-such-if' } }, { config });
    await watch.start();
    await until(() => watch.counters.starts >= 3);
    expect(said).toMatchObject([{ code: 'CAPTURE_INTERFACE', message: 'there is no interface no-such-if' }]);
  });

  it('restarts a sensor that ends with a bug', async () => {
    const path = recording('bug.pcap', 2, Buffer.from('crash'));
    const { watch, said } = watchOf({ recording: { path, speed: 0 } });
    await watch.start();
    await until(() => watch.counters.starts >= 2);
    expect(said[0]).toMatchObject({ code: 'SENSOR_FAILED', message: 'a bug on purpose' });
  });

  it('kills a sensor that says nothing', async () => {
    const silent = program('silent', 'setInterval(() => {}, 1000);');
    const { watch, lost } = watchOf({}, { program: silent, config: { startMs: 300 } });
    await watch.start();
    await until(() => watch.counters.starts >= 2);
    expect(lost[0]?.reason).toBe('sensor_died');
  });

  it('restarts a sensor that is deaf while the kernel receives', async () => {
    const deaf = program(
      'deaf',
      `import { writeSync } from 'node:fs';
      process.on('SIGTERM', () => process.exit(0));
      let received = 0;
      setInterval(() => writeSync(3, 's' + JSON.stringify({ source: 'live', place: 'none0', deliveredPackets: 3,
        kernelReceived: received += 10, kernelDropped: 0, interfaceDropped: 0, flowsLive: 0,
        acceptedRecords: [0, 0, 0, 0], droppedRecords: [0, 0, 0, 0], pendingBytes: 0, memoryBytes: 0,
        isFinished: false }) + '\\n'), 20);`,
    );
    const { watch, lost } = watchOf({}, { program: deaf, config: { deafMs: 200 } });
    await watch.start();
    await until(() => watch.counters.starts >= 2);
    expect(lost).toEqual([]);
  });

  it('gives what a sensor has learned to the next one', async () => {
    const learning = program(
      'learning',
      `import { writeSync } from 'node:fs';
      process.on('SIGTERM', () => process.exit(0));
      const { state = { runs: 0 } } = JSON.parse(process.argv[2]);
      writeSync(3, 'b' + JSON.stringify({ runs: state.runs + 1 }) + '\\n');`,
    );
    let kept: unknown;
    const memory = { load: () => kept, save: (json: Buffer) => (kept = JSON.parse(json.toString())) };
    const { watch } = watchOf({}, { program: learning, memory });
    await watch.start();
    await until(() => (kept as { runs: number } | undefined)?.runs === 3);
  });

  it('tells what the sensor dropped, by lane and once', async () => {
    const full = program(
      'full',
      `import { writeSync } from 'node:fs';
      process.on('SIGTERM', () => process.exit(0));
      setInterval(() => writeSync(3, 's' + JSON.stringify({ source: 'recording', place: 'x', deliveredPackets: 3,
        kernelReceived: 0, kernelDropped: 0, interfaceDropped: 0, flowsLive: 0,
        acceptedRecords: [0, 0, 0, 0], droppedRecords: [0, 0, 2, 7], pendingBytes: 0, memoryBytes: 0,
        isFinished: false }) + '\\n9bad line\\n'), 20);`,
    );
    const { watch, lost } = watchOf({}, { program: full });
    await watch.start();
    await until(() => watch.counters.badLines >= 3);
    expect(lost.filter(({ reason }) => reason === 'sensor_output_full')).toEqual([
      { reason: 'sensor_output_full', count: 2, lane: 'p2' },
      { reason: 'sensor_output_full', count: 7, lane: 'p3' },
    ]);
  });

  it('survives a sensor that cannot be started', async () => {
    const { watch } = watchOf({}, { config: { executable: '/nowhere/node' } });
    await watch.start();
    await until(() => watch.counters.starts >= 3);
    expect(watch.counters.acceptedLines).toBe(0);
  });
});
