import { EVENTS_LIMIT_DEFAULT, EventList, EventsQuery, FieldList } from '../../../protocol/api/events.js';
import { isoMillis } from '../../../protocol/base/time.js';
import type { AnyRecord, Field } from '../../../protocol/records/records.js';
import { accessOf, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';

export interface EventsPort {
  /** Compiles and runs a query for those companies. @throws QUERY_INVALID, QUERY_LIMIT, STORE_QUERY_FAILED */
  ask(question: {
    readonly companies: readonly string[] | undefined;
    readonly query: string;
    readonly from: string;
    readonly to: string;
    readonly limit: number;
    readonly by: 'event' | 'ingested';
  }): Promise<{ events: AnyRecord[]; fromMs: number; toMs: number }>;
  fields(): readonly Field[];
}

/** Asking: the query language over the records. */
export const eventRoutes: Routes<{ events: EventsPort }> = (app, { events, audit }) => {
  app.get(
    '/events',
    {
      schema: { tags: ['events'], querystring: EventsQuery, response: { 200: EventList } },
      config: { roles: EVERYBODY },
    },
    async (request) => {
      const access = accessOf(request);
      const { q: query = '', from = 'now-24h', to = 'now', limit = EVENTS_LIMIT_DEFAULT, by = 'event' } = request.query;
      const begin = performance.now();
      const { companies } = access;
      // One more than asked for tells whether there are more.
      const found = await events.ask({ companies, query, from, to, limit: limit + 1, by });
      audit.look(access, 'events', query);
      return {
        events: found.events.slice(0, limit),
        from: isoMillis(found.fromMs),
        to: isoMillis(found.toMs),
        hasMore: found.events.length > limit,
        tookMs: Math.round(performance.now() - begin),
      };
    },
  );

  app.get(
    '/fields',
    { schema: { tags: ['events'], response: { 200: FieldList } }, config: { roles: EVERYBODY, isUnaudited: true } },
    async () => ({
      fields: events.fields().map(({ name, kind, description }) => ({ name, kind, description })),
    }),
  );
};
