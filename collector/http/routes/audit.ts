import { AuditList, AuditQuery } from '../../../protocol/api/audit.js';
import { CodedError } from '../../../protocol/base/errors.js';
import { ADMIN } from '../identity.js';
import type { Routes } from '../types.js';

/** The audit log, for administrators. */
export const auditRoutes: Routes<object> = (app, { audit }) => {
  app.get(
    '/audit',
    {
      schema: { tags: ['audit'], querystring: AuditQuery, response: { 200: AuditList } },
      config: { roles: ADMIN },
    },
    (request) => audit.list({ ...request.query, ...timesOf(request.query) }),
  );
};

/** In the form that the log's keys begin with. @throws INPUT_INVALID */
function timesOf({ from, to }: AuditQuery): { from?: string; to?: string } {
  return {
    ...(from !== undefined && { from: timeOf('from', from) }),
    ...(to !== undefined && { to: timeOf('to', to) }),
  };
}

function timeOf(name: string, text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new CodedError('INPUT_INVALID', `${name} is not a time like 2026-11-23T00:00:00Z`);
  return new Date(ms).toISOString();
}
