import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import * as x509 from '@peculiar/x509';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MQTT_FRAME_BYTES_MAX } from '../../protocol/base/limits.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { encodeStatus } from '../../protocol/codec.js';
import type { AgentStatus } from '../../protocol/envelope.js';
import { downTopic, upTopic } from '../../protocol/topics.js';
import { Authority } from '../fleet/authority.js';
import { vaultIn } from '../fleet/testing.js';
import { Broker } from './broker.js';
import type { Peer } from './guarded-stream.js';

interface Box {
  readonly peer: Peer;
  readonly key: string;
  readonly cert: string;
}

const folder = mkdtempSync(join(tmpdir(), 'hinomi-broker-'));
const known = new Map<string, Peer>();
let authority: Authority;
let tokyo: Box;
let osaka: Box;

let metrics: Registry;
let broker: Broker;
let batches: { peer: Peer; text: string }[];
let statuses: AgentStatus[];
let events: string[];
let roundTrips: number[];
/** Called at whatever the broker passes on. */
let wake: () => void;
const clients: MqttClient[] = [];
const sockets: { destroy(): void }[] = [];

beforeAll(async () => {
  authority = await Authority.open(join(folder, 'authority'), Date.now(), vaultIn(join(folder, 'authority')));
  tokyo = await makeBox(authority, 'a-tokyo', 's-tokyo');
  osaka = await makeBox(authority, 'a-osaka', 's-osaka');
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  metrics = new Registry();
  batches = [];
  statuses = [];
  events = [];
  roundTrips = [];
  wake = () => {};
  const note = (add: () => void): void => {
    add();
    wake();
  };
  broker = new Broker(
    { host: '127.0.0.1', port: 0, names: ['127.0.0.1'], connectionsMax: 10, connectMs: 5_000 },
    {
      clock: systemClock,
      random: Math.random,
      log: silentLogger,
      metrics,
      credentials: async (names) => {
        const { key, certificate } = await authority.issueServer(names, Date.now());
        return { key, certificate, authority: authority.pem };
      },
      identify: (fingerprint) => known.get(fingerprint),
      onBatch: (peer, payload) => note(() => batches.push({ peer, text: Buffer.from(payload).toString() })),
      onStatus: (_peer, status) => note(() => statuses.push(status)),
      onConnect: (peer) => note(() => events.push(`+${peer.agent}`)),
      onDisconnect: (peer) => note(() => events.push(`-${peer.agent}`)),
      onRoundTrip: (_peer, ms) => note(() => roundTrips.push(ms)),
    },
  );
  await broker.start();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  await broker.close();
});

async function makeBox(issuer: Authority, agent: string, site: string): Promise<Box> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=x',
    keys,
    signingAlgorithm: algorithm,
  });
  const issued = await issuer.issueAgent(request.toString('pem'), agent, site, 30, Date.now());
  const peer = { agent, site, company: 'c' };
  if (issuer === authority) known.set(issued.fingerprint, peer);
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { peer, key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), cert: issued.certificate };
}

function clientOf(box: Box, options: IClientOptions = {}): MqttClient {
  const { key, cert } = box;
  const client = mqtt.connect(`mqtts://127.0.0.1:${broker.port}`, {
    ...{ key, cert, ca: authority.pem, clientId: box.peer.agent, clean: true, reconnectPeriod: 0, keepalive: 30 },
    ...options,
  });
  client.on('error', () => {});
  clients.push(client);
  return client;
}

async function connected(box: Box, options: IClientOptions = {}): Promise<MqttClient> {
  const client = clientOf(box, options);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('close', () => reject(new Error('closed before CONNACK')));
  });
  return client;
}

const closed = (client: { once(event: 'close', listener: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => client.once('close', () => resolve()));

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue())
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
}

const count = async (name: string): Promise<number> =>
  (await metrics.getSingleMetric(`hinomi_broker_${name}`)!.get()).values[0]?.value ?? 0;

test('what an agent publishes arrives in order, under the identity of its certificate', async () => {
  const client = await connected(tokyo);
  for (let n = 0; n < 50; n++) client.publish(upTopic(tokyo.peer, 'batch'), `b${n}`, { qos: 1 });
  await until(() => batches.length === 50);
  expect(batches.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, n) => `b${n}`));
  expect(batches[0]?.peer).toEqual(tokyo.peer);
});

test('an agent hears what is sent to it, and nobody else does', async () => {
  const [mine, theirs] = [await connected(tokyo), await connected(osaka)];
  const heard: string[] = [];
  const arrived = new Promise<void>((resolve) => mine.on('message', () => resolve()));
  theirs.on('message', (_topic, payload) => heard.push(payload.toString()));
  await mine.subscribeAsync(downTopic(tokyo.peer, 'ack'), { qos: 1 });
  await theirs.subscribeAsync(downTopic(osaka.peer, 'ack'), { qos: 1 });
  broker.send(tokyo.peer, 'ack', Buffer.from('for tokyo'));
  await arrived;
  expect(heard).toEqual([]);
});

