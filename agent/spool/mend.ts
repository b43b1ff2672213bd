import { peekBatch } from '../../protocol/codec.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import type { Database } from './database.js';
import {
  BATCH_RANGE,
  GAP_RANGE,
  generationIn,
  INDEX_RANGE,
  indexKey,
  indexOf,
  laneKey,
  META_KEY,
  parseBatchKey,
  parseIndexKey,
  type SpoolMeta,
} from './keys.js';
import type { BatchEntry } from './ledger.js';
import { entryOf, isGapEntry, isLaneMeta, isMeta, newState } from './state.js';

const TEXT = { keyEncoding: 'utf8', valueEncoding: 'utf8' } as const;
const WRITES_AT_ONCE = 500;

type Write = { type: 'put'; key: string; value: string; valueEncoding: 'utf8' } | { type: 'del'; key: string };
type Listed = Record<Lane, Map<number, BatchEntry>>;

/**
 * Writes anew, after a repair, what the batches themselves say: which are there, and which numbers were given. What
 * contradicts them or cannot be understood is deleted. A batch that is listed and missing stays listed: whoever reads it
 * finds out, and tells it with its number.
 * @throws Error when nothing says which spool it was
 */
export async function mend(db: Database): Promise<void> {
  const writes: Write[] = [];
  const noted = await readJson(db, META_KEY);
  const book = { base: isMeta(noted) ? noted.epoch : undefined, listed: emptyBook(), writes };
  await listBatches(db, book);
  if (book.base === undefined) throw new Error('nothing says which spool it was');
  await listIndex(db, book);
  const generation = rewriteIndex(book);
  const meta = isMeta(noted) ? noted : newState(book.base).meta;
  put(writes, META_KEY, {
    ...meta,
    ...(generation > (meta.generation ?? 0) ? { generation } : {}),
  } satisfies SpoolMeta);
  for (const lane of LANES) put(writes, laneKey(lane), laneOf(await readJson(db, laneKey(lane)), book.listed[lane]));
  await dropBadGaps(db, writes);
  for (let at = 0; at < writes.length; at += WRITES_AT_ONCE)
    await db.batch<string, string>(writes.slice(at, at + WRITES_AT_ONCE), { keyEncoding: 'utf8', sync: true });
}

interface Book {
  /** The spool's epoch without a generation. */
  base: string | undefined;
  readonly listed: Listed;
  readonly writes: Write[];
}

const emptyBook = (): Listed => ({ p0: new Map(), p1: new Map(), p2: new Map(), p3: new Map() });

/** From the batches' own headers. */
async function listBatches(db: Database, book: Book): Promise<void> {
  for await (const [key, bytes] of db.iterator<string, Buffer>({ ...BATCH_RANGE, keyEncoding: 'utf8' })) {
    const at = parseBatchKey(key);
    const header = peekBatch(bytes)?.header;
    book.base ??= header?.epoch.replace(/-\d+$/, '');
    const generation = header === undefined ? undefined : generationIn(book.base ?? '', header.epoch);
    if (at === undefined || header?.lane !== at.lane || header.seq !== at.seq || generation === undefined)
      book.writes.push({ type: 'del', key });
    else book.listed[at.lane].set(at.seq, { seq: at.seq, count: header.count, bytes: bytes.length, generation });
  }
}

async function listIndex(db: Database, { listed, writes }: Book): Promise<void> {
  for await (const [key, text] of db.iterator<string, string>({ ...INDEX_RANGE, ...TEXT })) {
    const at = parseIndexKey(key);
    const entry = at && entryOf(at.seq, parse(text));
    if (at === undefined || entry === undefined) writes.push({ type: 'del', key });
    else if (!listed[at.lane].has(at.seq)) listed[at.lane].set(at.seq, entry);
  }
}

/** Generations go up with the numbers: where what is listed says something else, the one before is right. @returns the newest */
function rewriteIndex({ listed, writes }: Book): number {
  let newest = 0;
  for (const lane of LANES) {
    const entries = [...listed[lane].values()].sort((a, b) => a.seq - b.seq);
    let lowest = Number.POSITIVE_INFINITY;
    for (const entry of entries.reverse()) {
      lowest = Math.min(lowest, entry.generation);
      newest = Math.max(newest, lowest);
      put(writes, indexKey(lane, entry.seq), indexOf({ ...entry, generation: lowest }));
    }
  }
  return newest;
}

function laneOf(noted: unknown, listed: ReadonlyMap<number, BatchEntry>): object {
  let nextSeq = 1;
  let pending = 0;
  for (const { seq, count } of listed.values()) {
    nextSeq = Math.max(nextSeq, seq + 1);
    pending += count;
  }
  if (!isLaneMeta(noted)) return { nextSeq, reservedSeq: nextSeq, accepted: pending, acked: 0, evicted: 0 };
  return { ...noted, nextSeq: Math.max(noted.nextSeq, nextSeq), reservedSeq: Math.max(noted.reservedSeq, nextSeq) };
}

async function dropBadGaps(db: Database, writes: Write[]): Promise<void> {
  for await (const [key, text] of db.iterator<string, string>({ ...GAP_RANGE, ...TEXT }))
    if (!isGapEntry(parse(text))) writes.push({ type: 'del', key });
}

function put(writes: Write[], key: string, value: unknown): void {
  writes.push({ type: 'put', key, value: JSON.stringify(value), valueEncoding: 'utf8' });
}

async function readJson(db: Database, key: string): Promise<unknown> {
  return parse((await db.get<string, string>(key, TEXT)) ?? '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
