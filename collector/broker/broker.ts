import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer as createListener, type Server as Listener, type Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { Aedes, type AuthenticateError, type Client, type PublishPacket, type Subscription } from 'aedes';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Static, Type } from 'typebox';
import { describeError } from '../../protocol/base/errors.js';
import { MQTT_FRAME_BYTES_MAX } from '../../protocol/base/limits.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import { decodeStatus } from '../../protocol/codec.js';
import type { AgentStatus } from '../../protocol/envelope.js';
import { type DownTopic, downTopic, isOwnDownTopic, parseUpTopic } from '../../protocol/topics.js';
import { Complaints } from './complaints.js';
import { Doorway } from './doorway.js';
import { FrameGuard } from './frame-guard.js';
import { GuardedStream, type Peer } from './guarded-stream.js';
import { listen } from './listen.js';
import { connectionsFor, openFilesMax } from './open-files.js';
import { TakeOvers } from './take-overs.js';
import { stopRouting } from './unrouted.js';

export type { Peer } from './guarded-stream.js';

export const BrokerConfig = Type.Object(
  {
    host: Type.String({ default: '127.0.0.1', maxLength: 255, description: 'Address to listen on.' }),
    port: Type.Integer({ default: 8883, minimum: 0, maximum: 65_535, description: '0: any free port.' }),
    names: Type.Array(Type.String({ maxLength: 255 }), {
      default: ['localhost', '127.0.0.1', '::1'],
      maxItems: 16,
      description: 'Names and addresses by which agents reach us, for the certificate.',
    }),
    connectionsMax: Type.Integer({ default: 20_000, minimum: 1, maximum: 200_000, description: 'Live connections.' }),
    connectMs: Type.Integer({ default: 10_000, minimum: 100, maximum: 120_000, description: 'From TCP to CONNECT.' }),
  },
  { additionalProperties: false },
);
export type BrokerConfig = Static<typeof BrokerConfig>;

const CONNECT_BYTES_MAX = 4_096;
const NOT_AUTHORIZED = 5;
/** MQTT 3.1.1 3.2.2.3. */
const UNAVAILABLE = 3;
/** A connection that says nothing for longer is ended; an agent may not ask for more. */
const KEEPALIVE_S_MAX = 600;
/** Connections that have not finished their TLS handshake; of about 80 KiB each. */
const HANDSHAKES_MAX = 4_000;
/** Of them under way; the others wait for their turn, half as long as an agent would. */
const DOORWAY = { atOnce: 64, slotMs: 500, waitMs: 7_000 };
/** A client that takes nothing of what it is sent is ended when so much waits for it. */
const WAITING_BYTES_MAX = 2 ** 20;
/** Subscriptions refused on one connection before it is ended: a client that guesses topics. */
const REFUSALS_MAX = 16;

export interface Credentials {
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
}

export interface BrokerDeps extends World {
  readonly metrics: Registry;
  /** Server certificate and the authority of the agents' certificates, PEM. */
  credentials(names: readonly string[]): Promise<Credentials>;
  /** Whose certificate this is, by SHA-256 of its DER in hex. */
  identify(fingerprint: string): Peer | undefined;
  onBatch(peer: Peer, payload: Uint8Array): void;
  onStatus(peer: Peer, status: AgentStatus, connection: string): void;
  onConnect(peer: Peer, connection: string, address: string): void;
  onDisconnect(peer: Peer, connection: string): void;
  /** An answer to what was asked of the box, as it came. */
  onReply?(peer: Peer, payload: Uint8Array): void;
  /** For tests: in place of this process's limit. */
  openFilesMax?(): number | undefined;
  /** From a message to the agent to the answer of its MQTT client. */
  onRoundTrip?(peer: Peer, ms: number): void;
}

/**
 * MQTT 3.1.1 over TLS 1.3. A connection is its client certificate; it may publish to its own `up` topics and
 * subscribe to its own `down` topics, and nothing is retained.
 */
