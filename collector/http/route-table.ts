import type { FastifyInstance } from 'fastify';

/** A route that the server has. */
export interface ServedRoute {
  readonly method: string;
  /** As it was declared: `/api/v1/sites/:id`. */
  readonly url: string;
}

/** Fills up while routes are added. Before any plugin, so that it sees all of them. */
export function collectRoutes(app: FastifyInstance): readonly ServedRoute[] {
  const routes: ServedRoute[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
  return routes;
}