test.each([
  ["another agent's topic", () => upTopic(osaka.peer, 'batch'), false],
  ['its own down topic', () => downTopic(tokyo.peer, 'ack'), false],
  ['a retained status', () => upTopic(tokyo.peer, 'status'), true],
  ['a topic of the broker', () => '$SYS/x', false],
])('publishing to %s ends the connection', async (_what, topic, retain) => {
  const client = await connected(tokyo);
  const end = closed(client);
  client.publish(topic(), 'x', { qos: 1, retain });
  await end;
  expect(batches).toEqual([]);
  expect(await count('bad_topics_total')).toBe(1);
});

test.each([
  ["another agent's down topic", () => downTopic(osaka.peer, 'ack')],
  ['a wildcard', () => `hinomi/1/${tokyo.peer.site}/${tokyo.peer.agent}/down/+`],
  ['everything', () => '#'],
  ['a shared subscription', () => `$share/x/${downTopic(tokyo.peer, 'ack')}`],
  ['its own up topics', () => upTopic(tokyo.peer, 'batch')],
])('subscribing to %s is refused', async (_what, topic) => {
  const client = await connected(tokyo);
  // MQTT 3.1.1 3.9.3: 0x80 in the answer, and the connection goes on.
  await new Promise<void>((resolve) => client.subscribe(topic(), { qos: 1 }, () => resolve()));
  expect(await count('bad_topics_total')).toBe(1);
  const granted = await client.subscribeAsync(downTopic(tokyo.peer, 'ack'), { qos: 1 });
  expect(granted.map(({ qos }) => qos)).toEqual([1]);
});

test('whoever subscribes to what is not its own again and again is ended', async () => {
  const client = await connected(tokyo);
  const end = closed(client);
  for (let i = 0; i < 17; i++) client.subscribe(`hinomi/1/x/${i}/down/ack`, { qos: 1 }, () => {});
  await end;
});

test('the way to an agent and back is measured by its answers', async () => {
  const client = await connected(tokyo);
  await client.subscribeAsync(downTopic(tokyo.peer, 'ack'), { qos: 1 });
  for (let n = 0; n < 3; n++) broker.send(tokyo.peer, 'ack', Buffer.from('x'));
  await until(() => roundTrips.length > 0);
  expect(roundTrips[0]).toBeGreaterThan(0);
  expect(roundTrips[0]).toBeLessThan(5_000);
});

test('an answer is asked for of commands, and now and then of an acknowledgement', async () => {
  const client = await connected(tokyo);
  const qos: number[] = [];
  client.on('message', (_topic, _payload, packet) => {
    qos.push(packet.qos);
    wake();
  });
  await client.subscribeAsync([downTopic(tokyo.peer, 'ack'), downTopic(tokyo.peer, 'command')], { qos: 1 });
  for (const name of ['ack', 'ack', 'command'] as const) broker.send(tokyo.peer, name, Buffer.from('x'));
  await until(() => qos.length === 3);
  expect(qos).toEqual([1, 0, 1]);
});

test('a will outside of the own topics reaches nobody', async () => {
  const will = { topic: upTopic(osaka.peer, 'status'), payload: encodeStatus({ state: 'offline', connection: 'x' }) };
  const client = await connected(tokyo, { will: { ...will, qos: 1, retain: false } });
  client.stream.destroy();
  await until(() => events.includes('-a-tokyo'));
  expect(statuses).toEqual([]);
});

test('an own will arrives when the connection breaks', async () => {
  const will = { topic: upTopic(tokyo.peer, 'status'), payload: encodeStatus({ state: 'offline', connection: 'x' }) };
  const client = await connected(tokyo, { will: { ...will, qos: 1, retain: false } });
  client.stream.destroy();
  await until(() => statuses.length === 1);
  expect(statuses).toEqual([{ state: 'offline', connection: 'x' }]);
});

test('the newest connection of an agent is the one that counts', async () => {
  const old = await connected(tokyo);
  const end = closed(old);
  const fresh = await connected(tokyo);
  await end;
  fresh.publish(upTopic(tokyo.peer, 'batch'), 'new', { qos: 1 });
  await until(() => batches.length === 1);
  expect(events.filter((event) => event === '+a-tokyo')).toHaveLength(2);
});

test.each([
  ['no certificate', async () => ({ ...tokyo, key: '', cert: '' })],
  [
    'a certificate of another authority',
    async () => {
      const other = await Authority.open(join(folder, 'other'), Date.now(), vaultIn(join(folder, 'other')));
      return makeBox(other, 'a-tokyo', 's-tokyo');
    },
  ],
  [
    'a certificate that no agent has',
    async () => {
      const box = await makeBox(authority, 'a-gone', 's-gone');
      for (const [fingerprint, peer] of known) if (peer.agent === 'a-gone') known.delete(fingerprint);
      return box;
    },
  ],
])('with %s there is no connection', async (_what, make) => {
  const { key, cert, peer } = await make();
  const options = key === '' ? {} : { key, cert };
  const client = mqtt.connect(`mqtts://127.0.0.1:${broker.port}`, {
    ...options,
    ca: authority.pem,
    clientId: peer.agent,
    reconnectPeriod: 0,
  });
  client.on('error', () => {});
  clients.push(client);
  await closed(client);
  expect(events).toEqual([]);
  expect(await count('refused_total')).toBe(1);
});

