import { type Static, Type } from 'typebox';

export const EVENTS_LIMIT_DEFAULT = 100;
export const EVENTS_LIMIT_MAX = 10_000;

/** GET /events?q=&from=&to=&limit=&by=: newest first. Times are RFC 3339, or relative: now, now-15m, now-24h, now-7d. */
export const EventsQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 4_096, default: '' })),
    from: Type.Optional(Type.String({ maxLength: 40, default: 'now-24h' })),
    to: Type.Optional(Type.String({ maxLength: 40, default: 'now' })),
    by: Type.Optional(
      Type.Enum(['event', 'ingested'], {
        default: 'event',
        description: 'Range and order by when it happened, or by when it reached the collector.',
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: EVENTS_LIMIT_MAX, default: EVENTS_LIMIT_DEFAULT })),
  },
  { additionalProperties: false },
);
export type EventsQuery = Static<typeof EventsQuery>;

export const EventList = Type.Object({
  events: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  /** The resolved range. */
  from: Type.String(),
  to: Type.String(),
  /** True when more matched than `limit`. */
  hasMore: Type.Boolean(),
  tookMs: Type.Number(),
});
export type EventList = Static<typeof EventList>;

/** GET /fields: what can be asked for. */
export const FieldList = Type.Object({
  fields: Type.Array(Type.Object({ name: Type.String(), kind: Type.String(), description: Type.String() })),
});
export type FieldList = Static<typeof FieldList>;
