import { columnOf } from './columns.js';
import { TABLE } from './table.js';
import type { SearchRequest, SqlCondition } from './telemetry.js';

/** Records newest first, as they are stored. */
export function searchSql(request: SearchRequest): SqlCondition {
  const scope = scopeOf(request);
  const { fields, newestBy, limit } = request;
  const newest = newestBy === undefined ? '' : `LIMIT 1 BY ${columnsOf(newestBy)} `;
  return {
    sql:
      `SELECT ${fields === undefined ? '*' : columnsOf(fields)} FROM ${TABLE} WHERE ${scope.sql} ` +
      `ORDER BY ${timeOf(request)} DESC, \`hinomi.agent\`, \`hinomi.lane\`, ` +
      `\`hinomi.seq\` DESC, \`hinomi.row\` DESC ${newest}LIMIT {hinomi_limit:UInt32}`,
    params: { ...scope.params, hinomi_limit: limit },
  };
}

export function countSql(request: Omit<SearchRequest, 'limit'>): SqlCondition {
  const { sql, params } = scopeOf(request);
  return { sql: `SELECT count() AS n FROM ${TABLE} WHERE ${sql}`, params };
}

const columnsOf = (fields: readonly string[]): string => fields.flatMap((field) => columnOf(field) ?? []).join(', ');

const timeOf = ({ by }: Pick<SearchRequest, 'by'>): string =>
  by === 'event.ingested' ? '`event.ingested`' : '`@timestamp`';

/** The caller's condition inside of what the caller may see: nothing in it can widen the outer one. */
function scopeOf(request: Omit<SearchRequest, 'limit'>): SqlCondition {
  const companies =
    request.companies === undefined ? '' : ' AND has({hinomi_companies:Array(String)}, `hinomi.company`)';
  const time = timeOf(request);
  return {
    sql:
      `${time} >= fromUnixTimestamp64Milli({hinomi_from:Int64}) AND ${time} < ` +
      `fromUnixTimestamp64Milli({hinomi_to:Int64})${companies} AND (${request.where.sql})`,
    params: {
      ...request.where.params,
      hinomi_from: request.fromMs,
      hinomi_to: request.toMs,
      ...(request.companies === undefined ? {} : { hinomi_companies: request.companies }),
    },
  };
}
