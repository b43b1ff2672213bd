import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from './audit.js';
import type { Access } from './identity.js';

/**
 * Completes the audit log: whatever a guarded route did or showed without telling so in words of its own is written down
 * by its method, address and what its address named. A change is on disk before it is answered.
 */
export function completeAudit(app: FastifyInstance, audit: Audit): void {
  app.addHook('onSend', async (request, reply) => {
    const { access } = request;
    if (access === undefined || reply.statusCode >= 400 || audit.hasTold(access)) return;
    const { url = '', config } = request.routeOptions;
    if (isLook(request)) {
      if (config.isUnaudited !== true) audit.look(access, url, detailOf(request));
      return;
    }
    await audit.change(access, `${request.method} ${url}`, factsOf(access, request));
  });
}

function isLook(request: FastifyRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

function factsOf(access: Access, request: FastifyRequest): { company?: string; detail?: string } {
  const detail = detailOf(request);
  const company = access.companies?.join(',');
  return { ...(detail !== '' && { detail }), ...(company !== undefined && { company }) };
}

/** What the address named. Never the body: it may hold a secret. */
function detailOf(request: FastifyRequest): string {
  const named = { ...(request.params as object), ...(request.query as object) };
  const pairs = Object.entries(named).filter(([, value]) => value !== undefined && value !== '');
  return pairs.map(([name, value]) => `${name}=${String(value)}`).join(' ');
}
