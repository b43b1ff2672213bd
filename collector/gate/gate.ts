import type { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { EnrolAnswer, EnrolRequest } from '../../protocol/api/fleet.js';
import {
  GATE_PREFIX,
  RenewAnswer,
  RenewRequest,
  SignerAnswer,
  TimeAnswer,
  TimeRequest,
} from '../../protocol/api/gate.js';
import { CodedError } from '../../protocol/base/errors.js';
import type { Logger } from '../../protocol/base/log.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import type { SignedContext } from '../../protocol/signed.js';
import { Limiter, networkOf } from './limiter.js';

export const GateConfig = Type.Object(
  {
    host: Type.String({ default: '127.0.0.1', maxLength: 255, description: 'Address to listen on.' }),
    port: Type.Integer({ default: 8443, minimum: 0, maximum: 65_535, description: '0: any free port.' }),
    connectionsMax: Type.Integer({ default: 2_000, minimum: 1, maximum: 100_000, description: 'Live connections.' }),
    handshakeMs: Type.Integer({ default: 10_000, minimum: 100, maximum: 120_000, description: 'From TCP to TLS.' }),
    enrolPerMinute: Type.Integer({ default: 20, minimum: 1, description: 'Attempts to enrol from one address.' }),
    enrolPerMinuteAll: Type.Integer({ default: 200, minimum: 1, description: 'Attempts to enrol in all.' }),
    renewPerHour: Type.Integer({ default: 20, minimum: 1, description: 'Renewals of one box.' }),
    asksPerMinute: Type.Integer({ default: 300, minimum: 1, description: 'Other requests from one address.' }),
  },
  { additionalProperties: false },
);
export type GateConfig = Static<typeof GateConfig>;

/** Who a box is, by its certificate. */
export interface Peer {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

export type GateApp = FastifyInstance<
  Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  import('fastify').FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** More routes of the gate. `peerOf` is who asks. @throws AUTH_REQUIRED when nobody whom we know does */
export type GateRoutes = (app: GateApp, peerOf: (request: FastifyRequest) => Peer) => void;

export interface GateFleet {
  readonly signer: { readonly certificate: string; sign(context: SignedContext, body: object): string };
  /** By SHA-256 of the certificate's DER, hex. */
  identify(fingerprint: string): Peer | undefined;
  enrol(code: string, csr: string): Promise<Omit<EnrolAnswer, 'mqttUrl' | 'gateUrl'>>;
  renew(certificate: X509Certificate, csr: string): Promise<Omit<EnrolAnswer, 'mqttUrl' | 'gateUrl'>>;
}

export interface GateCredentials {
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
}

export interface GateDeps extends World {
  readonly fleet: GateFleet;
  /** Server certificate and the authority, PEM. */
  credentials(): Promise<GateCredentials>;
  mqttUrl(host: string): string;
  /** Turns failures into answers. */
  answerErrors(app: FastifyInstance, log: Logger): void;
  /** For the audit log. */
  note(who: string, what: string, detail: string): Promise<void>;
  readonly routes?: readonly GateRoutes[];
}

const BODY_BYTES_MAX = 32 * 1024;
const REQUEST_MS_MAX = 30_000;
const IDLE_MS_MAX = 60_000;
const MINUTE_MS = 60_000;
const EVERYBODY = 'all';

/**
 * Where boxes come for what is not MQTT: HTTPS by TLS 1.3. A client certificate is asked for and judged here, not by
 * OpenSSL: a box whose certificate has expired must be able to renew it, and one without any must be able to enrol.
 */
export class Gate implements Component {
  readonly name = 'gate';
  readonly #config: GateConfig;
  readonly #deps: GateDeps;
  readonly #limits: { address: Limiter; enrolAddress: Limiter; enrolAll: Limiter; renew: Limiter };
  #app: GateApp | undefined;

  constructor(config: GateConfig, deps: GateDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'gate' }) };
    this.#limits = {
      address: new Limiter(config.asksPerMinute, MINUTE_MS, deps.clock),
      enrolAddress: new Limiter(config.enrolPerMinute, MINUTE_MS, deps.clock),
      enrolAll: new Limiter(config.enrolPerMinuteAll, MINUTE_MS, deps.clock),
      renew: new Limiter(config.renewPerHour, 60 * MINUTE_MS, deps.clock),
    };
  }

  get port(): number {
    return (this.#app?.server.address() as AddressInfo | null | undefined)?.port ?? 0;
  }

  url(host: string): string {
    return `https://${host}:${this.port}`;
  }

  /** @throws ADDRESS_IN_USE */
  async start(): Promise<void> {
    const app = await this.#build();
    this.#app = app;
    const { host, port } = this.#config;
    await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'CONFIG_INVALID';
      throw new CodedError(code, `could not listen on ${host}:${port} for the gate`, { host, port }, { cause: error });
    });
    this.#deps.log.info({ host, port: this.port }, 'gate listens');
  }

  async close(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.close();
  }

  /** A newer server certificate: for connections from now on. */
  async renewCredentials(): Promise<void> {
    this.#app?.server.setSecureContext(contextOf(await this.#deps.credentials()));
  }

  async #build(): Promise<GateApp> {
    const app = Fastify({
      logger: false,
      bodyLimit: BODY_BYTES_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: IDLE_MS_MAX,
      forceCloseConnections: true,
      ajv: { customOptions: { removeAdditional: false, allErrors: false } },
      https: {
        ...contextOf(await this.#deps.credentials()),
        requestCert: true,
        rejectUnauthorized: false,
        handshakeTimeout: this.#config.handshakeMs,
      },
    }).withTypeProvider<TypeBoxTypeProvider>() as unknown as GateApp;
    app.server.maxConnections = this.#config.connectionsMax;
    // Those that never finish their handshake must not keep us from closing.
    const sockets = new Set<Socket>();
    app.server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    app.addHook('preClose', async () => {
      for (const socket of sockets) socket.destroy();
    });
    this.#deps.answerErrors(app as never, this.#deps.log);
    await app.register(async (own) => this.#routes(own as GateApp), { prefix: GATE_PREFIX });
    await app.ready();
    return app;
  }

  #routes(app: GateApp): void {
    app.addHook('onRequest', async (request) => {
      if (!this.#limits.address.take(networkOf(request.ip))) throw tooMany('requests from this address');
    });
    app.post('/enrol', { schema: { body: EnrolRequest, response: { 200: EnrolAnswer } } }, (request) =>
      this.#enrol(request, request.body),
    );
    app.post('/renew', { schema: { body: RenewRequest, response: { 200: RenewAnswer } } }, (request) =>
      this.#renew(request, request.body),
    );
    app.post('/time', { schema: { body: TimeRequest, response: { 200: TimeAnswer } } }, async ({ body: { nonce } }) => {
      const { signer } = this.#deps.fleet;
      return { signed: signer.sign('time', { nonce, now: this.#deps.clock.now() }), signer: signer.certificate };
    });
    app.get('/signer', { schema: { response: { 200: SignerAnswer } } }, async () => ({
      signer: this.#deps.fleet.signer.certificate,
    }));
    for (const routes of this.#deps.routes ?? []) routes(app, (request) => this.#peerOf(request));
  }

  async #enrol(request: FastifyRequest, { code, csr }: EnrolRequest): Promise<EnrolAnswer> {
    const address = networkOf(request.ip);
    if (!this.#limits.enrolAddress.take(address)) throw tooMany('attempts to enrol from this address');
    if (!this.#limits.enrolAll.take(EVERYBODY)) throw tooMany('attempts to enrol');
    const answer = await this.#deps.fleet.enrol(code, csr).catch((error: unknown) => {
      this.#deps.log.warn({ address, code: (error as CodedError).code ?? null }, 'an enrolment was refused');
      throw error;
    });
    await this.#deps.note(`agent:${answer.agent}`, 'enrolled', `${answer.site} from ${request.ip}`);
    return { ...answer, ...this.#addresses(request) };
  }

  async #renew(request: FastifyRequest, { csr }: RenewRequest): Promise<RenewAnswer> {
    const certificate = certificateOf(request);
    if (certificate === undefined) throw new CodedError('AUTH_REQUIRED', 'a renewal needs the certificate of the box');
    if (!this.#limits.renew.take(certificate.subject)) throw tooMany('renewals of this box');
    const facts = { subject: certificate.subject.replaceAll('\n', ', '), expires: certificate.validTo };
    const answer = await this.#deps.fleet.renew(certificate, csr).catch((error: unknown) => {
      this.#deps.log.warn(
        { ...facts, address: request.ip, code: (error as CodedError).code ?? null },
        'a renewal was refused',
      );
      throw error;
    });
    const wasExpired = Date.parse(certificate.validTo) < this.#deps.clock.now();
    if (wasExpired) this.#deps.log.warn({ ...facts, agent: answer.agent }, 'an expired certificate was renewed');
    const how = wasExpired ? `, expired since ${certificate.validTo},` : '';
    await this.#deps.note(`agent:${answer.agent}`, 'renewed', `${answer.site}${how} from ${request.ip}`);
    return { ...answer, ...this.#addresses(request) };
  }

  /** The name by which the box reached us is the one by which it reaches the broker. */
  #addresses(request: FastifyRequest): { mqttUrl: string; gateUrl: string } {
    const url = `https://${request.headers.host ?? ''}`;
    if (!URL.canParse(url)) throw new CodedError('INPUT_INVALID', 'the Host header is missing');
    const { hostname } = new URL(url);
    return { mqttUrl: this.#deps.mqttUrl(hostname), gateUrl: this.url(hostname) };
  }

  #peerOf(request: FastifyRequest): Peer {
    const certificate = certificateOf(request);
    const peer = certificate === undefined ? undefined : this.#deps.fleet.identify(fingerprintOf(certificate));
    if (certificate === undefined || peer === undefined || Date.parse(certificate.validTo) < this.#deps.clock.now())
      throw new CodedError('AUTH_REQUIRED', 'this needs the certificate of a box that is enrolled');
    return peer;
  }
}

function contextOf({ key, certificate, authority }: GateCredentials) {
  // The whole chain: a box that enrols knows of the authority only its fingerprint.
  return { key, cert: `${certificate}\n${authority}`, ca: authority, minVersion: 'TLSv1.3' as const };
}

/** TLS has proven that the box has its key; whose it is, is for us to say. */
function certificateOf(request: FastifyRequest): X509Certificate | undefined {
  return (request.raw.socket as TLSSocket).getPeerX509Certificate();
}

function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

const tooMany = (what: string): CodedError => new CodedError('AUTH_LIMITED', `too many ${what}`);
