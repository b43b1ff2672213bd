import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { API_PREFIX } from '../../protocol/api/common.js';
import { CodedError } from '../../protocol/base/errors.js';
import { ROOT } from '../../protocol/base/place.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import { Audit } from './audit.js';
import { completeAudit } from './audit-hook.js';
import { guardRoutes, type IdentityDeps } from './identity.js';
import { Certificate, type HttpConfig, isLoopback, PROXIES, refusePlain } from './listening.js';
import { answerErrors } from './plugins/errors.js';
import { collectRoutes, type ServedRoute } from './route-table.js';
import { type AgentsPort, agentRoutes } from './routes/agents.js';
import { auditRoutes } from './routes/audit.js';
import { type BackupPort, backupRoutes } from './routes/backup.js';
import { type ConnectorsPort, connectorRoutes, edrJobRoutes } from './routes/connectors.js';
import { type DeadLettersPort, deadLetterRoutes } from './routes/dead-letters.js';
import { type EventsPort, eventRoutes } from './routes/events.js';
import { type FleetPort, fleetRoutes } from './routes/fleet.js';
import { type PeoplePort, peopleRoutes } from './routes/people.js';
import { type RemotePort, remoteRoutes } from './routes/remote.js';
import { type SessionPort, sessionRoutes } from './routes/session.js';
import { type SourcesPort, sourceRoutes } from './routes/sources.js';
import { type TotpPort, totpRoutes } from './routes/totp.js';
import type { Api } from './types.js';

export { HttpConfig } from './listening.js';

const BODY_BYTES_MAX = 64 * 1024;
/** 30 days: whoever takes TLS away again is locked out no longer. */
const HSTS_S = 30 * 86_400;
const CONSOLE_FOLDER = join(ROOT, 'dist/console');

export interface HttpDeps extends World {
  readonly metrics: Registry;
  readonly users: SessionPort &
    TotpPort &
    PeoplePort & { countOf(company: string): Promise<number> } & Omit<IdentityDeps, 'isLocal'>;
  readonly fleet: FleetPort & AgentsPort;
  readonly deadLetters: DeadLettersPort;
  readonly events: EventsPort;
  readonly backup: BackupPort;
  readonly remote: RemotePort;
  readonly sources: SourcesPort;
  readonly connectors: ConnectorsPort;
  readonly auditTable: ConstructorParameters<typeof Audit>[0];
  readonly mqttUrl: (host: string) => string;
  readonly gateUrl: (host: string) => string;
  /** Rejects when a part of the collector does not answer. */
  checkHealth(): Promise<void>;
}

/** The API, the console and the metrics over HTTP; the API once more for the local administrator over a socket. */
export class HttpServer implements Component {
  readonly name = 'http';
  readonly #config: HttpConfig;
  readonly #socketPath: string;
  readonly #deps: HttpDeps;
  readonly #local = new WeakSet<object>();
  readonly #certificate: Certificate | undefined;
  #app: Api | undefined;
  #routes: readonly ServedRoute[] = [];
  #socketServer: Server | undefined;

  /** @param folder in which `admin.sock` is made */
  constructor(config: HttpConfig, folder: string, deps: HttpDeps) {
    this.#config = config;
    this.#socketPath = join(folder, 'admin.sock');
    this.#deps = deps;
    this.#certificate = config.tls && new Certificate(config.tls, deps.log);
  }

  /** The address that a browser on this machine can open. */
  get url(): string {
    const address = this.#app?.server.address() as AddressInfo | null | undefined;
    const host = this.#config.host === '0.0.0.0' || this.#config.host === '::' ? '127.0.0.1' : this.#config.host;
    return `${this.#certificate === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${address?.port ?? 0}`;
  }

  /** The application without a listener, for tests that inject requests. */
  get app(): Api {
    if (this.#app === undefined) throw new Error('the server is not started');
    return this.#app;
  }

  /** Every route that is served. */
  get routes(): readonly ServedRoute[] {
    return this.#routes;
  }

  /** @throws ADDRESS_IN_USE, CONFIG_INVALID, DATA_FOLDER */
  async start(): Promise<void> {
    refusePlain(this.#config);
    const app = await this.#build();
    this.#app = app;
    const { host, port } = this.#config;
    await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'CONFIG_INVALID';
      throw new CodedError(
        code,
        `could not listen on ${host}:${port} for the console`,
        { host, port },
        { cause: error },
      );
    });
    await this.#listenLocally(app);
    this.#certificate?.watch(app.server as unknown as TlsServer);
    this.#deps.log.info({ url: this.url }, 'http listens');
  }

