import { connect, createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket, type Client } from 'aedes';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { sleep, systemClock } from '../../protocol/base/time.js';
import { decodeStatus, encodeAck } from '../../protocol/codec.js';
import type { Lane } from '../../protocol/records/lanes.js';
import { OwnAddresses } from './own-addresses.js';
import { type BatchSource, PublishConfig, Publisher, type PublisherDeps } from './publisher.js';

const ADDRESS = { site: 'site', agent: 'agent' };
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A spool in memory: batches are their own number as text. */
class FakeSource implements BatchSource {
  readonly epoch = 'epoch';
  readonly backlog: string[] = [];
  generations = 0;
  readonly pending: Record<Lane, number[]> = { p0: [], p1: [], p2: [], p3: [] };
  #listener: () => void = () => {};
  add(lane: Lane, ...seqs: number[]): void {
    this.pending[lane].push(...seqs);
    this.#listener();
  }
  next(lane: Lane, after: number) {
    const seq = this.pending[lane].find((candidate) => candidate > after);
    return seq === undefined ? undefined : { seq };
  }
  async read(lane: Lane, seq: number) {
    return Buffer.from(`${lane} ${seq}`);
  }
  ack(epoch: string, lane: Lane, seq: number): boolean {
    if (epoch !== this.epoch) return false;
    this.pending[lane] = this.pending[lane].filter((candidate) => candidate > seq);
    return true;
  }
  beginGeneration(): void {
    this.generations += 1;
  }
  onStored(listener: () => void): void {
    this.#listener = listener;
  }
}

interface Broker {
  readonly port: number;
  readonly batches: string[];
  readonly statuses: string[];
  /** What to answer to a batch; undefined says nothing. */
  answer: (lane: Lane, seq: number) => { credit?: number; pauseMs?: number; epoch?: string } | undefined;
  send(lane: Lane, seq: number, more?: object): void;
  stop(): Promise<void>;
}

