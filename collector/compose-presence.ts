import type { World } from '../protocol/base/world.js';
import type { Lookout } from './alert/lookout.js';
import { RollCall } from './alert/roll-call.js';
import type { Teller } from './alert/teller.js';
import type { CollectorConfig } from './config.js';
import type { Fleet } from './fleet/fleet.js';
import type { State } from './state/state.js';

interface Parts extends World {
  readonly fleet: Fleet;
  readonly state: State;
  readonly teller: Teller;
  readonly lookout: Lookout;
}

/** Who tells which boxes are missing, and shows it at their sites. */
export function makeRollCall(config: CollectorConfig, { fleet, state, teller, lookout, ...world }: Parts): RollCall {
  return new RollCall(config.presence, {
    ...world,
    boxes: () => fleet.agents,
    standing: (agent) => fleet.presences.standing(agent),
    sites: async () => new Map((await fleet.listSites(undefined)).map((site) => [site.id, site])),
    alarms: state.tables.alarms,
    tell: async (about, telling) => {
      const row = await teller.tell(about, telling);
      if (row !== undefined) lookout.onStored(about, [row]);
      return row;
    },
  });
}
