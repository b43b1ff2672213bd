import { CANARY_LABEL } from '../protocol/records/canary.js';
import type { AnyRecord } from '../protocol/records/records.js';
import type { TelemetryStore } from './store/telemetry.js';

/** What boxes told about what they see: few records each, of all boxes together. */
const SIGHTS_MAX = 100_000;

/** The lookout's own of them: a row has some hundred fields, and all of them of many rows are more than a query may take. */
const FIELDS = [
  '@timestamp',
  'event.dataset',
  'event.severity',
  'event.ingested',
  'hinomi.agent',
  'message',
  'hinomi.message_ja',
  'rule.id',
  'hinomi.alert.state',
  'hinomi.alert.since',
  'hinomi.alert.subject',
  'hinomi.canary.state',
  'hinomi.canary.id',
  'dns.question.name',
];
const NEWEST_BY = [
  'hinomi.agent',
  'event.dataset',
  'rule.id',
  'hinomi.alert.subject',
  'hinomi.canary.state',
  'dns.question.name',
];

/** The newest alert of each rule of each box, and its canaries, oldest first. @throws STORE_QUERY_FAILED */
export async function recentSights(store: TelemetryStore, fromMs: number, toMs: number): Promise<AnyRecord[]> {
  const sql =
    "(`event.dataset` = 'alert' AND `hinomi.alert.state` IS NOT NULL) OR `event.dataset` = 'canary' OR " +
    "(`event.dataset` = 'dns' AND startsWith(ifNull(`dns.question.name`, ''), {hinomi_label:String}))";
  const where = { sql, params: { hinomi_label: CANARY_LABEL } };
  const request = { companies: undefined, where, fromMs, toMs, limit: SIGHTS_MAX, fields: FIELDS, newestBy: NEWEST_BY };
  return (await store.search(request)).reverse();
}