async function startBroker(port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const server: Server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const broker: Broker = {
    port: (server.address() as { port: number }).port,
    batches: [],
    statuses: [],
    answer: () => ({}),
    send(lane, seq, more = {}) {
      const payload = encodeAck({ epoch: 'epoch', lane, seq, credit: 8, pauseMs: 0, ...more });
      aedes.publish(
        { cmd: 'publish', topic: 'hinomi/1/site/agent/down/ack', payload, qos: 1, retain: false, dup: false },
        () => {},
      );
    },
    async stop() {
      server.close();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
  aedes.on('publish', (packet: AedesPublishPacket, _client: Client | null) => {
    const text = packet.payload.toString();
    if (packet.topic.endsWith('/up/status')) broker.statuses.push(decodeStatus(Buffer.from(text))!.state);
    if (!packet.topic.endsWith('/up/batch')) return;
    broker.batches.push(text);
    const [lane, seq] = text.split(' ') as [Lane, string];
    const more = broker.answer(lane, Number(seq));
    if (more !== undefined) broker.send(lane, Number(seq), more);
  });
  cleanUps.push(() => broker.stop());
  return broker;
}

async function startPublisher(
  broker: { port: number },
  source: BatchSource,
  overrides: object = {},
  deps: Partial<PublisherDeps> = {},
): Promise<Publisher> {
  const config = loadConfig(PublishConfig, {
    overrides: { ackTimeoutMs: 60_000, backoffMsMax: 100, drainMsMax: 0, firstMsMax: 0, ...overrides },
  });
  const identity = { ...ADDRESS, mqttUrl: `mqtt://127.0.0.1:${broker.port}` };
  const dial = () => Promise.reject(new Error('not here'));
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const publisher = new Publisher(config, { ...world, source, identity, dial, version: '0', boot: 'boot', ...deps });
  await publisher.start();
  cleanUps.push(() => publisher.close());
  return publisher;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('sends everything in order, p0 first, and frees what was acknowledged', async () => {
  const broker = await startBroker();
  const source = new FakeSource();
  source.add('p3', ...numbers(20));
  source.add('p0', 1);
  await startPublisher(broker, source);
  await expect.poll(() => source.pending.p3.length + source.pending.p0.length, { timeout: 10_000 }).toBe(0);
  expect(broker.batches[0]).toBe('p0 1');
  expect(broker.batches.slice(1)).toEqual(numbers(20).map((seq) => `p3 ${seq}`));
});

test('PUBACK frees nothing, and no more is in flight than the credit', async () => {
  const broker = await startBroker();
  broker.answer = () => undefined;
  const source = new FakeSource();
  source.add('p2', ...numbers(20));
  const publisher = await startPublisher(broker, source);
  await expect.poll(() => broker.batches.length).toBe(4);
  expect(publisher.stats()).toMatchObject({ inFlight: 4, credit: 4 });
  broker.send('p2', 1, { credit: 6 });
  await expect.poll(() => broker.batches.length).toBe(7);
  expect(publisher.stats().inFlight).toBe(6);
  expect(source.pending.p2).toHaveLength(19);
});

test('a batch whose acknowledgement was lost is sent again, from the oldest', async () => {
  const broker = await startBroker();
  const source = new FakeSource();
  let lost = 3;
  broker.answer = () => (lost-- > 0 ? undefined : {});
  source.add('p1', 1, 2, 3);
  const publisher = await startPublisher(broker, source, { ackTimeoutMs: 200 });
  await expect.poll(() => source.pending.p1.length, { timeout: 5_000 }).toBe(0);
  expect(broker.batches.slice(0, 4)).toEqual(['p1 1', 'p1 2', 'p1 3', 'p1 1']);
  expect(publisher.stats().batchesSentAgain).toBe(3);
});

test('an acknowledgement of another epoch frees nothing and is counted', async () => {
  const broker = await startBroker();
  broker.answer = () => ({ epoch: 'another' });
  const source = new FakeSource();
  source.add('p1', 1);
  const publisher = await startPublisher(broker, source);
  await expect.poll(() => publisher.stats().acksForeign).toBe(1);
  expect(source.pending.p1).toEqual([1]);
});

test('sends nothing during a pause', async () => {
  const broker = await startBroker();
  const source = new FakeSource();
  broker.answer = (_lane, seq) => (seq === 1 ? { pauseMs: 3_600_000 } : {});
  source.add('p1', 1);
  const publisher = await startPublisher(broker, source);
  await expect.poll(() => publisher.stats().isPaused).toBe(true);
  source.add('p1', 2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(broker.batches).toEqual(['p1 1']);
});

test('survives a restart of the broker and sends again what was not acknowledged', async () => {
  const first = await startBroker();
  first.answer = () => undefined;
  const source = new FakeSource();
  source.add('p3', ...numbers(10));
  const publisher = await startPublisher(first, source);
  await expect.poll(() => first.batches.length).toBe(4);
  await first.stop();
  await expect.poll(() => publisher.stats().state).not.toBe('connected');
  const second = await startBroker(first.port);
  await expect.poll(() => source.pending.p3.length, { timeout: 10_000 }).toBe(0);
  expect(second.batches).toEqual(numbers(10).map((seq) => `p3 ${seq}`));
});

test('says hello after connecting and goodbye at the end', async () => {
  const broker = await startBroker();
  const publisher = await startPublisher(broker, new FakeSource());
  await expect.poll(() => publisher.stats().state).toBe('connected');
  await publisher.close();
  await expect.poll(() => broker.statuses).toEqual(['online', 'goodbye']);
});

test('without TLS only this machine itself is reached', async () => {
  const refused = startPublisher({ port: 1883 }, new FakeSource(), { url: 'mqtt://collector.example:1883' });
  await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

/** In front of a broker: a line that can be cut without anybody being told. */
async function startLine(broker: { port: number }) {
  const line = { port: 0, isCut: false, connections: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    line.connections += 1;
    const far = connect(broker.port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => line.isCut || to.write(bytes));
      from.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  line.port = (server.address() as { port: number }).port;
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return line;
}

/** Twenty seconds pass in one. */
const fast = { now: () => Date.now(), monotonic: () => performance.now() * 20 };

test('a line that was cut without a word is found by asking, and a new one is tried', async () => {
  const line = await startLine(await startBroker());
  // An attempt that begins while the line is still cut must not take all of the test's time.
  const publisher = await startPublisher(line, new FakeSource(), { connectMsMax: 500 }, { clock: fast });
  await expect.poll(() => publisher.stats().state).toBe('connected');
  line.isCut = true;
  await expect.poll(() => publisher.stats().lastError, { timeout: 5_000 }).toContain('cannot be heard any more');
  line.isCut = false;
  await expect.poll(() => publisher.stats().connections, { timeout: 5_000 }).toBe(2);
});

test('a quiet line is kept', async () => {
  const line = await startLine(await startBroker());
  const publisher = await startPublisher(line, new FakeSource(), {}, { clock: fast });
  await expect.poll(() => publisher.stats().state).toBe('connected');
  await sleep(3_000);
  expect(publisher.stats()).toMatchObject({ state: 'connected', connections: 1 });
});

test('a connection whose own address is gone is given up, and a new address is used at once', async () => {
  let addresses = new Set(['127.0.0.1']);
  const broker = await startBroker();
  const own = new OwnAddresses(() => addresses);
  const deps = { clock: fast, addresses: own, random: () => 1 };
  const publisher = await startPublisher(broker, new FakeSource(), { backoffMsMax: 3_600_000 }, deps);
  await expect.poll(() => publisher.stats().state, { timeout: 5_000 }).toBe('connected');
  addresses = new Set();
  await expect.poll(() => publisher.stats().lastError, { timeout: 5_000 }).toContain('has lost its address 127.0.0.1');
  await broker.stop();
  const second = await startBroker(broker.port);
  addresses = new Set(['127.0.0.1']);
  await expect.poll(() => second.statuses, { timeout: 8_000 }).toEqual(['online']);
});

test('connections that die young are tried again less and less often, with chance', async () => {
  const attempts: number[] = [];
  // It takes the connection, and ends it.
  const server = createServer((socket) => {
    attempts.push(performance.now());
    socket.on('error', () => {});
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => void server.close());
  const { port } = server.address() as { port: number };
  const asked: number[] = [];
  const random = (): number => {
    asked.push(performance.now());
    return 0.1;
  };
  await startPublisher({ port }, new FakeSource(), { backoffMsMax: 800 }, { random });
  await expect.poll(() => attempts.length, { timeout: 10_000 }).toBeGreaterThan(6);
  const waits = attempts.slice(1).map((atMs, index) => atMs - attempts[index]!);
  // A tenth of 500, 800, 800 ...: full jitter draws once for each wait, up to a bound that grows to its limit.
  expect(waits[0]).toBeGreaterThan(40);
  expect(waits[3]).toBeGreaterThan(70);
  expect(asked.length).toBeGreaterThanOrEqual(attempts.length);
});

test('a connection that lived long is followed by a quick attempt', async () => {
  const first = await startBroker();
  const publisher = await startPublisher(
    first,
    new FakeSource(),
    { backoffMsMax: 60_000, stableMs: 100 },
    { random: () => 0.2 },
  );
  await expect.poll(() => publisher.stats().state).toBe('connected');
  await new Promise((resolve) => setTimeout(resolve, 150));
  await first.stop();
  await expect.poll(() => publisher.stats().state).toBe('waiting');
  await startBroker(first.port);
  await expect.poll(() => publisher.stats().connections, { timeout: 5_000 }).toBe(2);
});

test('a new connection asks the spool to put what has waited behind what comes', async () => {
  const broker = await startBroker();
  const source = new FakeSource();
  await startPublisher(broker, source);
  await expect.poll(() => source.generations).toBe(1);
});

/** Says every three seconds (of `fast`) that the batches up to one are stored, as a collector does that cannot write. */
function sayPatience(broker: Broker, seq: number): void {
  const timer = setInterval(() => broker.send('p2', seq, { lanes: ['p0'] }), 150);
  cleanUps.push(() => clearInterval(timer));
}

test('a collector that says again and again what it has is waited for, and nothing is sent twice', async () => {
  const broker = await startBroker();
  broker.answer = () => undefined;
  const source = new FakeSource();
  source.add('p2', 1, 2);
  const publisher = await startPublisher(broker, source, { ackTimeoutMs: 10_000 }, { clock: fast });
  await expect.poll(() => broker.batches.length).toBe(2);
  sayPatience(broker, 0);
  await sleep(3_000);
  expect(publisher.stats()).toMatchObject({ connections: 1, batchesSentAgain: 0, isPaused: false });
  source.add('p0', 1);
  await expect.poll(() => broker.batches.at(-1)).toBe('p0 1');
});

test('a collector from which really nothing comes is given up', async () => {
  const broker = await startBroker();
  broker.answer = () => undefined;
  const source = new FakeSource();
  source.add('p2', 1);
  const config = { ackTimeoutMs: 10_000, backoffMsMax: 60_000 };
  const publisher = await startPublisher(broker, source, config, { clock: fast, random: () => 1 });
  await expect.poll(() => publisher.stats().lastError, { timeout: 5_000 }).toContain('acknowledges nothing');
  await expect.poll(() => publisher.stats().connections, { timeout: 5_000 }).toBeGreaterThan(1);
});

test('what has gathered while nothing was stored goes behind what comes, also where the collector said so meanwhile', async () => {
  const broker = await startBroker();
  broker.answer = () => undefined;
  const source = new FakeSource();
  source.add('p2', 1, 2);
  await startPublisher(broker, source, {}, { clock: fast });
  await expect.poll(() => broker.batches.length).toBe(2);
  broker.send('p2', 1);
  await expect.poll(() => source.pending.p2).toEqual([2]);
  sayPatience(broker, 1);
  await sleep(1_500);
  expect(source.generations).toBe(1);
  broker.send('p2', 2);
  await expect.poll(() => source.generations).toBe(2);
});
