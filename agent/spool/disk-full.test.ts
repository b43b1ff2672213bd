import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { decodeBatch } from '../../protocol/codec.js';
import { Spool, SpoolConfig } from './spool.js';

const DISK_MIB = 12;
let disk: string | undefined;
const opened: Spool[] = [];

afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
  disk = undefined;
});

/** A real file system that can be filled; only root may mount one. */
function mountSmallDisk(): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

async function open(dataFolder: string): Promise<Spool> {
  const config = loadConfig(SpoolConfig, { overrides: { retryMsMax: 50, queueBytesMax: 2 ** 20, flushMs: 10 } });
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const spool = new Spool(config, { ...world, dataFolder, boot: 'b', machineBoot: 'm' });
  await spool.start();
  opened.push(spool);
  return spool;
}

const noise = (): string => Buffer.from(Array.from({ length: 300 }, () => Math.random() * 256)).toString('base64');

test('a full disk loses nothing that was taken, and is left without help', async (context) => {
  disk = mountSmallDisk();
  context.skip(disk === undefined, 'only root may mount a small disk');
  const ballast = join(disk!, 'ballast');
  writeFileSync(ballast, Buffer.alloc((DISK_MIB / 2) * 2 ** 20));
  const spool = await open(disk!);
  const taken: number[] = [];
  let index = 0;
  // Until the disk is full and then the queue, too.
  for (;;) {
    const isTaken = spool.append('p2', Buffer.from(JSON.stringify({ index, noise: noise() })));
    if (isTaken) taken.push(index++);
    else if (spool.stats().isFailing) break;
    // A slow disk alone fills the queue as well.
    if (!isTaken || index % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(spool.stats()).toMatchObject({ isFailing: true });
  rmSync(ballast);
  await expect.poll(() => spool.stats().queuedRecords, { timeout: 20_000 }).toBe(0);
  expect(spool.stats().accepted.p2).toBe(taken.length);
  await opened.pop()!.close();

  const again = await open(disk!);
  const found: unknown[] = [];
  for (let entry = again.next('p2', 0); entry; entry = again.next('p2', entry.seq)) {
    const batch = decodeBatch((await again.read('p2', entry.seq))!);
    if (batch.ok) found.push(...batch.value.records.map((record) => (record as { index: number }).index));
  }
  expect(found).toEqual(taken);
});
