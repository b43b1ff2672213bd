import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeStatus } from '../protocol/codec.js';
import { downTopic, upTopic } from '../protocol/topics.js';
import { type Box, BrokerStage, type RawClient } from './support/broker-stage.js';
import {
  ACCEPTED,
  connectFrame,
  DISCONNECT,
  frame,
  PING,
  publishFrame,
  refused,
  subscribeFrame,
  text,
  two,
  unsubscribeFrame,
} from './support/mqtt-frames.js';

const PUB = '/usr/bin/mosquitto_pub';
const SUB = '/usr/bin/mosquitto_sub';
const hasMosquitto = existsSync(PUB) && existsSync(SUB);

/** What Paho's interoperability tests look for in a broker of MQTT 3.1.1; where our policy says no, that it does. */
describe('the broker and clients of MQTT 3.1.1', () => {
  const stage = new BrokerStage();
  let tokyo: Box;
  let osaka: Box;
  const batch = () => upTopic(tokyo.peer, 'batch');
  const ack = () => downTopic(tokyo.peer, 'ack');

  beforeAll(async () => {
    await stage.start();
    tokyo = await stage.makeBox('a-tokyo', 's-tokyo');
    osaka = await stage.makeBox('a-osaka', 's-osaka');
  });
  afterAll(() => stage.close());

  const connected = async (box = tokyo): Promise<RawClient> => {
    const client = await stage.open(box);
    expect(await client.send(connectFrame(box.peer.agent)).next()).toBe(ACCEPTED);
    return client;
  };
  const heard = async (payload: string | Buffer): Promise<number> => {
    const isIt = () => stage.batches.filter((each) => each.payload.equals(Buffer.from(payload))).length;
    for (let i = 0; i < 200 && isIt() === 0; i++) await new Promise((wait) => setTimeout(wait, 10));
    return isIt();
  };

  describe('connect', () => {
    test.each([
      ['another protocol level', { level: 5 }],
      ['a level of the future', { level: 9 }],
      ['another protocol name', { protocol: 'MQTTX' }],
      ['the reserved flag', { flags: 0x03 }],
      ['a will of QoS 3', { flags: 0x1e, more: [text('x'), text('y')] }],
      ['a password without a name', { flags: 0x42, more: [text('x')] }],
    ])('with %s is refused or the connection ends', async (_what, options) => {
      const client = await stage.open(tokyo);
      client.send(connectFrame('a-tokyo', options));
      const answer = await client.next();
      expect(['closed', refused(1)]).toContain(answer);
      await client.ended();
    });

    test('3.1 is older, and taken', async () => {
      const client = await stage.open(tokyo);
      expect(await client.send(connectFrame('a-tokyo', { level: 3, protocol: 'MQIsdp' })).next()).toBe(ACCEPTED);
      client.socket.destroy();
    });

    test.each([
      ['without an id', '', {}],
      ['without an id and with a session to keep', '', { flags: 0 }],
      ["with another agent's id", 'a-osaka', {}],
      ['with a session that is to be kept: offline messages are not queued here', 'a-tokyo', { flags: 0 }],
    ])('%s is refused as not authorised', async (_what, id, options) => {
      const client = await stage.open(tokyo);
      const answer = await client.send(connectFrame(id, options)).next();
      expect([refused(5), refused(2)]).toContain(answer);
      await client.ended();
    });

    test.each([0, 601])('with a keepalive of %i s is refused: a broken line must be found', async (keepaliveS) => {
      const client = await stage.open(tokyo);
      client.send(connectFrame('a-tokyo', { keepaliveS }));
      expect(await client.next()).not.toBe(ACCEPTED);
      await client.ended();
    });

    test('twice on one connection ends it', async () => {
      const client = await connected();
      await client.send(connectFrame('a-tokyo')).ended();
    });

    test('anything before it ends the connection', async () => {
      const client = await stage.open(tokyo);
      await client.send(PING).ended();
    });

    test('again elsewhere ends the connection before, and takes its place', async () => {
      const first = await connected();
      const second = await connected();
      await first.ended();
      second.send(publishFrame(batch(), 'takeover'));
      expect(await heard('takeover')).toBe(1);
      second.socket.destroy();
    });
  });

  describe('publish', () => {
    test('QoS 0 has no answer, QoS 1 a PUBACK with its number, QoS 2 is refused by ending', async () => {
      const client = await connected();
      client.send(publishFrame(batch(), 'q0', 0), PING);
      expect(await client.next()).toBe('d000');
      expect(await heard('q0')).toBe(1);
      expect(await client.send(publishFrame(batch(), 'q1', 1, 0x1234)).next()).toBe('40021234');
      expect(await heard('q1')).toBe(1);
      await client.send(publishFrame(batch(), 'q2', 2)).ended();
      expect(stage.batches.some(({ payload }) => payload.toString() === 'q2')).toBe(false);
    });

    test.each([
      ['retained', () => publishFrame(batch(), 'r', 1, 1, true)],
      ['to nothing', () => publishFrame('', 'x')],
      ['with a wildcard', () => publishFrame('hinomi/1/s-tokyo/a-tokyo/up/+', 'x')],
      ['to the topics of the broker', () => publishFrame('$SYS/x', 'x')],
      ['with QoS 3', () => frame(0x36, text(batch()), two(1), 'x')],
      ['with a topic that is longer than the packet', () => frame(0x32, two(500), 'x')],
      ['with a topic that is no UTF-8', () => frame(0x32, two(3), [0xff, 0xfe, 0xfd], two(1), 'x')],
    ])('%s ends the connection', async (_what, make) => {
      const client = await connected();
      await client.send(make()).ended();
    });

    test('as large as a batch may be arrives whole; larger ends the connection', async () => {
      const client = await connected();
      const large = Buffer.alloc(64 * 1024, 7);
      expect(await client.send(publishFrame(batch(), large, 1, 9)).next()).toBe('40020009');
      expect(await heard(large)).toBe(1);
      await client.send(publishFrame(batch(), Buffer.alloc(129 * 1024))).ended();
    });

    test('many in one write arrive in order', async () => {
      const client = await connected();
      const before = stage.batches.length;
      client.send(...Array.from({ length: 200 }, (_, i) => publishFrame(batch(), `o${i}`, 1, i + 1)));
      for (let i = 0; i < 200; i++) expect(await client.next()).toBe(`4002${two(i + 1).toString('hex')}`);
      expect(stage.batches.slice(before).map(({ payload }) => payload.toString())).toEqual(
        Array.from({ length: 200 }, (_, i) => `o${i}`),
      );
      client.socket.destroy();
    });
  });

  describe('subscribe', () => {
    test('own topics are granted, others answered with 0x80, in one answer', async () => {
      const client = await connected();
      client.send(subscribeFrame(7, [ack(), 1], [downTopic(osaka.peer, 'ack'), 1], ['#', 0], ['$SYS/#', 0]));
      expect(await client.next()).toBe('9006000701808080');
      client.socket.destroy();
    });

    test('overlapping and repeated ones bring a message once', async () => {
      const client = await connected();
      client.send(
        subscribeFrame(1, [ack(), 0], [ack(), 1]),
        subscribeFrame(2, [ack(), 1]),
        subscribeFrame(3, ['hinomi/#', 1]),
      );
      // Each is answered; in which order is free.
      const answers = [await client.next(), await client.next(), await client.next()];
      expect(answers.sort()).toEqual(['9003000101', '9003000201', '9003000380']);
      stage.broker.send(tokyo.peer, 'ack', Buffer.from('once'));
      expect(Buffer.from(await client.next(), 'hex').toString()).toContain('once');
      client.send(PING);
      expect(await client.next()).toBe('d000');
      client.socket.destroy();
    });

    test('after unsubscribing nothing more comes, and nobody minds what was not subscribed', async () => {
      const client = await connected();
      await client.send(subscribeFrame(1, [ack(), 1])).next();
      expect(await client.send(unsubscribeFrame(2, ack(), 'never/was')).next()).toBe('b0020002');
      stage.broker.send(tokyo.peer, 'ack', Buffer.from('gone'));
      expect(await client.send(PING).next()).toBe('d000');
      client.socket.destroy();
    });

    test('what is sent while nobody is there does not come later', async () => {
      const first = await connected();
      await first.send(subscribeFrame(1, [ack(), 1])).next();
      await first.send(DISCONNECT).ended();
      stage.broker.send(tokyo.peer, 'ack', Buffer.from('missed'));
      const second = await connected();
      expect(await second.send(subscribeFrame(1, [ack(), 1])).next()).toBe('9003000101');
      expect(await second.send(PING).next()).toBe('d000');
      second.socket.destroy();
    });

    test('to nothing at all, or with QoS 3, ends the connection', async () => {
      for (const bad of [frame(0x82, two(1)), subscribeFrame(1, [ack(), 3]), frame(0x80, two(1), text(ack()), [1])]) {
        const client = await connected();
        await client.send(bad).ended();
      }
    });
  });

  describe('the end', () => {
    const willOf = (topic: string, flags = 0x0e): Buffer =>
      connectFrame('a-tokyo', {
        flags,
        more: [text(topic), text(encodeStatus({ state: 'offline', connection: 'will' }).toString())],
      });

    test('a will is told when the connection breaks, and not after DISCONNECT', async () => {
      const before = stage.statuses.length;
      const polite = await stage.open(tokyo);
      await polite.send(willOf(upTopic(tokyo.peer, 'status'))).next();
      await polite.send(DISCONNECT).ended();
      const rude = await stage.open(tokyo);
      await rude.send(willOf(upTopic(tokyo.peer, 'status'))).next();
      rude.socket.destroy();
      for (let i = 0; i < 200 && stage.statuses.length === before; i++)
        await new Promise((wait) => setTimeout(wait, 10));
      expect(stage.statuses.slice(before)).toEqual([{ state: 'offline', connection: 'will' }]);
    });

    test('who says nothing for one and a half keepalives is ended, who pings is not', async () => {
      const [quiet, pinging] = [await stage.open(tokyo), await stage.open(osaka)];
      await quiet.send(connectFrame('a-tokyo', { keepaliveS: 1 })).next();
      await pinging.send(connectFrame('a-osaka', { keepaliveS: 1 })).next();
      const begin = performance.now();
      const timer = setInterval(() => pinging.send(PING), 500);
      await quiet.ended();
      expect(performance.now() - begin).toBeGreaterThan(1_400);
      expect(pinging.isOpen).toBe(true);
      clearInterval(timer);
      pinging.socket.destroy();
    });
  });

  describe.skipIf(!hasMosquitto)(
    `mosquitto_pub and mosquitto_sub${hasMosquitto ? '' : ' (skipped: apt install mosquitto-clients)'}`,
    () => {
      const run = async (
        program: string,
        box: Box,
        id: string,
        ...args: string[]
      ): Promise<{ code: number; out: string }> => {
        const tls = ['--cafile', stage.authorityFile, '--cert', box.files.cert, '--key', box.files.key];
        const all = ['-h', '127.0.0.1', '-p', String(stage.broker.port), '-V', 'mqttv311', '-i', id, ...tls, ...args];
        const child = spawn(program, [...all, '--tls-version', 'tlsv1.3', '-k', '10']);
        let out = '';
        child.stdout.on('data', (chunk) => (out += chunk));
        child.stderr.on('data', (chunk) => (out += chunk));
        const code = await new Promise<number>((done) => child.once('close', (value) => done(value ?? -1)));
        return { code, out };
      };

      test.each([0, 1])('publishes with QoS %i', async (qos) => {
        const { code } = await run(PUB, tokyo, 'a-tokyo', '-t', batch(), '-q', String(qos), '-m', `mosquitto ${qos}`);
        expect(code).toBe(0);
        expect(await heard(`mosquitto ${qos}`)).toBe(1);
      });

      test.each([
        ["under another agent's id", () => ['a-osaka', '-t', batch()] as const],
        ['without an id of its own', () => ['mosq-1', '-t', batch()] as const],
      ])('is refused %s', async (_what, make) => {
        const [id, ...args] = make();
        const { code, out } = await run(PUB, tokyo, id, ...args, '-m', 'x');
        expect(code).not.toBe(0);
        expect(out).toMatch(/not authori[sz]ed/i);
      });

      test('is ended with a topic that is not its own, QoS 2, or a retained message', async () => {
        for (const args of [
          ['-t', upTopic(osaka.peer, 'batch'), '-q', '1'],
          ['-t', batch(), '-q', '2'],
          ['-t', batch(), '-q', '1', '-r'],
        ]) {
          const before = stage.batches.length;
          await run(PUB, tokyo, 'a-tokyo', ...args, '-m', 'forbidden', '--repeat', '1');
          expect(stage.batches.length).toBe(before);
        }
      }, 30_000);

      test('subscribes to its own topic and prints what comes; another topic is denied in words', async () => {
        const answer = run(SUB, tokyo, 'a-tokyo', '-t', ack(), '-q', '1', '-C', '1', '-W', '10');
        const timer = setInterval(() => stage.broker.send(tokyo.peer, 'ack', Buffer.from('from the collector')), 50);
        const { code, out } = await answer;
        clearInterval(timer);
        expect({ code, out: out.trim() }).toEqual({ code: 0, out: 'from the collector' });
        const denied = await run(
          SUB,
          tokyo,
          'a-tokyo',
          '-t',
          downTopic(osaka.peer, 'ack'),
          '-q',
          '1',
          '-C',
          '1',
          '-W',
          '3',
        );
        expect(denied.out).toMatch(/denied/i);
      }, 30_000);
    },
  );
});
