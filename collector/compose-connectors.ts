import type { World } from '../protocol/base/world.js';
import type { AnyRecord } from '../protocol/records/records.js';
import type { Teller } from './alert/teller.js';
import type { CollectorConfig } from './config.js';
import { agentOf, Connectors, STORED_FIELDS, storedIn } from './connectors/connectors.js';
import type { Fleet } from './fleet/fleet.js';
import type { ArrivalClock } from './ingest/arrival-clock.js';
import type { State } from './state/state.js';
import type { TelemetryStore } from './store/telemetry.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer than a cloud tells the same again, and than a changed endpoint goes untold. */
const RECALLED_MS = 48 * HOUR_MS;
const RECALLED_MAX = 200_000;

interface Parts extends World {
  readonly fleet: Fleet;
  readonly state: State;
  readonly store: TelemetryStore;
  readonly teller: Teller;
  readonly arrivals: ArrivalClock;
}

/** Accounts at EDR clouds. */
export function makeConnectors(
  config: CollectorConfig,
  { fleet, state, store, teller, arrivals, ...world }: Parts,
): Connectors {
  const { tables } = state;
  return new Connectors(config.connectors, {
    ...world,
    accounts: tables.edrAccounts,
    cursors: tables.edrCursors,
    jobs: tables.edrJobs,
    alarms: tables.alarms,
    vault: fleet.vault,
    hasCompany: async (id) => {
      const company = await tables.companies.get(id);
      return company !== undefined && company.removed === undefined;
    },
    companyOfSite: async (id) => (await tables.sites.get(id))?.company,
    arrivedMs: () => arrivals.now(),
    insert: (rows, token) => store.insert(rows, token),
    recall: async (account) => (await storedOf(store, account, arrivals.now())).map(storedIn),
    tell: (about, telling) => teller.tell(about, telling),
  });
}

/** The newest last. @throws STORE_QUERY_FAILED */
async function storedOf(store: TelemetryStore, account: string, nowMs: number): Promise<AnyRecord[]> {
  const sql = '`hinomi.agent` = {hinomi_agent:String} AND `hinomi.edr.hash` IS NOT NULL';
  const rows = await store.search({
    companies: undefined,
    where: { sql, params: { hinomi_agent: agentOf(account) } },
    ...{ fromMs: nowMs - RECALLED_MS, toMs: nowMs + DAY_MS, by: 'event.ingested' },
    ...{ limit: RECALLED_MAX, fields: STORED_FIELDS },
  });
  return rows.reverse();
}
