import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import mqtt, { type MqttClient } from 'mqtt';
import { readIdentity, type StoredIdentity } from '../../agent/enrol/enrol.js';
import { BATCH_RECORDS_MAX } from '../../protocol/base/limits.js';
import { encodeBatch } from '../../protocol/codec.js';
import type { BatchHeader } from '../../protocol/envelope.js';
import { until } from '../../test/support/programs.js';
import type { Box } from './box.js';
import type { Fault } from './fault.js';
import { memoryOf } from './processes.js';
import { assertExact, describeBooks, Stage } from './stage.js';
import { Undisturbed } from './undisturbed.js';

const MIB = 2 ** 20;
/** What all of it together may cost the collector. */
const GROWTH_BYTES_MAX = 300 * MIB;
const EPOCH = 'hostile';

type Key = StoredIdentity;

/** A box that was enrolled in order, and is somebody else's now. */
export const hostileBox: Fault = {
  name: 'hostile-box',
  what: 'an enrolled box sends a 200 MB CONNECT, a gzip bomb, a million lines, `__proto__`, to topics of others',
  needs: [],
  play: () =>
    Stage.play({}, async (stage) => {
      const { collector, box, neighbour } = stage;
      const stolen = stage.newBox('stolen');
      await stage.enrol(stolen);
      const key = readIdentity(stolen.data);
      const port = Number(new URL(collector.listening?.mqttUrl ?? '').port);
      await stage.startBoxes();
      const watches = [new Undisturbed(neighbour), new Undisturbed(box)];
      const before = memoryOf(collector.pid);
      await connectOf200Megabytes(key, port);
      await badBatches(key, port, () => collector.metric('hinomi_ingest_dead_letters_total'));
      await foreignTopics(key, port, box);
      await foreignNames(key, port, box);
      const growth = memoryOf(collector.pid).bytesMax - before.bytesMax;
      assert.ok(growth < GROWTH_BYTES_MAX, `the collector grew by ${Math.round(growth / MIB)} MiB`);
      const undisturbed = watches.map((watch) => watch.end())[0];
      assertLogged(collector.log, ['a frame of', 'published outside of its own topics']);
      const books = await stage.settle();
      assertExact(books);
      return `all refused; collector at most ${Math.round(growth / MIB)} MiB larger; ${undisturbed}; ${describeBooks(books)}`;
    }),
};

function assertLogged(log: string, words: readonly string[]): void {
  for (const word of words) assert.ok(log.includes(word), `not in the log: ${word}`);
}

/** MQTT 3.1.1 2.2.3: a fixed header that announces 200 MB, and as much of it as is taken. */
async function connectOf200Megabytes(key: Key, port: number): Promise<void> {
  const socket = await open(key, port);
  let sent = 0;
  const ended = new Promise<void>((done) => socket.once('close', () => done()));
  socket.write(Buffer.from([0x10, 0x80, 0x88, 0xaf, 0x5f]));
  const piece = Buffer.alloc(MIB);
  while (!socket.destroyed && sent < 200) {
    sent += 1;
    if (!socket.write(piece)) await Promise.race([new Promise((done) => socket.once('drain', done)), ended]);
  }
  await Promise.race([ended, wait(10_000)]);
  assert.ok(socket.destroyed, 'a CONNECT of 200 MB was taken to its end');
}

function open({ key, certificate, authority }: Key, port: number): Promise<TLSSocket> {
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', port, key, cert: certificate, ca: authority, minVersion: 'TLSv1.3' } as const;
    const socket = connectTls(options, () => done(socket));
    socket.on('error', fail);
  });
}

/** Each must be refused with its reason, counted, and acknowledged where its header can be read. */
async function badBatches(key: Key, port: number, letters: () => Promise<number>): Promise<void> {
  const client = await connected(key, port);
  const acked = new Set<number>();
  client.on('message', (_topic, payload) => acked.add((JSON.parse(payload.toString()) as { seq: number }).seq));
  await client.subscribeAsync(`hinomi/1/${key.site}/${key.agent}/down/ack`, { qos: 1 });
  const batches = [bomb(1), millionLines(2), wrongKeys(3), notGzip(), wrongEpoch(4)];
  for (const batch of batches)
    await client.publishAsync(`hinomi/1/${key.site}/${key.agent}/up/batch`, batch, { qos: 1 });
  await until('bad batches are dead letters', async () => (await letters()) >= batches.length);
  await until('what has a header is acknowledged', () => [1, 2, 3].every((seq) => [...acked].some((at) => at >= seq)));
  await client.endAsync();
}

