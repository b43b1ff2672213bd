import { type Static, Type } from 'typebox';

const opt = Type.Optional;

/** One source of messages of a site, from what its box said of it last. Counts are of that record's period. */
export const SourceView = Type.Object({
  id: Type.String({ description: 'transport/address/port of the box.' }),
  address: Type.String(),
  transport: Type.String({ description: 'udp, tcp or tls.' }),
  port: Type.Integer(),
  vendor: opt(Type.String()),
  product: opt(Type.String()),
  host: opt(Type.String({ description: 'What it calls itself.' })),
  zone: opt(Type.String()),
  encoding: opt(Type.String()),
  at: Type.String({ description: 'When the box said so, RFC 3339.' }),
  firstSeen: Type.String(),
  lastSeen: Type.String(),
  isSilent: Type.Boolean({ description: 'It is missed.' }),
  /** Over the period. */
  messagesPerSecond: Type.Number(),
  messages: Type.Integer(),
  flooded: Type.Integer({ description: 'Dropped beyond the rate of one source.' }),
  unknown: Type.Integer({ description: 'Not understood, kept as they were: to be set up.' }),
  parsedShare: Type.Number({ description: 'Understood, wholly or in part, since the agent started.' }),
  skewMs: opt(Type.Integer({ description: "Its clock minus the box's." })),
});
export type SourceView = Static<typeof SourceView>;

/** GET /sites/{id}/sources: those of the last 30 days, the one heard last first. */
export const SourceList = Type.Object({ sources: Type.Array(SourceView) });
export type SourceList = Static<typeof SourceList>;
