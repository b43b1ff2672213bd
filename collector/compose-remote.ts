import { join } from 'node:path';
import type { World } from '../protocol/base/world.js';
import { ConfigWatch } from './alert/config-watch.js';
import type { Broker } from './broker/broker.js';
import type { Tell } from './compose-presence.js';
import type { CollectorConfig } from './config.js';
import type { Fleet } from './fleet/fleet.js';
import { Audit } from './http/audit.js';
import { type Box, RemoteHand, type StoredBoxConfig } from './remote/remote.js';
import type { State } from './state/state.js';

export interface RemoteParts extends World {
  readonly fleet: Fleet;
  readonly tables: State['tables'];
  broker(): Broker;
  onBoxConfig(box: Box, said: StoredBoxConfig): void;
}

/** Who tells when a configuration was taken back or refused. */
export function makeConfigWatch(parts: World & Pick<RemoteParts, 'fleet' | 'tables'> & { tell: Tell }): ConfigWatch {
  const { fleet, tables } = parts;
  return new ConfigWatch({
    ...parts,
    alarms: tables.alarms,
    boxes: () => fleet.agents,
    siteName: async (site) => (await tables.sites.get(site))?.name ?? site,
  });
}

/** Commands and configurations for boxes. */
export function makeRemoteHand(config: CollectorConfig, parts: RemoteParts): RemoteHand {
  const { fleet, tables } = parts;
  const audit = new Audit(tables.audit, parts);
  return new RemoteHand(config.remote, {
    ...parts,
    ...tables,
    folder: join(config.data, 'results'),
    companyOf: async (site) => (await tables.sites.get(site))?.company,
    boxOf: (site) => [...fleet.agents].find((box) => box.site === site),
    isConnected: (agent) => fleet.presences.connectedSinceMs(agent) !== undefined,
    sign: (context, body) => fleet.signer.sign(context, body),
    send: (box, kind, message) => parts.broker().send(box, kind, message),
    note: (who, what, facts) => audit.note(who, what, facts),
  });
}
