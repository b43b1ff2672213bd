import assert from 'node:assert/strict';
import { loadConfig } from '../../../protocol/base/config.js';
import { silentLogger } from '../../../protocol/base/log.js';
import { sleep, systemClock } from '../../../protocol/base/time.js';
import { decodeBatch } from '../../../protocol/codec.js';
import { LANES, type Lane } from '../../../protocol/records/lanes.js';
import { Spool, SpoolConfig } from '../spool.js';

/** What was stored, by epoch, lane and number. */
export type Model = Map<string, unknown[]>;
export const nameOf = (epoch: string, lane: Lane, seq: number): string => `${epoch} ${lane} ${seq}`;

export async function openSpool(dataFolder: string, machineBoot: string): Promise<Spool> {
  const overrides = { backlogBatches: 3, gapMs: 0, flushMs: 1_000 };
  const config = { ...loadConfig(SpoolConfig, { overrides }), flushMs: 3_600_000, ackMs: 1, retryMsMax: 50 };
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const spool = new Spool(config, { ...world, dataFolder, boot: 'boot', machineBoot });
  await spool.start();
  return spool;
}

const STORED_MS_MAX = 10_000;

let counter = 0;
const lineOf = (lane: Lane, size: number): Buffer =>
  Buffer.from(
    JSON.stringify({ n: ++counter, lane, pad: Buffer.from(`${Math.random()}`.repeat(size)).toString('base64') }),
  );

export async function fill(spool: Spool, rounds: number, size: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const lane of LANES)
      for (let record = 0; record <= round % 3; record++) spool.append(lane, lineOf(lane, size));
    await stored(spool);
  }
}

/** Damage may show only now, and be mended. */
async function stored(spool: Spool): Promise<void> {
  const endMs = performance.now() + STORED_MS_MAX;
  for (;;) {
    await spool.flush();
    const { queuedRecords, isFailing } = spool.stats();
    if (queuedRecords === 0 && !isFailing) return;
    assert.ok(performance.now() < endMs, 'what was taken is not stored');
    await sleep(20);
  }
}

/** Reads all that waits; what cannot be read is dropped, and told, by the spool. */
export async function contentOf(spool: Spool): Promise<Model> {
  const found: Model = new Map();
  for (const epoch of [...spool.backlog, spool.epoch]) {
    for (const lane of LANES) {
      for (let entry = spool.next(lane, 0, epoch); entry; entry = spool.next(lane, entry.seq, epoch)) {
        const bytes = await spool.read(lane, entry.seq);
        if (bytes === undefined) continue;
        const decoded = decodeBatch(bytes);
        if (!decoded.ok) throw new Error(`${nameOf(epoch, lane, entry.seq)}: ${decoded.reason}`);
        const { header } = decoded.value;
        assert.deepEqual([header.epoch, header.lane, header.seq], [epoch, lane, entry.seq]);
        found.set(nameOf(epoch, lane, entry.seq), decoded.value.records);
      }
    }
  }
  return found;
}

export interface Request {
  readonly home: string;
  readonly machineBoot: string;
  /** Records count from here. */
  readonly from: number;
}

export interface Answer {
  /** All that waits after it was opened; and after more was stored. */
  readonly opened: [string, unknown[]][];
  readonly filled: [string, unknown[]][];
  /** The last record that was stored. */
  readonly counter: number;
  readonly openMs: number;
  readonly error?: string;
}

/** Opens it, reads it, stores more, reads it again, closes it. */
async function live({ home, machineBoot, from }: Request): Promise<Answer> {
  counter = from;
  const begin = performance.now();
  const spool = await openSpool(home, machineBoot);
  const openMs = performance.now() - begin;
  await contentOf(spool); // Finds what cannot be read.
  await spool.flush();
  const opened = [...(await contentOf(spool))];
  await fill(spool, 2, 3);
  const filled = [...(await contentOf(spool))];
  await spool.close();
  return { opened, filled, counter, openMs };
}

/** As a process of its own: LevelDB ends it over some damage, as it ends an agent. */
if (process.send !== undefined && process.argv[2] === 'box')
  process.on('message', (request: Request) => {
    live(request)
      .catch((error: unknown) => ({
        error: error instanceof Error ? (error.stack ?? '') + String(error.cause) : String(error),
      }))
      .then((answer) => process.send?.(answer));
  });
