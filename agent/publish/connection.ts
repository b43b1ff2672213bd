import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import mqtt, { type IClientOptions, MqttClient } from 'mqtt';
import { CodedError } from '../../protocol/base/errors.js';
import { encodeStatus } from '../../protocol/codec.js';
import type { AgentStatus } from '../../protocol/envelope.js';
import { type DownTopic, downTopic, upTopic } from '../../protocol/topics.js';
import type { PublishConfig } from './config.js';

/** Who the agent is, from enrolment. */
export interface Identity {
  readonly site: string;
  readonly agent: string;
  readonly mqttUrl: string;
}

/** Opens a connection to an mqtts address, by our certificate, to a server that has proven who it is. */
export type Dial = (url: string, msMax: number, signal?: AbortSignal) => Promise<Duplex>;

/** Down topics beside the acknowledgements. */
export type RemoteKind = Extract<DownTopic, 'config' | 'command'>;
const REMOTE_KINDS: readonly RemoteKind[] = ['config', 'command'];

export interface ConnectionEvents {
  onAck(bytes: Uint8Array): void;
  /** Anything at all has come from the collector. */
  onHeard(): void;
  /** What the collector wants of the box; nobody listens to it without this. */
  onMessage?(kind: RemoteKind, bytes: Uint8Array): void;
  onClosed(): void;
}

const GOODBYE_MS_MAX = 2_000;

/**
 * One MQTT connection, from CONNECT to its end. mqtt.js is used as a codec alone: it neither reconnects nor resends,
 * because it would do so without jitter and lose silently what it cannot keep.
 */
export class Connection {
  /** Tells the will of an earlier connection from this one's birth. */
  readonly id: string;
  readonly #client: MqttClient;
  readonly #identity: Identity;
  #isOpen = true;

  private constructor(client: MqttClient, identity: Identity, id: string, events: ConnectionEvents) {
    this.#client = client;
    this.#identity = identity;
    this.id = id;
    client.on('message', (topic, payload) => {
      if (topic === downTopic(identity, 'ack')) events.onAck(payload);
      else for (const kind of REMOTE_KINDS) if (topic === downTopic(identity, kind)) events.onMessage?.(kind, payload);
    });
    client.on('packetreceive', () => events.onHeard());
    client.once('close', () => {
      this.#isOpen = false;
      events.onClosed();
    });
  }

  /**
   * Connects, subscribes to the own `down` topics and says hello.
   * @throws PUBLISH_UNREACHABLE
   */
  static async open(
    config: PublishConfig,
    identity: Identity,
    birth: () => Omit<AgentStatus, 'state' | 'connection'>,
    events: ConnectionEvents,
    dial: Dial,
  ): Promise<Connection> {
    const url = config.url ?? identity.mqttUrl;
    const id = randomBytes(8).toString('hex');
    const client = await connect(url, optionsOf(config, identity, id), dial, config.connectMsMax);
    try {
      await settled(client, config.connectMsMax, (done) => client.once('connect', () => done()));
      const connection = new Connection(client, identity, id, events);
      await settled(client, config.connectMsMax, (done) => {
        const topics = ['ack' as const, ...(events.onMessage === undefined ? [] : REMOTE_KINDS)];
        const names = topics.map((name) => downTopic(identity, name));
        client.subscribe(names, { qos: 1 }, (error, granted) =>
          done(
            error ?? (granted?.some(({ qos }) => qos === 128) ? new Error('a subscription was refused') : undefined),
          ),
        );
      });
      // Asked for now: the collector measures our clock by it.
      const status: AgentStatus = { state: 'online', connection: id, ...birth() };
      await settled(client, config.connectMsMax, (done) => {
        client.publish(upTopic(identity, 'status'), encodeStatus(status), { qos: 1 }, (error) => done(error));
      });
      return connection;
    } catch (error) {
      client.end(true);
      throw new CodedError('PUBLISH_UNREACHABLE', `no connection to ${url}`, { url }, { cause: error });
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends a batch as stored. PUBACK frees nothing: aedes gives it before anything is on a disk. */
  sendBatch(bytes: Buffer): void {
    this.#client.publish(upTopic(this.#identity, 'batch'), bytes, { qos: 1 }, () => {});
  }

  /** Asks for a sign of life; any packet is one. */
  ask(): void {
    this.#client.sendPing();
  }

  /** Its end on this machine, without a port. */
  get localAddress(): string | undefined {
    return (this.#client.stream as { localAddress?: string }).localAddress;
  }

  /** Ends it in order, so that no will is told: another connection follows. Bounded. */
  async leave(): Promise<void> {
    await Promise.race([
      this.#client.endAsync().catch(() => {}),
      new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS_MAX).unref()),
    ]);
    this.#client.end(true);
  }

  /** An answer to what the collector wants. It may be lost: it is told again at the next connection. */
  sendReply(bytes: Buffer): void {
    this.#client.publish(upTopic(this.#identity, 'reply'), bytes, { qos: 1 }, () => {});
  }

  drop(): void {
    this.#client.end(true);
  }

  /** Says goodbye, so that the collector tells a stop from a failure. Bounded. */
  async goodbye(): Promise<void> {
    if (this.#isOpen) {
      const status = encodeStatus({ state: 'goodbye', connection: this.id });
      await settled(this.#client, GOODBYE_MS_MAX, (done) => {
        this.#client.publish(upTopic(this.#identity, 'status'), status, { qos: 1 }, (error) => done(error));
      }).catch(() => {});
    }
    await this.leave();
  }
}

/** @throws PUBLISH_UNREACHABLE */
async function connect(url: string, options: IClientOptions, dial: Dial, msMax: number): Promise<MqttClient> {
  if (!url.startsWith('mqtts:')) return mqtt.connect(url, options);
  try {
    const stream = await dial(url, msMax);
    return new MqttClient(() => stream as never, options);
  } catch (error) {
    throw new CodedError('PUBLISH_UNREACHABLE', `no connection to ${url}`, { url }, { cause: error });
  }
}

function optionsOf(config: PublishConfig, identity: Identity, id: string): IClientOptions {
  return {
    clientId: identity.agent,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native',
    keepalive: config.keepaliveS,
    connectTimeout: config.connectMsMax,
    protocolVersion: 4,
    will: {
      topic: upTopic(identity, 'status'),
      payload: encodeStatus({ state: 'offline', connection: id }),
      qos: 1,
      retain: false,
    },
  };
}

/** Waits for `begin` to call back, for the connection to fail, or for the time to be over. */
function settled(client: MqttClient, msMax: number, begin: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: unknown): void => {
      clearTimeout(timer);
      client.off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onClose = (): void => finish(lastError ?? new Error('the connection was closed'));
    let lastError: unknown;
    // Stays attached: an 'error' event without a listener would end the process.
    client.on('error', (error) => {
      lastError = error;
      finish(error);
    });
    client.once('close', onClose);
    const timer = setTimeout(() => finish(new Error(`no answer within ${msMax} ms`)), msMax);
    begin(finish);
  });
}
