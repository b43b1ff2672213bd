import type { Lane } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { TABLE } from './table.js';
import type { LaneMark, SqlCondition } from './telemetry.js';

/** The newest come last: of an agent with very many the oldest are forgotten. @param sinceMs of rows that came since then */
export function marksSql(sinceMs?: number): SqlCondition {
  const where = sinceMs === undefined ? '' : 'WHERE `event.ingested` >= fromUnixTimestamp64Milli({since:Int64}) ';
  return {
    sql:
      'SELECT `hinomi.agent` AS agent, `hinomi.epoch` AS epoch, `hinomi.lane` AS lane, max(`hinomi.seq`) AS seq, ' +
      `toUnixTimestamp64Milli(max(\`event.ingested\`)) AS at FROM ${TABLE} ${where}GROUP BY agent, epoch, lane ORDER BY at`,
    params: sinceMs === undefined ? {} : { since: sinceMs },
  };
}

export const markOf = (row: AnyRecord): LaneMark => ({
  agent: String(row['agent']),
  epoch: String(row['epoch']),
  lane: row['lane'] as Lane,
  seq: Number(row['seq']),
  ingestedMs: Number(row['at']),
});
