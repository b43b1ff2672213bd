/** For tests: a watch over a real sensor process that plays a recording of the test's own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from 'typebox/value';
import { silentLogger } from '../../../protocol/base/log.js';
import { systemClock } from '../../../protocol/base/time.js';
import { WatchConfig } from '../config.js';
import { SensorWatch } from '../watch.js';

const PROGRAM = fileURLToPath(new URL('../../sensor/testing/counting-sensor.ts', import.meta.url));

export class Watched {
  readonly folder = mkdtempSync(join(tmpdir(), 'hinomi-capture-'));
  readonly records: Record<string, number>[] = [];
  readonly #open: SensorWatch[] = [];

  /** @param sensor the sensor's own configuration @param config of the watch */
  async start(sensor: object, config: object = {}, program = PROGRAM): Promise<SensorWatch> {
    const filled = Value.Default(WatchConfig, { restartMs: 10, checkMs: 50, ...config }) as WatchConfig;
    const watch = new SensorWatch(
      { ...filled, sensor },
      {
        clock: systemClock,
        random: () => 0.5,
        log: silentLogger,
        accept: (_lane, line) => this.records.push(JSON.parse(line.toString())),
        lost: () => {},
        program,
        ringFolder: join(this.folder, 'ring'),
      },
    );
    this.#open.push(watch);
    await watch.start();
    return watch;
  }

  /**
   * A pcap of UDP packets, from port 1000 + index to 53 or, every third one, to 80; `gapUs` apart.
   * @returns its path
   */
  recording(name: string, count: number, gapUs = 1_000): string {
    const path = join(this.folder, name);
    const packets = Array.from({ length: count }, (_, index) => udpPacket(index, gapUs));
    writeFileSync(path, Buffer.concat([words(0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1), ...packets]));
    return path;
  }

  async close(): Promise<void> {
    for (const watch of this.#open.splice(0)) await watch.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function words(...values: number[]): Buffer {
  const b = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) b.writeUInt32LE(value >>> 0, index * 4);
  return b;
}

export const FIRST_S = 1_700_000_000;

function udpPacket(index: number, gapUs: number): Buffer {
  const b = Buffer.alloc(60);
  b.writeUInt16BE(0x0800, 12);
  b.writeUInt16BE(0x4500, 14);
  b.writeUInt16BE(46, 16);
  b[23] = 17;
  b.writeUInt32BE(0x0a00_0001, 26);
  b.writeUInt32BE(0x0a00_0002, 30);
  b.writeUInt16BE(1_000 + (index % 60_000), 34);
  b.writeUInt16BE(index % 3 === 0 ? 80 : 53, 36);
  b.writeUInt16BE(26, 38);
  const us = index * gapUs;
  return Buffer.concat([words(FIRST_S + Math.floor(us / 1e6), us % 1e6, b.length, b.length), b]);
}
