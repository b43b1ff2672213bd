import { expect, test } from 'vitest';
import { loadConfig } from '../../../protocol/base/config.js';
import type { AlertRecord } from '../../../protocol/records/alert.js';
import type { Packet } from '../../../scripts/traffic/packet.js';
import { Clock, TcpPeers } from '../../../scripts/traffic/tcp.js';
import { Pipeline } from '../pipeline.js';
import { PipelineConfig } from '../pipeline-config.js';
import { LinkType } from '../wire/link-types.js';

const SECOND_US = 1e6;
const MINUTE_US = 60 * SECOND_US;
/** A Monday, nine o'clock in Japan. */
const START_US = Date.parse('2026-04-06T09:00:00+09:00') * 1_000;
const LEARNING_MINUTES = 26 * 60;
const BOX = { mac: '02:00:00:00:00:99', mtuBytes: 1_500 };
const SERVER = { mac: '02:00:00:00:00:02', ip: '192.168.1.2' };
const CLIENT = { mac: '02:00:00:00:00:01', ip: '192.168.1.10' };
const BETWEEN_US = 5 * SECOND_US;

/** A short conversation every five seconds. */
function* minute(index: number): Generator<Packet> {
  for (let atUs = 0; atUs < MINUTE_US; atUs += BETWEEN_US) {
    const clock = new Clock(START_US + index * MINUTE_US + atUs);
    const clientPort = 20_000 + ((index * 12 + atUs / BETWEEN_US) % 40_000);
    const peers = new TcpPeers(clock, CLIENT, SERVER, { clientPort, serverPort: 9_999, rttUs: 400 });
    yield* peers.open();
    yield* peers.send('client', Buffer.from('question'));
    yield* peers.send('server', Buffer.from('answer'));
    yield* peers.finish();
  }
}

test('a mirror that carries one direction from now on is told within two minutes, from packets alone', () => {
  const alerts: AlertRecord[] = [];
  const config = loadConfig(PipelineConfig, { overrides: { datasets: ['coverage'] } });
  const emit = (dataset: string, json: string): void => {
    if (dataset === 'alert') alerts.push(JSON.parse(json));
  };
  const pipeline = new Pipeline(config, { seed: 1, emit }, 'eth1', BOX);
  const play = (from: number, to: number, isSeen: (packet: Packet) => boolean): void => {
    for (let index = from; index < to; index++) {
      for (const packet of minute(index)) {
        const { bytes, timeUs } = packet;
        if (isSeen(packet)) pipeline.onPacket(bytes, 0, bytes.length, bytes.length, timeUs, LinkType.Ethernet);
      }
    }
  };
  const serverMac = Buffer.from(SERVER.mac.replaceAll(':', ''), 'hex');
  play(0, LEARNING_MINUTES, () => true);
  expect(alerts).toEqual([]);
  play(LEARNING_MINUTES, LEARNING_MINUTES + 5, ({ bytes }) => !bytes.subarray(6, 12).equals(serverMac));
  expect(alerts).toMatchObject([{ 'rule.id': 'coverage-one-way', 'hinomi.alert.state': 'raised' }]);
  const tookUs = Date.parse(alerts[0]!['@timestamp']) * 1_000 - (START_US + LEARNING_MINUTES * MINUTE_US);
  expect(tookUs).toBeGreaterThan(20 * SECOND_US);
  expect(tookUs).toBeLessThanOrEqual(120 * SECOND_US);
  play(LEARNING_MINUTES + 5, LEARNING_MINUTES + 12, () => true);
  expect(alerts.map((alert) => alert['hinomi.alert.state'])).toEqual(['raised', 'recovered']);
}, 60_000);