  async close(): Promise<void> {
    this.#certificate?.close();
    const socketServer = this.#socketServer;
    this.#socketServer = undefined;
    if (socketServer !== undefined) {
      socketServer.closeAllConnections();
      await new Promise((done) => socketServer.close(done));
    }
    const app = this.#app;
    this.#app = undefined;
    await app?.close();
  }

  async #build(): Promise<Api> {
    const app = Fastify({
      logger: false,
      trustProxy: this.#config.behindProxy === true ? PROXIES : false,
      ...(this.#certificate !== undefined && { https: this.#certificate.options() }),
      bodyLimit: BODY_BYTES_MAX,
      routerOptions: { maxParamLength: 128 },
      forceCloseConnections: true,
      ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: false } },
    }).withTypeProvider<TypeBoxTypeProvider>() as unknown as Api;
    const { metrics, users } = this.#deps;
    this.#routes = collectRoutes(app as never);
    answerErrors(app as never, this.#deps.log);
    await app.register(helmet, {
      contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
      strictTransportSecurity: this.#certificate === undefined ? false : { maxAge: HSTS_S, includeSubDomains: false },
    });
    await app.register(cookie);
    await app.register(rateLimit, { global: false });
    await app.register(swagger, {
      openapi: {
        info: {
          title: 'Hinomi collector',
          version: '1',
          description: 'Every office, one place. Times are RFC 3339, UTC.',
        },
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
        security: [{ token: [] }],
      },
    });
    await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: true });
    guardRoutes(app as never, {
      bySession: (value) => users.bySession(value),
      byToken: (value) => users.byToken(value),
      isLocal: (request: FastifyRequest) => this.#local.has(request.raw.socket),
    });
    const audit = new Audit(this.#deps.auditTable, this.#deps);
    completeAudit(app as never, audit);
    await app.register(
      async (api) => {
        sessionRoutes(api as Api, { users, audit });
        totpRoutes(api as Api, { users, audit });
        peopleRoutes(api as Api, { users, audit });
        auditRoutes(api as Api, { audit });
        agentRoutes(api as Api, { fleet: this.#deps.fleet, audit });
        backupRoutes(api as Api, { backup: this.#deps.backup, audit });
        deadLetterRoutes(api as Api, { ...this.#deps, audit });
        fleetRoutes(api as Api, { ...this.#deps, audit, isPlainEnrolment: this.#config.behindProxy !== true });
        eventRoutes(api as Api, { events: this.#deps.events, audit });
        remoteRoutes(api as Api, { remote: this.#deps.remote, audit });
        sourceRoutes(api as Api, { ...this.#deps, audit });
        connectorRoutes(api as Api, { connectors: this.#deps.connectors, audit });
        edrJobRoutes(api as Api, { connectors: this.#deps.connectors, audit });
      },
      { prefix: API_PREFIX },
    );
    app.get('/healthz', { schema: { hide: true } }, async () => {
      await this.#deps.checkHealth();
      return { status: 'ok' };
    });
    app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
      await this.#allowMetrics(request as never);
      reply.type(metrics.contentType);
      return metrics.metrics();
    });
    await this.#serveConsole(app);
    await app.ready();
    return app;
  }

  /** From this machine, or with a token of staff: counts tell how many offices there are and how busy. */
  async #allowMetrics(request: FastifyRequest): Promise<void> {
    // Behind a proxy everybody comes from this machine.
    const isHere = isLoopback(request.ip) && this.#config.behindProxy !== true;
    if (isHere || this.#local.has(request.raw.socket)) return;
    const bearer = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
    const access = bearer === undefined ? undefined : await this.#deps.users.byToken(bearer);
    if (access === undefined) throw new CodedError('AUTH_REQUIRED', 'metrics need a token from here');
    if (access.role === 'company') throw new CodedError('AUTH_FORBIDDEN', 'metrics are about every company');
  }

  async #serveConsole(app: Api): Promise<void> {
    if (!existsSync(join(CONSOLE_FOLDER, 'index.html'))) {
      app.get('/', { schema: { hide: true } }, async (_request, reply) => {
        reply.type('text/plain; charset=utf-8');
        return 'コンソールはまだ組み立てられていません: npm run build\nThe console is not built yet: npm run build\n';
      });
      return;
    }
    await app.register(fastifyStatic, { root: CONSOLE_FOLDER, schemaHide: true });
  }

  async #listenLocally(app: Api): Promise<void> {
    rmSync(this.#socketPath, { force: true });
    const server = createServer((request, response) => app.routing(request, response));
    server.on('connection', (socket) => this.#local.add(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(new CodedError('DATA_FOLDER', `could not make ${this.#socketPath}`, {}, { cause: error })),
      );
      server.listen(this.#socketPath, resolve);
    });
    chmodSync(this.#socketPath, 0o600);
    this.#socketServer = server;
  }
}
