import { Pipeline } from '../../agent/sensor/pipeline.js';
import { PipelineConfig } from '../../agent/sensor/pipeline-config.js';
import { LinkType } from '../../agent/sensor/wire/link-types.js';
import { loadConfig } from '../../protocol/base/config.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { flawOfRecord } from '../../protocol/records/records.js';
import { type Host, type Packet, udpFrame } from './packet.js';
import { Clock, type Side, type Step, TcpPeers, tcpConversation } from './tcp.js';

const CLIENT: Host = { mac: '02:00:00:00:00:01', ip: '192.168.1.10' };
const SERVER: Host = { mac: '02:00:00:00:00:02', ip: '203.0.113.5' };
const START_US = 1_700_000_000e6;
const DATASETS = ['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset'];

/** What the sensor makes of packets. @throws Error when it makes something that is no record */
export function recordsOf(packets: Iterable<Packet>, linkType: number = LinkType.Ethernet): AnyRecord[] {
  const records: AnyRecord[] = [];
  const config = loadConfig(PipelineConfig, { overrides: { datasets: [...DATASETS], flowsMax: 1_024 } });
  const pipeline = new Pipeline(config, { seed: 5, emit: (_dataset, json) => records.push(JSON.parse(json)) });
  for (const { bytes, timeUs } of packets) pipeline.onPacket(bytes, 0, bytes.length, bytes.length, timeUs, linkType);
  pipeline.finish();
  for (const record of records) {
    const flaw = flawOfRecord(record);
    if (flaw !== undefined) throw new Error(`${flaw}: ${JSON.stringify(record)}`);
  }
  return records;
}

export interface Ports {
  readonly clientPort?: number;
  readonly serverPort?: number;
}

/** A whole TCP connection that carries the steps. */
export function* overTcp(
  steps: readonly Step[],
  { clientPort = 40_000, serverPort = 443 }: Ports = {},
): Generator<Packet> {
  yield* tcpConversation(
    new TcpPeers(new Clock(START_US), CLIENT, SERVER, { clientPort, serverPort, rttUs: 10_000 }),
    steps,
  );
}

/** Datagrams of two hosts in turn. */
export function* overUdp(
  steps: readonly (readonly [from: Side, bytes: Buffer])[],
  { clientPort = 40_000, serverPort = 443 }: Ports = {},
): Generator<Packet> {
  let timeUs = START_US;
  for (const [from, payload] of steps) {
    timeUs += 1_000;
    const bytes =
      from === 'client'
        ? udpFrame(CLIENT, SERVER, clientPort, serverPort, payload)
        : udpFrame(SERVER, CLIENT, serverPort, clientPort, payload);
    yield { timeUs, bytes };
  }
}
