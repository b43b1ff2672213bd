import type { World } from '../protocol/base/world.js';
import type { AnyRecord } from '../protocol/records/records.js';
import type { Lookout } from './alert/lookout.js';
import { RollCall } from './alert/roll-call.js';
import type { About, Teller, Telling } from './alert/teller.js';
import type { CollectorConfig } from './config.js';
import type { Fleet } from './fleet/fleet.js';
import type { State } from './state/state.js';

/** Tells an alert about a box, and shows it at its site. */
export type Tell = (about: About, telling: Telling) => Promise<AnyRecord | undefined>;

export function tellAtSite(teller: Teller, lookout: Lookout): Tell {
  return async (about, telling) => {
    const row = await teller.tell(about, telling);
    if (row !== undefined) lookout.onStored(about, [row]);
    return row;
  };
}

interface Parts extends World {
  readonly fleet: Fleet;
  readonly state: State;
  readonly tell: Tell;
}

/** Who tells which boxes are missing. */
export function makeRollCall(config: CollectorConfig, { fleet, state, ...deps }: Parts): RollCall {
  return new RollCall(config.presence, {
    ...deps,
    boxes: () => fleet.agents,
    standing: (agent) => fleet.presences.standing(agent),
    sites: async () => new Map((await fleet.listSites(undefined)).map((site) => [site.id, site])),
    alarms: state.tables.alarms,
  });
}
