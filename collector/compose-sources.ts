import type { SourceView } from '../protocol/api/sources.js';
import type { AnyRecord } from '../protocol/records/records.js';
import type { TelemetryStore } from './store/telemetry.js';

const SOURCES_MAX = 4_096;
const RECENT_MS = 30 * 86_400_000;
/** A box's clock may run ahead. */
const AHEAD_MS = 86_400_000;
const FIELDS = [
  ...['@timestamp', 'log.source.address'],
  ...['id', 'transport', 'port', 'vendor', 'product', 'host', 'zone', 'encoding', 'period_s', 'messages', 'flooded']
    .concat(['unknown', 'parsed_share', 'skew_ms', 'first_seen', 'last_seen', 'is_silent'])
    .map((name) => `hinomi.source.${name}`),
];

/** What the box of a site said last of each of its sources. @throws STORE_QUERY_FAILED */
export async function sourcesOf(
  store: TelemetryStore,
  site: string,
  companies: readonly string[] | undefined,
  nowMs: number,
): Promise<SourceView[]> {
  const sql = "`event.dataset` = 'source' AND `hinomi.site` = {hinomi_source_site:String}";
  const records = await store.search({
    companies,
    where: { sql, params: { hinomi_source_site: site } },
    ...{ fromMs: nowMs - RECENT_MS, toMs: nowMs + AHEAD_MS, limit: SOURCES_MAX },
    ...{ fields: FIELDS, newestBy: ['hinomi.source.id'] },
  });
  return records.map(viewOf).sort((a, b) => b.lastSeen.localeCompare(a.lastSeen));
}

function viewOf(record: AnyRecord): SourceView {
  const of = (name: string): unknown => record[`hinomi.source.${name}`];
  const text = (name: string): string => String(of(name) ?? '');
  const number = (name: string): number => Number(of(name) ?? 0);
  const optional = Object.fromEntries(
    ['vendor', 'product', 'host', 'zone', 'encoding'].flatMap((name) => (of(name) == null ? [] : [[name, text(name)]])),
  );
  const periodS = number('period_s');
  return {
    ...{ id: text('id'), address: String(record['log.source.address'] ?? '') },
    ...{ transport: text('transport'), port: number('port'), ...optional },
    ...{ at: String(record['@timestamp']), firstSeen: text('first_seen'), lastSeen: text('last_seen') },
    isSilent: of('is_silent') === true,
    messagesPerSecond: periodS > 0 ? Math.round((number('messages') / periodS) * 100) / 100 : 0,
    ...{ messages: number('messages'), flooded: number('flooded'), unknown: number('unknown') },
    parsedShare: number('parsed_share'),
    ...(of('skew_ms') == null ? {} : { skewMs: number('skew_ms') }),
  };
}
