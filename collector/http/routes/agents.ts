import { Type } from 'typebox';
import { Id } from '../../../protocol/api/common.js';
import { type AgentIdentity, AgentList, RevokedAgent } from '../../../protocol/api/fleet.js';
import { ADMIN, accessOf, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';

export interface AgentsPort {
  listAgents(companies: readonly string[] | undefined): Promise<AgentIdentity[]>;
  revoke(agent: string): Promise<{ agent: string; site: string; company: string }>;
}

/** The identities of boxes. */
export const agentRoutes: Routes<{ fleet: AgentsPort }> = (app, { fleet, audit }) => {
  app.get(
    '/agents',
    { schema: { tags: ['fleet'], response: { 200: AgentList } }, config: { roles: EVERYBODY } },
    async (request) => ({ agents: await fleet.listAgents(accessOf(request).companies) }),
  );

  app.post(
    '/agents/:id/revoke',
    {
      schema: { tags: ['fleet'], params: Type.Object({ id: Id }), response: { 200: RevokedAgent } },
      config: { roles: ADMIN },
    },
    async (request) => {
      const { agent, site, company } = await fleet.revoke(request.params.id);
      await audit.change(accessOf(request), 'identity revoked', { company, detail: `${agent} of ${site}` });
      return { agent, site };
    },
  );
};
