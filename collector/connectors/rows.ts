import { isoMillis } from '../../protocol/base/time.js';
import { laneOfRecord } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { hashOf } from './content.js';
import type { StoredItem } from './seen.js';
import type { Item, Stream } from './vendor.js';

/** Where what one tenant tells belongs here. */
export interface Place {
  readonly account: string;
  readonly tenant: string;
  readonly company: string;
  readonly site: string;
}

/** One to be stored. */
export interface Fresh {
  readonly record: AnyRecord;
  readonly stored: StoredItem;
}

/** Names rows that a cloud told, as if the account were a box. */
export const agentOf = (account: string): string => `edr-${account}`;
const EPOCH = 'edr';

export function freshOf(item: Item, place: Place, stream: Stream, revision: number): Fresh {
  const { account, tenant } = place;
  const facts = {
    ...{ 'hinomi.edr.account': account, 'hinomi.edr.tenant': tenant, 'hinomi.edr.stream': stream },
    ...{ 'hinomi.edr.revision': revision, 'hinomi.edr.hash': item.hash },
  };
  const stored = { tenant, stream, id: item.id, hash: item.hash, revision };
  return { record: { ...item.record, ...facts }, stored };
}

/** The cloud had thrown away what was in this span before it could be asked for. */
export function gapOf(place: Place, stream: Stream, fromMs: number, toMs: number, nowMs: number): Fresh {
  const id = `gap:${fromMs}`;
  const record = {
    ...{ '@timestamp': isoMillis(nowMs), 'event.kind': 'event', 'event.dataset': 'gap', 'event.id': id },
    ...{ 'hinomi.gap.lane': 'p1', 'hinomi.gap.reason': 'edr_window_missed' },
    ...{ 'event.start': isoMillis(fromMs), 'event.end': isoMillis(toMs) },
  };
  // Looked at again it would end later: it is the same by its beginning.
  const item = { id, hash: hashOf(id), record };
  return freshOf(item, place, stream, 1);
}

/** Rows as the table takes them. @returns a token that is the same whenever the same is stored for the same reason */
export function rowsOf(
  fresh: readonly Fresh[],
  { account, tenant, company, site }: Place,
  why: { readonly seq: number; readonly ingestedMs: number; readonly lookMs: number },
): { rows: AnyRecord[]; token: string } {
  const rows = fresh.map(({ record }, index) => ({
    ...record,
    ...{ 'hinomi.company': company, 'hinomi.site': site, 'hinomi.agent': agentOf(account) },
    ...{ 'hinomi.epoch': EPOCH, 'hinomi.lane': laneOfRecord(record), 'hinomi.seq': why.seq, 'hinomi.row': index },
    'event.ingested': isoMillis(why.ingestedMs),
  }));
  const names = fresh.map(({ stored }) => [stored.stream, stored.id, stored.hash, stored.revision]);
  return { rows, token: `${EPOCH}:${account}:${tenant}:${why.lookMs}:${hashOf(names)}` };
}

/** What `Seen` needs of a row, for reading it back. */
export const STORED_FIELDS = [
  'event.id',
  'hinomi.edr.tenant',
  'hinomi.edr.stream',
  'hinomi.edr.hash',
  'hinomi.edr.revision',
] as const;

export function storedIn(row: AnyRecord): StoredItem {
  const [id, tenant, stream, hash, revision] = STORED_FIELDS.map((name) => row[name]);
  return {
    ...{ id: String(id), tenant: String(tenant), stream: String(stream), hash: String(hash) },
    revision: Number(revision ?? 1),
  };
}