function headerOf(seq: number, count: number): BatchHeader {
  return { v: 1, epoch: EPOCH, lane: 'p3', seq, count, boot: 'boot', clock: Date.now() };
}

/** 60 KiB that become 60 MB. */
function bomb(seq: number): Buffer {
  return gzipSync(`${JSON.stringify(headerOf(seq, 1))}\n${' '.repeat(60 * MIB)}\n`);
}

function millionLines(seq: number): Buffer {
  return gzipSync(`${JSON.stringify(headerOf(seq, BATCH_RECORDS_MAX))}\n${'{}\n'.repeat(1_000_000)}`);
}

function wrongKeys(seq: number): Buffer {
  const time = new Date().toISOString();
  const good = { '@timestamp': time, 'event.kind': 'event', 'event.dataset': 'health' };
  const lines = [
    `{"__proto__":{"hinomi.company":"neighbour"},"@timestamp":"${time}","event.kind":"event","event.dataset":"__proto__"}`,
    JSON.stringify({ ...good, 'event.dataset': 'constructor' }),
    JSON.stringify({ ...good, 'hinomi.company': 'neighbour', 'hinomi.agent': '__proto__' }),
  ];
  return encodeBatch(
    headerOf(seq, lines.length),
    lines.map((line) => Buffer.from(line)),
  );
}

const notGzip = (): Buffer => randomBytes(1_000);
const wrongEpoch = (seq: number): Buffer =>
  gzipSync(`${JSON.stringify({ ...headerOf(seq, 1), epoch: '../../__proto__' })}\n{}\n`);

/** A publish or subscription outside of the own topics ends the connection, and reaches nobody. */
async function foreignTopics(key: Key, port: number, other: Box): Promise<void> {
  const topics = [
    `hinomi/1/${other.site}/${other.agent}/up/batch`,
    `hinomi/1/${key.site}/${key.agent}/down/ack`,
    '$SYS/x',
  ];
  for (const topic of topics) {
    const client = await connected(key, port);
    const ended = new Promise<void>((done) => client.once('close', () => done()));
    client.publish(topic, 'x', { qos: 1 }, () => {});
    await within(ended, `a message to ${topic} was taken`);
    client.end(true);
  }
  const client = await connected(key, port);
  for (const topic of ['#', 'hinomi/#', `hinomi/1/${other.site}/${other.agent}/down/ack`, '$share/g/#']) {
    const granted = await client.subscribeAsync(topic, { qos: 1 }).catch(() => [{ qos: 128 }]);
    assert.ok(
      granted.every(({ qos }) => qos === 128),
      `${topic} was subscribed`,
    );
    if (!client.connected) break;
  }
  client.end(true);
}

/** The name in CONNECT must be that of the certificate. */
async function foreignNames(key: Key, port: number, other: Box): Promise<void> {
  for (const name of [other.agent, '__proto__', 'constructor', '']) {
    const client = mqtt.connect({ ...optionsOf(key, port), clientId: name });
    const outcome = await new Promise<string>((done) => {
      client.once('connect', () => done('connected'));
      client.on('error', () => done('refused'));
      client.once('close', () => done('refused'));
    });
    client.end(true);
    assert.equal(outcome, 'refused', `connected as ${JSON.stringify(name)}`);
  }
}

function optionsOf({ key, certificate, authority, agent }: Key, port: number) {
  return {
    protocol: 'mqtts' as const,
    host: '127.0.0.1',
    port,
    key,
    cert: certificate,
    ca: authority,
    clientId: agent,
    protocolVersion: 4 as const,
    reconnectPeriod: 0,
  };
}

function connected(key: Key, port: number): Promise<MqttClient> {
  const client = mqtt.connect(optionsOf(key, port));
  return new Promise((done, fail) => {
    client.once('connect', () => done(client));
    client.on('error', fail);
  });
}

async function within(event: Promise<void>, otherwise: string): Promise<void> {
  const late = await Promise.race([event.then(() => false), wait(10_000, true)]);
  assert.ok(!late, otherwise);
}