test('a client id that is not of the certificate is refused', async () => {
  await expect(connected(tokyo, { clientId: osaka.peer.agent })).rejects.toThrow();
  expect(events).toEqual([]);
});

test('a session that would outlive its connection is refused', async () => {
  await expect(connected(tokyo, { clean: false })).rejects.toThrow();
});

test('TLS 1.2 is refused', async () => {
  await expect(connected(tokyo, { maxVersion: 'TLSv1.2' } as IClientOptions)).rejects.toThrow();
});

test('a frame longer than allowed ends the connection, whatever it says it is', async () => {
  const client = await connected(tokyo);
  const end = closed(client);
  client.publish(upTopic(tokyo.peer, 'batch'), Buffer.alloc(MQTT_FRAME_BYTES_MAX), { qos: 1 });
  await end;
  expect(batches).toEqual([]);
  expect(await count('bad_frames_total')).toBe(1);
});

test.each([
  ['a CONNECT that announces 256 MB', [0x10, 0xff, 0xff, 0xff, 0x7f]],
  ['a PUBLISH before CONNECT', [0x30, 0x02, 0x00, 0x00]],
  ['a length of five bytes', [0x10, 0xff, 0xff, 0xff, 0xff, 0x01]],
])('%s ends the connection', async (_what, bytes) => {
  const socket = await tlsSocket(tokyo);
  const end = closed(socket);
  socket.write(Buffer.from(bytes));
  await end;
  expect(await count('bad_frames_total')).toBe(1);
});

test('it closes at once while strangers never finish their handshake', async () => {
  const stranger = connectTcp(broker.port, '127.0.0.1');
  sockets.push(stranger);
  stranger.on('error', () => {});
  await new Promise<void>((resolve) => stranger.once('connect', () => resolve()));
  await connected(tokyo);
  const end = closed(stranger);
  await broker.close();
  await end;
});

test('a port that is taken is named', async () => {
  const second = new Broker(
    { host: '127.0.0.1', port: broker.port, names: [], connectionsMax: 1, connectMs: 1_000 },
    { ...depsOf(), metrics: new Registry() },
  );
  await expect(second.start()).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  await second.close();
});

test('connections beyond the limit of open files are refused, and the log says for what', async () => {
  const said: object[] = [];
  const log = { ...silentLogger, warn: (facts: object) => void said.push(facts) };
  const metrics = new Registry();
  const few = new Broker(
    { host: '127.0.0.1', port: 0, names: [], connectionsMax: 100, connectMs: 1_000 },
    { ...depsOf(), metrics, log, openFilesMax: () => 514 },
  );
  await few.start();
  const open = () => {
    const socket = connectTcp(few.port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    return socket;
  };
  open();
  open();
  await new Promise<void>((done) => open().once('close', () => done()));
  expect(said).toEqual([{ connections: 2, connectionsMax: 100, openFiles: 514 }]);
  await few.close();
});

function depsOf() {
  return {
    clock: systemClock,
    random: Math.random,
    log: silentLogger,
    credentials: async () => {
      const { key, certificate } = await authority.issueServer(['127.0.0.1'], Date.now());
      return { key, certificate, authority: authority.pem };
    },
    identify: () => undefined,
    onBatch: () => {},
    onStatus: () => {},
    onConnect: () => {},
    onDisconnect: () => {},
  };
}

async function tlsSocket(box: Box): Promise<TLSSocket> {
  const { key, cert } = box;
  const socket = connectTls({ port: broker.port, host: '127.0.0.1', key, cert, ca: authority.pem });
  sockets.push(socket);
  socket.on('error', () => {});
  socket.resume();
  await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
  return socket;
}

test('a box that is no longer one is gone at once, and others stay', async () => {
  const client = await connected(tokyo);
  const other = await connected(osaka);
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
  broker.disconnect('a-tokyo');
  await gone;
  expect(other.connected).toBe(true);
});

test('of two boxes with one identity the one that is there stays, after some take-overs', async () => {
  await connected(tokyo);
  for (let index = 0; index < 4; index++) await connected(tokyo);
  const last = clients.at(-1)!;
  await expect(connected(tokyo)).rejects.toThrow(/closed/);
  expect(last.connected).toBe(true);
  await connected(osaka);
});

test('the client id of another box does not disturb it', async () => {
  const victim = await connected(osaka);
  await expect(connected(tokyo, { clientId: 'a-osaka' })).rejects.toThrow(/closed/);
  expect(victim.connected).toBe(true);
});

test('a newer server certificate is for the next connections', async () => {
  const serial = (): Promise<string> =>
    new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port: broker.port,
        rejectUnauthorized: false,
        key: tokyo.key,
        cert: tokyo.cert,
      };
      const socket = connectTls(options, () => resolve(socket.getPeerCertificate().serialNumber));
      socket.on('error', () => {});
      sockets.push(socket);
    });
  const before = await serial();
  expect(await serial()).toBe(before);
  await broker.renewCredentials();
  expect(await serial()).not.toBe(before);
});
