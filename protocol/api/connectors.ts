import { type Static, Type } from 'typebox';
import { Id, Name } from './common.js';

/** Makers whose clouds can be asked. */
export const EDR_VENDORS = ['sophos'] as const;
export type EdrVendor = (typeof EDR_VENDORS)[number];

const Url = Type.String({ maxLength: 512, pattern: '^https?://' });
const Secret = Type.String({ minLength: 1, maxLength: 1_024, description: 'Never shown again.' });
const Reason = Type.String({ minLength: 3, maxLength: 200, pattern: '\\S', description: 'Why; mandatory.' });

/** Which company (and site) a tenant of the maker's is here. */
export const TenantMapping = Type.Object(
  { tenant: Id, company: Id, site: Type.Optional(Id) },
  { additionalProperties: false },
);
export type TenantMapping = Static<typeof TenantMapping>;
const Mappings = Type.Array(TenantMapping, { maxItems: 1_000 });

/** POST /connectors. */
export const NewConnector = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$' })),
    name: Name,
    vendor: Type.Enum([...EDR_VENDORS]),
    clientId: Type.String({ minLength: 1, maxLength: 256 }),
    clientSecret: Secret,
    company: Type.Optional(Id),
    site: Type.Optional(Id),
    tenants: Type.Optional(Mappings),
    urls: Type.Optional(
      Type.Object(
        { auth: Url, api: Url },
        { additionalProperties: false, description: "Other than the maker's own; https, or loopback." },
      ),
    ),
  },
  { additionalProperties: false },
);
export type NewConnector = Static<typeof NewConnector>;

/** PATCH /connectors/{id}: what is left out stays. */
export const ConnectorChange = Type.Object(
  {
    isPaused: Type.Optional(Type.Boolean()),
    clientSecret: Type.Optional(Secret),
    tenants: Type.Optional(Mappings),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type ConnectorChange = Static<typeof ConnectorChange>;

export const StreamView = Type.Object({
  tenant: Type.String(),
  stream: Type.String(),
  complete: Type.Optional(Type.String({ description: 'Until then everything is here.' })),
  error: Type.Optional(Type.String()),
});

export const ConnectorView = Type.Object({
  id: Id,
  name: Type.String(),
  vendor: Type.String(),
  clientId: Type.String(),
  company: Type.Optional(Id),
  site: Type.Optional(Id),
  tenants: Mappings,
  urls: Type.Optional(Type.Object({ auth: Type.String(), api: Type.String() })),
  isPaused: Type.Boolean(),
  created: Type.String(),
  lastOk: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
  streams: Type.Array(StreamView),
});
export type ConnectorView = Static<typeof ConnectorView>;

/** GET /connectors. */
export const ConnectorList = Type.Object({ connectors: Type.Array(ConnectorView) });
export type ConnectorList = Static<typeof ConnectorList>;

/** POST /connectors/{id}/test: what the credentials open, and what of it has no company here yet. */
export const ConnectorTest = Type.Object({
  kind: Type.String({ description: 'tenant, partner or organization.' }),
  tenants: Type.Array(
    Type.Object({ id: Type.String(), name: Type.String(), company: Type.Optional(Id), site: Type.Optional(Id) }),
  ),
});
export type ConnectorTest = Static<typeof ConnectorTest>;

export const EDR_JOB_KINDS = ['isolate', 'scan'] as const;
/**
 * `requested`: on disk here; `accepted`: the cloud took the order; `effective`: read back from the endpoint's state;
 * `releasing`: the end was ordered; `released`: read back. A scan ends as `accepted`: the cloud does not tell its end.
 */
export const EDR_JOB_STATES = [
  'requested',
  'accepted',
  'effective',
  'release-requested',
  'release-accepted',
  'released',
  'failed',
  'timed-out',
] as const;
export type EdrJobState = (typeof EDR_JOB_STATES)[number];

/** POST /edr-jobs: a host by its name or the maker's id, of a company or a site. */
export const NewEdrJob = Type.Object(
  {
    kind: Type.Enum([...EDR_JOB_KINDS]),
    company: Type.Optional(Id),
    site: Type.Optional(Id),
    host: Type.String({ minLength: 1, maxLength: 255 }),
    reason: Reason,
  },
  { additionalProperties: false },
);
export type NewEdrJob = Static<typeof NewEdrJob>;

/** POST /edr-jobs/{id}/release. */
export const EdrRelease = Type.Object({ reason: Reason }, { additionalProperties: false });
export type EdrRelease = Static<typeof EdrRelease>;

export const EdrJob = Type.Object({
  id: Id,
  kind: Type.Enum([...EDR_JOB_KINDS]),
  state: Type.Enum([...EDR_JOB_STATES]),
  account: Id,
  tenant: Type.String(),
  company: Id,
  site: Type.Optional(Id),
  endpoint: Type.Object({ id: Type.String(), name: Type.String() }),
  by: Type.String(),
  reason: Type.String(),
  released: Type.Optional(Type.Object({ by: Type.String(), reason: Type.String() })),
  requested: Type.String(),
  changed: Type.String(),
  message: Type.Optional(Type.String({ description: 'Why it failed, or what hinders it now.' })),
  history: Type.Array(Type.Object({ at: Type.String(), state: Type.String(), message: Type.Optional(Type.String()) })),
});
export type EdrJob = Static<typeof EdrJob>;

/** GET /edr-jobs: newest first. */
export const EdrJobQuery = Type.Object(
  { company: Type.Optional(Id), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })) },
  { additionalProperties: false },
);
export type EdrJobQuery = Static<typeof EdrJobQuery>;
export const EdrJobList = Type.Object({ jobs: Type.Array(EdrJob) });
export type EdrJobList = Static<typeof EdrJobList>;