export class Broker implements Component {
  readonly name = 'broker';
  readonly #config: BrokerConfig;
  readonly #deps: BrokerDeps;
  readonly #sockets = new Set<Socket>();
  /** Of agents that were known when they came. */
  readonly #streams = new Set<GuardedStream>();
  /** The newest connection of each agent. */
  readonly #current = new Map<string, Client>();
  readonly #counts: { connections: Counter; refused: Counter; badFrames: Counter; badTopics: Counter };
  readonly #complaints: Complaints;
  readonly #takeOvers = new TakeOvers();
  /** Of TLS handshakes, by the address and port that they come from. */
  readonly #deadlines = new Map<string, NodeJS.Timeout>();
  /** Those of the sockets whose TLS handshake is done. */
  #secured = 0;
  #aedes: Aedes | undefined;
  #listener: Listener | undefined;
  /** Takes what the listener has; it listens to nothing itself. */
  #server: Server | undefined;
  readonly #doorway: Doorway;

  constructor(config: BrokerConfig, deps: BrokerDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#complaints = new Complaints(deps.log, deps.clock);
    this.#doorway = new Doorway(DOORWAY, deps.clock, (socket) => this.#enter(socket));
    const counter = (name: string, help: string): Counter =>
      new Counter({ name: `hinomi_broker_${name}`, help, registers: [deps.metrics] });
    this.#counts = {
      connections: counter('connections_total', 'Connections of known agents.'),
      refused: counter('refused_total', 'Connections without a certificate of ours.'),
      badFrames: counter('bad_frames_total', 'Connections ended because of a frame.'),
      badTopics: counter('bad_topics_total', 'Publishes and subscriptions outside of the own topics.'),
    };
    const sockets = this.#sockets;
    new Gauge({
      name: 'hinomi_broker_connections',
      help: 'Live connections.',
      registers: [deps.metrics],
      collect() {
        this.set(sockets.size);
      },
    });
  }

  get port(): number {
    return (this.#listener?.address() as AddressInfo | null)?.port ?? 0;
  }

  /** @throws ADDRESS_IN_USE */
  async start(): Promise<void> {
    this.#aedes = await this.#makeAedes();
    this.#server = createServer(
      {
        ...contextOf(await this.#deps.credentials(this.#config.names)),
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: this.#config.connectMs,
      },
      (socket) => {
        this.#doorway.leave();
        this.#onSocket(socket);
      },
    );
    this.#server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
      this.#doorway.leave();
      this.#counts.refused.inc();
      this.#complaints.say('', 'a TLS handshake failed', { reason: error.code ?? error.message });
    });
    this.#listener = createListener({ pauseOnConnect: true }, (socket) => this.#keep(socket));
    const { host, port, connectionsMax } = this.#config;
    const openFiles = (this.#deps.openFilesMax ?? openFilesMax)();
    const connections = connectionsFor(openFiles, connectionsMax);
    this.#listener.maxConnections = connections;
    this.#listener.on('drop', () => {
      this.#counts.refused.inc();
      const facts = { connections, connectionsMax, openFiles: openFiles ?? null };
      this.#complaints.say(
        '',
        'no room for another connection: broker.connectionsMax or the limit of open files',
        facts,
      );
    });
    await listen(this.#listener, host, port);
    this.#deps.log.info({ host, port: this.port, connections, openFiles: openFiles ?? null }, 'broker listens');
  }

  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#server = undefined;
    this.#doorway.close();
    const closed = listener === undefined ? undefined : new Promise((done) => listener.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    const aedes = this.#aedes;
    this.#aedes = undefined;
    if (aedes !== undefined) await new Promise<void>((done) => aedes.close(done));
  }

  /** Sends to an agent, where it is connected; otherwise the message is gone. */
  send(peer: Peer, name: DownTopic, payload: Buffer): void {
    const client = this.#current.get(peer.agent);
    const topic = downTopic(peer, name);
    if (client === undefined || !isSubscribed(client, topic)) return;
    const stream = streamOf(client);
    stream.waitingBytes += payload.length;
    if (stream.waitingBytes > WAITING_BYTES_MAX) {
      this.#end(client, 'connection ended: it does not read what it is sent');
      return;
    }
    const nowMs = this.#deps.clock.monotonic();
    // An acknowledgement that is lost is lost with its connection, and its batch comes again: nobody needs an answer to it.
    const qos = name !== 'ack' || stream.roundTrip.isDue(nowMs) ? 1 : 0;
    if (qos === 1) stream.roundTrip.onSent(nowMs);
    // Straight to its connection: the broker's own delivery waits for the slowest of a hundred.
    client.publish({ cmd: 'publish', topic, payload, qos, retain: false, dup: false }, () => {
      stream.waitingBytes -= payload.length;
    });
  }

  #end(client: Client, why: string): void {
    this.#complaints.say(streamOf(client).peer.agent, why);
    streamOf(client).destroy();
  }

  /** Ends an agent's connections at once, those too that have not said CONNECT yet. */
  disconnect(agent: string): void {
    for (const stream of this.#streams) if (stream.peer.agent === agent) stream.destroy();
  }

  /** A newer server certificate: for connections from now on. */
  async renewCredentials(): Promise<void> {
    this.#server?.setSecureContext(contextOf(await this.#deps.credentials(this.#config.names)));
  }

  async #makeAedes(): Promise<Aedes> {
    const aedes = await Aedes.createBroker({
      connectTimeout: this.#config.connectMs,
      keepaliveLimit: KEEPALIVE_S_MAX,
      maxClientsIdLength: 64,
    });
    stopRouting(aedes);
    // MQTT 3.1.1 3.1.2: both must end the connection, and the broker takes them.
    aedes.preConnect = (_client, { will, username, password }, done) => {
      if (Number(will?.qos ?? 0) > 2) done(new Error('a will of QoS 3'), false);
      else if (password !== undefined && username === undefined) done(new Error('a password without a name'), false);
      else done(null, true);
    };
    aedes.authenticate = (client, _user, _password, done) => {
      // A session that outlives its connection would be kept in memory, with all that was sent meanwhile.
      if (client.id === streamOf(client).peer.agent && client.clean) {
        if (this.#mayCome(client.id)) return done(null, true);
        const busy = Object.assign(new Error('another connection of this agent stays'), { returnCode: UNAVAILABLE });
        return done(busy as AuthenticateError, false);
      }
      const error = Object.assign(new Error('not a clean session of this agent'), { returnCode: NOT_AUTHORIZED });
      done(error as AuthenticateError, false);
    };
    aedes.authorizePublish = (client, packet, done) => done(this.#onPublish(client, packet));
    aedes.authorizeSubscribe = (client, subscription, done) => this.#onSubscribe(client, subscription, done);
    // Before the first of its messages is looked at; 'clientReady' may come after them.
    aedes.on('connackSent', ({ returnCode }: { returnCode?: number }, client: Client) => {
      if (returnCode !== 0 || client.closed) return;
      const { peer, id, address } = streamOf(client);
      this.#counts.connections.inc();
      this.#current.set(peer.agent, client);
      this.#deps.onConnect(peer, id, address);
    });
    aedes.on('ack', (_packet: unknown, client: Client) => {
      const { peer, roundTrip } = streamOf(client);
      const ms = roundTrip.onAnswer(this.#deps.clock.monotonic());
      if (ms !== undefined) this.#deps.onRoundTrip?.(peer, ms);
    });
    for (const event of ['clientError', 'connectionError'] as const) {
      aedes.on(event, (client: Client, error: Error) =>
        this.#complaints.say(streamOf(client).peer.agent, 'connection ended', { reason: error.message }),
      );
    }
    // Not in its types; without a listener it would end the process.
    (aedes as NodeJS.EventEmitter).on('error', (error: unknown) =>
      this.#deps.log.error({ error: describeError(error) }, 'the broker failed'),
    );
    aedes.on('clientDisconnect', (client: Client) => {
      const { peer, id } = streamOf(client);
      if (this.#current.get(peer.agent) === client) this.#current.delete(peer.agent);
      this.#deps.onDisconnect(peer, id);
    });
    return aedes;
  }

  /** Whoever takes the place of a living connection too often has to wait: MQTT would throw them out in turn for ever. */
  #mayCome(agent: string): boolean {
    const present = this.#current.get(agent);
    // Of one that said far too much nothing is read for a while, nor is its end noticed: it is in nobody's way.
    if (present === undefined || streamOf(present).isResting) return true;
    if (this.#takeOvers.take(agent, this.#deps.clock.monotonic())) return true;
    this.#complaints.say(agent, 'two connections of one agent take turns; the one that is there stays for a minute');
    return false;
  }

  /** Raw connections, those too that never finish their handshake; those in TLS come by `#onSocket`. */
  #keep(socket: Socket): void {
    const handshakes = this.#sockets.size - this.#secured;
    if (handshakes >= HANDSHAKES_MAX) {
      this.#counts.refused.inc();
      this.#complaints.say('', 'too many unfinished TLS handshakes', { handshakes });
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Until it is in its handshake nobody else listens.
    socket.on('error', () => socket.destroy());
    this.#doorway.arrive(socket);
  }

  /** The server's own time for a handshake begins anew with each byte: one a second would hold it for ever. */
  #enter(socket: Socket): void {
    const end = `${socket.remoteAddress}:${socket.remotePort}`;
    const deadline = setTimeout(() => {
      this.#complaints.say('', 'a TLS handshake took too long', { address: socket.remoteAddress ?? null });
      socket.destroy();
    }, this.#config.connectMs);
    this.#deadlines.set(end, deadline);
    socket.once('close', () => this.#meetDeadline(end, deadline));
    this.#server?.emit('connection', socket);
  }

  #meetDeadline(end: string, deadline = this.#deadlines.get(end)): void {
    clearTimeout(deadline);
    if (this.#deadlines.get(end) === deadline) this.#deadlines.delete(end);
  }

  #onSocket(socket: TLSSocket): void {
    this.#secured += 1;
    this.#meetDeadline(`${socket.remoteAddress}:${socket.remotePort}`);
    socket.once('close', () => {
      this.#secured -= 1;
    });
    socket.setNoDelay(true);
    const fingerprint = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase() ?? '';
    const peer = this.#deps.identify(fingerprint);
    if (peer === undefined || this.#aedes === undefined) {
      this.#counts.refused.inc();
      this.#complaints.say('', 'a certificate of nobody', { address: socket.remoteAddress ?? null });
      socket.destroy();
      return;
    }
    const guard = new FrameGuard({ connectBytesMax: CONNECT_BYTES_MAX, frameBytesMax: MQTT_FRAME_BYTES_MAX });
    const stream = new GuardedStream(socket, guard, peer, randomUUID(), (flaw) => {
      this.#counts.badFrames.inc();
      this.#complaints.say(peer.agent, 'connection ended', { flaw });
    });
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    this.#aedes.handle(stream);
  }

  /** Messages are taken here, in the order in which they came. @returns the reason for ending the connection */
  #onPublish(client: Client | null, packet: PublishPacket): Error | null {
    if (client === null) return null;
    const { peer } = streamOf(client);
    const topic = parseUpTopic(packet.topic);
    if (topic === undefined || topic.agent !== peer.agent || topic.site !== peer.site || packet.retain) {
      this.#counts.badTopics.inc();
      this.#complaints.say(peer.agent, 'published outside of its own topics');
      return new Error('not your topic');
    }
    // What is kept until its PUBREL comes would be the client's to fill; once is enough for what has its own numbers.
    if (packet.qos === 2) return new Error('QoS 2 is not taken');
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    // What an older connection still brings comes again on the newer one; between its batches it would break their order.
    if (topic.name === 'batch') {
      if (packet.qos === 1 && packet.messageId !== undefined) streamOf(client).letWait(packet.messageId);
      if (this.#current.get(peer.agent) === client) this.#deps.onBatch(peer, payload);
    }
    if (topic.name === 'reply') this.#deps.onReply?.(peer, payload);
    if (topic.name === 'status') {
      const status = decodeStatus(payload);
      if (status !== undefined) this.#deps.onStatus(peer, status, streamOf(client).id);
    }
    return null;
  }

  #onSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void {
    const stream = streamOf(client);
    if (isOwnDownTopic(subscription.topic, stream.peer)) {
      done(null, subscription);
      return;
    }
    this.#counts.badTopics.inc();
    stream.refusals += 1;
    this.#complaints.say(stream.peer.agent, 'subscribed outside of its own topics');
    // MQTT 3.1.1 3.9.3: 0x80 in the answer.
    if (stream.refusals <= REFUSALS_MAX) done(null, null);
    else done(new Error('subscribes to what is not its own again and again'));
  }
}

function contextOf({ key, certificate, authority }: Credentials) {
  return { key, cert: certificate, ca: authority, minVersion: 'TLSv1.3' as const };
}

function isSubscribed(client: Client, topic: string): boolean {
  return (client as unknown as { subscriptions: Record<string, unknown> }).subscriptions[topic] !== undefined;
}

function streamOf(client: Client): GuardedStream {
  return client.conn as unknown as GuardedStream;
}
