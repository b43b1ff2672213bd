import { Type } from 'typebox';
import { Id } from '../../../protocol/api/common.js';
import { SourceList, type SourceView } from '../../../protocol/api/sources.js';
import { accessOf, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';

export interface SourcesPort {
  /** @throws STORE_QUERY_FAILED */
  of(site: string, companies: readonly string[] | undefined): Promise<SourceView[]>;
}

/** Who sends messages to the box of a site. */
export const sourceRoutes: Routes<{
  sources: SourcesPort;
  /** @throws FLEET_NOT_FOUND */
  remote: { mustSee(companies: readonly string[] | undefined, site: string): Promise<string> };
}> = (app, { sources, remote }) => {
  app.get(
    '/sites/:id/sources',
    {
      schema: { tags: ['fleet'], params: Type.Object({ id: Id }), response: { 200: SourceList } },
      config: { roles: EVERYBODY },
    },
    async (request) => {
      const { companies } = accessOf(request);
      await remote.mustSee(companies, request.params.id);
      return { sources: await sources.of(request.params.id, companies) };
    },
  );
};
