import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { TABLE } from '../../collector/store/table.js';
import { ROOT } from '../../protocol/base/place.js';

/** What the table holds of one box, asked of the table itself, past our own code. */
export interface Standing {
  readonly records: number;
  /** Rows that are there more than once: same spool, lane, batch and place. */
  readonly twice: number;
  /** Batches whose rows do not run from 0 to their count without a hole. */
  readonly torn: number;
  /** Records told as lost by `gap` records, by reason. */
  readonly gaps: Readonly<Record<string, number>>;
}

export interface StoredBatch {
  readonly agent: string;
  readonly epoch: string;
  readonly lane: string;
  readonly seq: number;
  readonly records: number;
}

export interface StoredGap {
  readonly agent: string;
  readonly reason: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** The rows that the collector wrote itself, its alerts, come from no spool. */
const OF_BOXES = "`hinomi.epoch` != 'collector'";

/** The embedded engine on the folder of a collector that is stopped. */
class Table {
  readonly #client: ClickHouseClient;

  /** @param folder of the engine; nobody else may have it open */
  constructor(folder: string) {
    const { createChdbConnection } = createRequire(import.meta.url)(
      'chdb/connection',
    ) as typeof import('chdb/connection');
    const connection = createChdbConnection({ path: folder });
    this.#client = createClient({ connection } as unknown as Parameters<typeof createClient>[0]);
  }

  /** By agent. */
  async standings(): Promise<Map<string, Standing>> {
    const batches =
      'SELECT `hinomi.agent` AS agent, count() AS here, uniqExact(`hinomi.row`) AS places, max(`hinomi.row`) AS last ' +
      `FROM ${TABLE} WHERE ${OF_BOXES} GROUP BY agent, \`hinomi.epoch\`, \`hinomi.lane\`, \`hinomi.seq\``;
    const rows = await this.#ask(
      `SELECT agent, sum(here) AS records, sum(here - places) AS twice, countIf(last + 1 != places) AS torn FROM (${batches}) GROUP BY agent`,
    );
    const gaps = await this.gaps();
    return new Map(
      rows.map((row) => [
        String(row['agent']),
        {
          records: Number(row['records']),
          twice: Number(row['twice']),
          torn: Number(row['torn']),
          gaps: sumByReason(gaps.filter((gap) => gap.agent === row['agent'])),
        },
      ]),
    );
  }

  async batches(): Promise<StoredBatch[]> {
    const rows = await this.#ask(
      'SELECT `hinomi.agent` AS agent, `hinomi.epoch` AS epoch, `hinomi.lane` AS lane, `hinomi.seq` AS seq, count() AS records ' +
        `FROM ${TABLE} WHERE ${OF_BOXES} GROUP BY agent, epoch, lane, seq`,
    );
    return rows.map((row) => ({
      agent: String(row['agent']),
      epoch: String(row['epoch']),
      lane: String(row['lane']),
      seq: Number(row['seq']),
      records: Number(row['records']),
    }));
  }

  async gaps(): Promise<StoredGap[]> {
    const rows = await this.#ask(
      'SELECT `hinomi.agent` AS agent, `hinomi.gap.reason` AS reason, ifNull(`hinomi.gap.count`, 0) AS count, ' +
        `toUnixTimestamp64Milli(\`@timestamp\`) AS at FROM ${TABLE} WHERE \`event.dataset\` = 'gap'`,
    );
    return rows.map((row) => ({
      agent: String(row['agent']),
      reason: String(row['reason']),
      count: Number(row['count']),
      atMs: Number(row['at']),
    }));
  }

  /** The collector's own, by rule. */
  async alerts(): Promise<Record<string, number>> {
    const rows = await this.#ask(
      `SELECT \`rule.id\` AS rule, count() AS n FROM ${TABLE} WHERE \`hinomi.epoch\` = 'collector' GROUP BY rule`,
    );
    return Object.fromEntries(rows.map((row) => [String(row['rule']), Number(row['n'])]));
  }

  /** Rows that came at a time when nobody had this program: they would be thrown away for their age. */
  async ancient(): Promise<number> {
    const [row] = await this.#ask(`SELECT count() AS n FROM ${TABLE} WHERE \`event.ingested\` < '2026-01-01 00:00:00'`);
    return Number(row?.['n']);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #ask(query: string): Promise<Record<string, unknown>[]> {
    const result = await this.#client.query({ query, format: 'JSONEachRow' });
    return result.json<Record<string, unknown>>();
  }
}

/** Everything that is asked about a table. */
export interface TableFacts {
  /** By agent. */
  readonly standings: ReadonlyMap<string, Standing>;
  readonly batches: readonly StoredBatch[];
  readonly gaps: readonly StoredGap[];
  /** Alerts of the collector's own: how many of each rule. */
  readonly alerts: Readonly<Record<string, number>>;
  readonly ancient: number;
}

const BYTES_MAX = 2 ** 30;

/** In a process of its own, since the engine opens one folder in the life of a process. @param folder nobody else's now */
export async function readTable(folder: string): Promise<TableFacts> {
  const run = promisify(execFile);
  const args = ['--import', 'tsx', import.meta.filename, folder];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, maxBuffer: BYTES_MAX });
  const facts = JSON.parse(stdout) as Omit<TableFacts, 'standings'> & { standings: [string, Standing][] };
  return { ...facts, standings: new Map(facts.standings) };
}

function sumByReason(gaps: readonly StoredGap[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { reason, count } of gaps) sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

if (process.argv[1] === import.meta.filename) {
  const table = new Table(process.argv[2] ?? '');
  const standings = [...(await table.standings())];
  const [batches, gaps, alerts, ancient] = [
    await table.batches(),
    await table.gaps(),
    await table.alerts(),
    await table.ancient(),
  ];
  const facts = { standings, batches, gaps, alerts, ancient };
  await table.close();
  process.stdout.write(JSON.stringify(facts), () => process.exit());
}
