import { type Static, Type } from 'typebox';
import { Id, Name } from './common.js';

/** POST /companies. */
export const NewCompany = Type.Object({ name: Name, id: Type.Optional(Id) }, { additionalProperties: false });
export type NewCompany = Static<typeof NewCompany>;

export const Company = Type.Object({ id: Id, name: Type.String(), created: Type.String() });
export type Company = Static<typeof Company>;

/** GET /companies. */
export const CompanyList = Type.Object({ companies: Type.Array(Company) });
export type CompanyList = Static<typeof CompanyList>;

/** PATCH /companies/{id}. */
export const CompanyChange = Type.Object({ name: Name }, { additionalProperties: false });
export type CompanyChange = Static<typeof CompanyChange>;

const Place = { maxLength: 60, description: 'Free text; sites that share it may be gone together.' };
const PREFECTURE = Type.Optional(Type.String({ ...Place, minLength: 1, examples: ['岩手県'] }));
const PROVIDER = Type.Optional(Type.String({ ...Place, minLength: 1, examples: ['フレッツ光'] }));

/** POST /sites. */
export const NewSite = Type.Object(
  { company: Id, name: Name, id: Type.Optional(Id), prefecture: PREFECTURE, provider: PROVIDER },
  { additionalProperties: false },
);
export type NewSite = Static<typeof NewSite>;

/** PATCH /sites/{id}: what is left out stays, an empty prefecture or provider is taken away. */
export const SiteChange = Type.Object(
  {
    name: Type.Optional(Name),
    prefecture: Type.Optional(Type.String(Place)),
    provider: Type.Optional(Type.String(Place)),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type SiteChange = Static<typeof SiteChange>;

/** Connected and heard from; connected but silent; not connected; never enrolled. Three different things, and none yet. */
export const PRESENCES = ['connected', 'silent', 'offline', 'never'] as const;
export type Presence = (typeof PRESENCES)[number];

/** What became of the last canary: its record arrived; it is still awaited; and three ways to miss one, or none is sent. */
export const CANARY_OUTCOMES = ['arrived', 'waiting', 'not_seen', 'not_delivered', 'not_sent', 'off'] as const;
export type CanaryOutcome = (typeof CANARY_OUTCOMES)[number];

/** What the box sees of its network, from its last coverage record, and what it is alarmed about. */
export const SightSummary = Type.Object({
  at: Type.Optional(Type.String({ description: 'Begin of the minute, RFC 3339.' })),
  packets: Type.Optional(Type.Integer({ description: 'In that minute; as are the next ones.' })),
  /** Newest last, a minute each: for a small figure. */
  packetsByMinute: Type.Array(Type.Integer()),
  drops: Type.Optional(Type.Integer({ description: 'Lost by kernel and interface.' })),
  keptShare: Type.Optional(Type.Number({ description: 'Below 1: conversations were left out.' })),
  halfSeenShare: Type.Optional(Type.Number({ description: 'TCP conversations of which one direction was not seen.' })),
  othersShare: Type.Optional(Type.Number({ description: 'Packets between others: 0 when nothing is mirrored.' })),
  missedShare: Type.Optional(Type.Number({ description: 'TCP bytes that nobody saw.' })),
  canary: Type.Optional(Type.Object({ outcome: Type.Enum([...CANARY_OUTCOMES]), at: Type.String() })),
  alerts: Type.Array(
    Type.Object({
      rule: Type.String(),
      severity: Type.Integer(),
      since: Type.String(),
      message: Type.String(),
      messageJa: Type.String(),
    }),
    { description: 'Raised and not over, the gravest first.' },
  ),
});
export type SightSummary = Static<typeof SightSummary>;

export const AgentSummary = Type.Object({
  id: Id,
  presence: Type.Enum([...PRESENCES]),
  lastContact: Type.Optional(Type.String({ description: 'Last message of any kind, RFC 3339.' })),
  goodbye: Type.Optional(
    Type.String({ description: 'It is offline because it was stopped, and said so then, RFC 3339.' }),
  ),
  version: Type.Optional(Type.String()),
  clockSkewMs: Type.Optional(
    Type.Integer({ description: "Agent's clock minus the collector's; the way between them is taken into account." }),
  ),
  deadLetters: Type.Optional(
    Type.Integer({ description: 'Of what it sent and could not be stored, see /dead-letters.' }),
  ),
  /** Over the last minute. */
  recordsPerSecond: Type.Number(),
  bytesPerSecond: Type.Number({ description: 'Compressed batches, as received.' }),
  sight: Type.Optional(SightSummary),
});
export type AgentSummary = Static<typeof AgentSummary>;

export const Site = Type.Object({
  id: Id,
  name: Type.String(),
  company: Type.Object({ id: Id, name: Type.String() }),
  created: Type.String(),
  prefecture: PREFECTURE,
  provider: PROVIDER,
  agent: Type.Optional(AgentSummary),
});
export type Site = Static<typeof Site>;

/** GET /sites: those of the caller's companies. */
export const SiteList = Type.Object({ sites: Type.Array(Site) });
export type SiteList = Static<typeof SiteList>;

/** The answer to POST /sites/{id}/enrolment-codes. The code is shown this once. */
export const EnrolmentCode = Type.Object({ code: Type.String(), expires: Type.String() });
export type EnrolmentCode = Static<typeof EnrolmentCode>;

/** A box's identity as the collector knows it; a box that was replaced or revoked is not the current one of its site. */
export const AgentIdentity = Type.Object({
  id: Id,
  site: Id,
  company: Id,
  created: Type.String({ description: 'When it was enrolled.' }),
  expires: Type.String({ description: 'End of its newest certificate.' }),
  isCurrent: Type.Boolean(),
  revoked: Type.Optional(Type.String()),
});
export type AgentIdentity = Static<typeof AgentIdentity>;

/** GET /agents: those of the caller's companies, newest first. */
export const AgentList = Type.Object({ agents: Type.Array(AgentIdentity) });
export type AgentList = Static<typeof AgentList>;

/** The answer to POST /agents/{id}/revoke. */
export const RevokedAgent = Type.Object({ agent: Id, site: Id });
export type RevokedAgent = Static<typeof RevokedAgent>;

/** POST /enrol, by an agent without an identity yet: the code is the authority. */
export const EnrolRequest = Type.Object(
  {
    code: Type.String({ minLength: 8, maxLength: 64 }),
    csr: Type.String({ maxLength: 8_192, description: 'PKCS #10, PEM, P-256.' }),
  },
  { additionalProperties: false },
);
export type EnrolRequest = Static<typeof EnrolRequest>;

export const EnrolAnswer = Type.Object({
  site: Id,
  agent: Id,
  certificate: Type.String({ description: 'PEM, client authentication.' }),
  authority: Type.String({ description: "PEM of the collector's CA; its fingerprint is part of the code." }),
  signer: Type.String({ description: 'PEM, of the authority, for the Ed25519 key that signs time and commands.' }),
  issued: Type.String({ description: "When, by the collector's clock." }),
  mqttUrl: Type.String({ description: 'mqtts://host:port' }),
  gateUrl: Type.String({ description: 'https://host:port of the gate.' }),
});
export type EnrolAnswer = Static<typeof EnrolAnswer>;
