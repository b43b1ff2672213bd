import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { downTopic, upTopic } from '../protocol/topics.js';
import { type Box, BrokerStage, type RawClient } from './support/broker-stage.js';
import {
  ACCEPTED,
  connectFrame,
  frame,
  lengthOf,
  PING,
  puback,
  publishFrame,
  pubrec,
  pubrel,
  refused,
  subscribeFrame,
  text,
  two,
} from './support/mqtt-frames.js';

/** What one delivery of the other box may take while somebody is hostile; it takes some ms, on a busy machine more. */
const LATENCY_MS_MAX = 10_000;
const MEMORY_BYTES_MAX = 300 * 2 ** 20;

/** A box of ours that has been taken over, and strangers. The other box's records go on all the while. */
describe('a hostile client', () => {
  const stage = new BrokerStage();
  const strangers: Socket[] = [];
  let tokyo: Box;
  let osaka: Box;
  let honest: MqttClient;
  let memoryBytes: number;
  /** Of the other box, each with its acknowledgement. */
  let latenciesMs: number[];
  let isOver: boolean;
  let delivering: Promise<void>;

  beforeAll(async () => {
    await stage.start(1_000);
    tokyo = await stage.makeBox('a-tokyo', 's-tokyo');
    osaka = await stage.makeBox('a-osaka', 's-osaka');
  });
  afterAll(() => stage.close());

  /** One batch after the other, each when the one before is acknowledged. */
  const deliver = async (): Promise<void> => {
    while (!isOver) {
      const begin = performance.now();
      const answered = new Promise<void>((resolve) => honest.once('message', () => resolve()));
      honest.publish(upTopic(osaka.peer, 'batch'), 'honest', { qos: 1 });
      await answered;
      latenciesMs.push(performance.now() - begin);
      await new Promise((wait) => setTimeout(wait, 20));
    }
  };

  beforeEach(async () => {
    stage.lines.length = 0;
    stage.batches.length = 0;
    stage.onBatch = (peer) => stage.broker.send(peer, 'ack', Buffer.from('stored'));
    memoryBytes = process.memoryUsage().rss;
    latenciesMs = [];
    isOver = false;
    const { key, cert } = osaka;
    honest = mqtt.connect(`mqtts://127.0.0.1:${stage.broker.port}`, {
      ...{ key, cert, ca: readFileSync(stage.authorityFile), clientId: 'a-osaka', clean: true, reconnectPeriod: 0 },
    });
    await new Promise<void>((resolve) => honest.once('connect', () => resolve()));
    await honest.subscribeAsync(downTopic(osaka.peer, 'ack'), { qos: 1 });
    delivering = deliver();
  });

  afterEach(async () => {
    // After whatever was done the other box is still served, at once.
    const count = latenciesMs.length;
    for (let i = 0; i < 500 && latenciesMs.length < count + 3; i++) await new Promise((wait) => setTimeout(wait, 10));
    isOver = true;
    await delivering;
    expect(latenciesMs.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...latenciesMs)).toBeLessThan(LATENCY_MS_MAX);
    expect(honest.connected).toBe(true);
    await honest.endAsync(true);
    for (const socket of strangers.splice(0)) socket.destroy();
    expect(process.memoryUsage().rss - memoryBytes).toBeLessThan(MEMORY_BYTES_MAX);
    // One clear line, perhaps two of different words, whatever the number of attempts.
    expect(stage.lines.length).toBeLessThanOrEqual(4);
  });

  /** The connection before it is gone by then: who takes the place of a living one too often is turned away. */
  const connected = async (): Promise<RawClient> => {
    for (let attempt = 0; ; attempt++) {
      const client = await stage.open(tokyo);
      const answer = await client.send(connectFrame('a-tokyo')).next();
      if (answer === ACCEPTED) return client;
      expect([answer, attempt]).toEqual([refused(3), expect.toSatisfy((count: number) => count < 100)]);
      client.socket.destroy();
      await new Promise((wait) => setTimeout(wait, 20));
    }
  };
  const said = (): string => JSON.stringify(stage.lines);
  /** Writes as long as the other end takes it, up to so many bytes. */
  const pour = async (client: RawClient, chunk: Buffer, bytesMax: number): Promise<number> => {
    let bytes = 0;
    while (client.isOpen && bytes < bytesMax) {
      bytes += chunk.length;
      if (!client.socket.write(chunk))
        await Promise.race([
          new Promise<void>((resolve) => client.socket.once('drain', () => resolve())),
          new Promise<void>((resolve) => client.socket.once('close', () => resolve())),
          new Promise<void>((resolve) => setTimeout(resolve, 500)),
        ]);
    }
    return bytes;
  };
  const stranger = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connectTcp(stage.broker.port, '127.0.0.1', () => resolve(socket));
      socket.on('error', () => {});
      strangers.push(socket);
    });
  const closed = (socket: Socket): Promise<void> =>
    socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()).resume());

  test('a CONNECT of 200 MB is ended by its length, before it has come', async () => {
    for (let i = 0; i < 5; i++) {
      const client = await stage.open(tokyo);
      client.send(Buffer.concat([Buffer.from([0x10]), lengthOf(200 * 2 ** 20), text('MQTT')]));
      expect(await pour(client, Buffer.alloc(64 * 1024), 200 * 2 ** 20)).toBeLessThan(20 * 2 ** 20);
      await client.ended();
    }
    expect(said()).toContain('a frame of 209715200 bytes');
  });

  test('slow ones in TLS, in CONNECT and half-open ones are ended in time', async () => {
    const silent = await Promise.all(Array.from({ length: 50 }, stranger));
    const slow = await Promise.all(Array.from({ length: 50 }, stranger));
    // A ClientHello of 16 KiB that never gets further.
    const drip = setInterval(() => {
      for (const socket of slow) if (!socket.destroyed) socket.write(Buffer.from([0x16]));
    }, 100);
    for (const socket of slow) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x40, 0x00, 0x01]));
    const half = await stage.open(tokyo);
    half.send(connectFrame('a-tokyo').subarray(0, 5));
    const bytes = connectFrame('a-tokyo', { more: [Buffer.alloc(3_000)] });
    const trickle = await stage.open(tokyo);
    let at = 0;
    const trickling = setInterval(() => at < 100 && trickle.send(bytes.subarray(at, ++at)), 50);
    await Promise.all([...silent, ...slow].map(closed));
    await Promise.all([half.ended(), trickle.ended()]);
    clearInterval(drip);
    clearInterval(trickling);
  }, 30_000);

  test('frames that are cut, and then nothing, end by their keepalive', async () => {
    const whole = publishFrame(upTopic(tokyo.peer, 'batch'), Buffer.alloc(1_000));
    for (const length of [1, 2, 3, 10, whole.length - 1]) {
      const client = await stage.open(tokyo);
      await client.send(connectFrame('a-tokyo', { keepaliveS: 1 })).next();
      await client.send(whole.subarray(0, length)).ended();
    }
    expect(stage.batches.filter(({ peer }) => peer.agent === 'a-tokyo')).toEqual([]);
  }, 30_000);

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'a-osaka',
    'aedes_x',
    '\u0000',
    'x'.repeat(3_000),
  ])('the client id %j is refused', async (id) => {
    const client = await stage.open(tokyo);
    expect(await client.send(connectFrame(id)).next()).not.toBe(ACCEPTED);
    await client.ended();
  });

  test('topics of others and names of JavaScript are refused, and pollute nothing', async () => {
    const topics = [
      upTopic(osaka.peer, 'batch'),
      downTopic(tokyo.peer, 'ack'),
      ...['__proto__', 'constructor', 'prototype/constructor', 'hinomi/1/__proto__/__proto__/up/batch'],
      ...[
        'hinomi/1/s-tokyo/constructor/up/batch',
        `hinomi/1/s-tokyo/a-tokyo/up/__proto__`,
        `/${upTopic(tokyo.peer, 'batch')}`,
      ],
      ...[`${upTopic(tokyo.peer, 'batch')}/x`, 'x/'.repeat(200), 'hinomi/1/s-tokyo/a-tokyo/up/batch\u0000'],
      'x'.repeat(65_535),
      '/'.repeat(65_535),
    ];
    for (const topic of topics) {
      const client = await connected();
      await client.send(publishFrame(topic, '{"__proto__":{"x":1}}')).ended();
    }
    const client = await connected();
    client.send(publishFrame(upTopic(tokyo.peer, 'status'), '{"__proto__":{"state":"online"},"constructor":1}'));
    expect(await client.next()).toBe('40020001');
    expect(stage.batches.filter(({ peer }) => peer.agent === 'a-tokyo')).toEqual([]);
    expect(({} as Record<string, unknown>)['state']).toBeUndefined();
    client.socket.destroy();
  }, 30_000);

  test('65,536 subscriptions are refused, in one packet, in many, and to one topic again and again', async () => {
    const short = Array.from({ length: 20_000 }, (_, i) => [i.toString(36), 1] as const);
    await (await connected()).send(subscribeFrame(1, ...short)).ended();
    const many = await connected();
    for (let i = 0; i < 65_536 && many.isOpen; i += 256)
      await pour(
        many,
        Buffer.concat(Array.from({ length: 256 }, (_, j) => subscribeFrame(1 + j, [`t${i + j}`, 1]))),
        1,
      );
    await many.ended();
    const same = await connected();
    const again = subscribeFrame(1, [downTopic(tokyo.peer, 'ack'), 1]);
    for (let i = 0; i < 2_000; i++) same.send(again);
    for (let i = 0; i < 2_000; i++) expect(await same.next()).toBe('9003000101');
    same.socket.destroy();
  }, 60_000);

  test.each([
    ['PINGREQ', () => PING],
    ['PUBACK of what was not sent', () => puback(7)],
    ['PUBREL of what was not sent', () => pubrel(7)],
    ['PUBREC of what was not sent', () => pubrec(7)],
    ['PUBLISH with QoS 0', () => publishFrame(upTopic(tokyo.peer, 'status'), '{}', 0)],
  ])('a storm of %s is slowed down to what one box may say', async (_what, make) => {
    const client = await connected();
    client.socket.resume();
    const one = make();
    const chunk = Buffer.concat(Array<Buffer>(500).fill(one));
    const begin = performance.now();
    let sent = 0;
    while (client.isOpen && performance.now() - begin < 2_000) sent += (await pour(client, chunk, 1)) / one.length;
    expect(sent).toBeGreaterThan(1_000);
    client.socket.destroy();
  });

  test('who floods and reads nothing does not hold up what others are sent', async () => {
    const client = await connected();
    await client.send(subscribeFrame(1, [downTopic(tokyo.peer, 'ack'), 1])).next();
    client.socket.pause();
    // Answers of 16 KiB, so that the buffers of the system are soon full.
    const large = Buffer.alloc(16 * 1024);
    stage.onBatch = (peer) => stage.broker.send(peer, 'ack', peer.agent === 'a-tokyo' ? large : Buffer.from('stored'));
    const flood = publishFrame(upTopic(tokyo.peer, 'batch'), 'x', 0);
    await pour(client, Buffer.concat(Array<Buffer>(2_000).fill(flood)), flood.length * 4_000);
    for (let i = 0; i < 300 && !said().includes('does not read'); i++)
      await new Promise((wait) => setTimeout(wait, 10));
    expect(said()).toContain('does not read what it is sent');
    client.socket.resume();
    await client.ended();
  }, 30_000);

  test('500 handshakes at once, and 300 that are broken off', async () => {
    const clients = Promise.all(Array.from({ length: 500 }, () => stage.open(tokyo)));
    const broken = await Promise.all(Array.from({ length: 300 }, stranger));
    for (const socket of broken) socket.end(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    for (const client of await clients) client.socket.destroy();
    await Promise.all(broken.map(closed));
    expect(said()).toContain('a TLS handshake failed');
  }, 60_000);

  test('whatever else the bytes are, the connection ends or goes on', async () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let i = 0; i < 40; i++) {
      const client = await connected();
      const parts = Array.from({ length: 20 }, () =>
        frame(
          random(256),
          text('x'.repeat(random(20))),
          Array.from({ length: random(60) }, () => random(256)),
          two(random(65_536)),
        ),
      );
      client.send(...parts);
      client.socket.end();
      await client.ended();
    }
  }, 30_000);
});
