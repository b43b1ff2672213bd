import { Type } from 'typebox';
import { Id } from '../../../protocol/api/common.js';
import {
  ConnectorChange,
  ConnectorList,
  ConnectorTest,
  ConnectorView,
  EdrJob,
  EdrJobList,
  EdrJobQuery,
  EdrRelease,
  NewConnector,
  NewEdrJob,
} from '../../../protocol/api/connectors.js';
import { ADMIN, accessOf, STAFF } from '../identity.js';
import type { Routes } from '../types.js';

export interface ConnectorsPort {
  list(): Promise<ConnectorView[]>;
  add(asked: NewConnector): Promise<ConnectorView>;
  change(id: string, change: ConnectorChange): Promise<ConnectorView>;
  remove(id: string): Promise<void>;
  test(id: string): Promise<ConnectorTest>;
  readonly jobs: {
    list(company: string | undefined, limit: number): Promise<EdrJob[]>;
    get(id: string): Promise<EdrJob>;
    add(request: NewEdrJob, by: string): Promise<EdrJob>;
    release(id: string, by: string, reason: string): Promise<EdrJob>;
  };
}

const tags = ['edr'];
const params = Type.Object({ id: Id });
const JOBS_SHOWN = 100;

/** Accounts at EDR clouds, for administrators. */
export const connectorRoutes: Routes<{ connectors: ConnectorsPort }> = (app, { connectors, audit }) => {
  app.get(
    '/connectors',
    { schema: { tags, response: { 200: ConnectorList } }, config: { roles: ADMIN } },
    async () => ({
      connectors: await connectors.list(),
    }),
  );

  app.post(
    '/connectors',
    { schema: { tags, body: NewConnector, response: { 200: ConnectorView } }, config: { roles: ADMIN } },
    async (request) => {
      const connector = await connectors.add(request.body);
      const { id, vendor, name, clientId, company } = connector;
      const detail = `${id} ${vendor} ${name} (${clientId})`;
      await audit.change(accessOf(request), 'connector added', { detail, ...(company !== undefined && { company }) });
      return connector;
    },
  );

  app.patch(
    '/connectors/:id',
    { schema: { tags, params, body: ConnectorChange, response: { 200: ConnectorView } }, config: { roles: ADMIN } },
    async (request) => {
      const { clientSecret, ...change } = request.body;
      const connector = await connectors.change(request.params.id, request.body);
      const renewed = clientSecret === undefined ? '' : ' new secret';
      const detail = `${request.params.id} ${JSON.stringify(change)}${renewed}`;
      await audit.change(accessOf(request), 'connector changed', { detail });
      return connector;
    },
  );

  app.delete(
    '/connectors/:id',
    { schema: { tags, params, response: { 200: Type.Object({}) } }, config: { roles: ADMIN } },
    async (request) => {
      await connectors.remove(request.params.id);
      await audit.change(accessOf(request), 'connector removed', { detail: request.params.id });
      return {};
    },
  );

  app.post(
    '/connectors/:id/test',
    { schema: { tags, params, response: { 200: ConnectorTest } }, config: { roles: ADMIN } },
    async (request) => {
      const result = await connectors.test(request.params.id);
      await audit.change(accessOf(request), 'connector tested', { detail: request.params.id });
      return result;
    },
  );
};

/** What is done to endpoints through their EDR, by staff. */
export const edrJobRoutes: Routes<{ connectors: ConnectorsPort }> = (app, { connectors, audit }) => {
  app.get(
    '/edr-jobs',
    { schema: { tags, querystring: EdrJobQuery, response: { 200: EdrJobList } }, config: { roles: STAFF } },
    async (request) => ({ jobs: await connectors.jobs.list(request.query.company, request.query.limit ?? JOBS_SHOWN) }),
  );

  app.post(
    '/edr-jobs',
    { schema: { tags, body: NewEdrJob, response: { 200: EdrJob } }, config: { roles: STAFF } },
    async (request) => {
      const access = accessOf(request);
      const job = await connectors.jobs.add(request.body, access.who);
      const { id, kind, company, endpoint, reason } = job;
      await audit.change(access, `edr ${kind}`, {
        company,
        detail: `${endpoint.name} ${endpoint.id} ${id}: ${reason}`,
      });
      return job;
    },
  );

  app.get(
    '/edr-jobs/:id',
    { schema: { tags, params, response: { 200: EdrJob } }, config: { roles: STAFF } },
    async (request) => connectors.jobs.get(request.params.id),
  );

  app.post(
    '/edr-jobs/:id/release',
    { schema: { tags, params, body: EdrRelease, response: { 200: EdrJob } }, config: { roles: STAFF } },
    async (request) => {
      const access = accessOf(request);
      const { reason } = request.body;
      const job = await connectors.jobs.release(request.params.id, access.who, reason);
      const { id, company, endpoint } = job;
      await audit.change(access, 'edr release', {
        company,
        detail: `${endpoint.name} ${endpoint.id} ${id}: ${reason}`,
      });
      return job;
    },
  );
};
