import { type Static, type TObject, type TProperties, Type } from 'typebox';
import { LOG_LEVELS } from '../protocol/base/log.js';
import { LookoutConfig } from './alert/lookout.js';
import { PresenceConfig } from './alert/roll-call.js';
import { BrokerConfig } from './broker/broker.js';
import { ConnectorsConfig } from './connectors/connectors.js';
import { FleetConfig } from './fleet/fleet.js';
import { GateConfig } from './gate/gate.js';
import { HttpConfig } from './http/server.js';
import { IngestConfig } from './ingest/ingest.js';
import { RemoteConfig } from './remote/remote.js';
import { StoreConfig } from './store/config.js';
import { UsersConfig } from './users/users.js';

/** A component's section may be left out: its own defaults stand. */
const section = <P extends TProperties>(schema: TObject<P>): TObject<P> =>
  Type.Object(schema.properties, { additionalProperties: false, default: {} });

/** The collector's configuration: one section a component, each with its defaults. */
export const CollectorConfig = Type.Object(
  {
    data: Type.String({
      default: 'var/collector',
      minLength: 1,
      maxLength: 4_096,
      description: 'Where everything is kept.',
    }),
    logLevel: Type.Enum([...LOG_LEVELS], { default: 'info', description: 'What is logged.' }),
    broker: section(BrokerConfig),
    connectors: section(ConnectorsConfig),
    fleet: section(FleetConfig),
    gate: section(GateConfig),
    http: section(HttpConfig),
    ingest: section(IngestConfig),
    lookout: section(LookoutConfig),
    presence: section(PresenceConfig),
    remote: section(RemoteConfig),
    store: section(StoreConfig),
    users: section(UsersConfig),
  },
  { additionalProperties: false, default: {} },
);
export type CollectorConfig = Static<typeof CollectorConfig>;
