import { isoMicros } from '../../../protocol/base/time.js';
import { communityId } from '../../../protocol/community-id.js';
import { ipText, macText } from '../wire/addresses.js';
import { tunnelName } from '../wire/frame.js';
import { Protocol } from '../wire/transport.js';
import { APPLICATIONS } from './application.js';
import type { ConversationFields, Conversations } from './conversation.js';
import type { Directions } from './direction.js';
import { FLOW_TUNNELS_MAX, FLOW_VLANS_MAX, type FlowCounters, HISTORY_MAX } from './flow-counters.js';
import { type FlowTable, isKindOneWay, isKindV6, kindProtocol } from './flow-table.js';
import { connState, udpState } from './tcp-state.js';
import type { TcpTracker } from './tcp-tracker.js';

const TRANSPORTS: Readonly<Record<number, string>> = {
  0: 'hopopt',
  1: 'icmp',
  2: 'igmp',
  4: 'ipv4',
  6: 'tcp',
  8: 'egp',
  9: 'igp',
  17: 'udp',
  27: 'rdp',
  33: 'dccp',
  41: 'ipv6',
  46: 'rsvp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  88: 'eigrp',
  89: 'ospf',
  94: 'ipip',
  97: 'etherip',
  103: 'pim',
  108: 'ipcomp',
  112: 'vrrp',
  115: 'l2tp',
  132: 'sctp',
  136: 'udplite',
};
const HAS_PORTS: ReadonlySet<number> = new Set([
  Protocol.Icmp,
  Protocol.Tcp,
  Protocol.Udp,
  Protocol.Icmpv6,
  Protocol.Sctp,
]);

/** The transport's name in `network.transport`; numbers without a name keep their number. */
export function transportName(protocol: number): string {
  return TRANSPORTS[protocol] ?? String(protocol);
}

/** Texts of the last seconds that were asked for, by their lower bits: records of many flows alternate between them. */
const SECONDS_KEPT = 64;
const keptSeconds = new Float64Array(SECONDS_KEPT).fill(-1);
const keptTexts: string[] = new Array<string>(SECONDS_KEPT).fill('');
export function timeText(timeUs: number): string {
  const second = Math.floor(timeUs / 1e6);
  const kept = second & (SECONDS_KEPT - 1);
  if (keptSeconds[kept] !== second) {
    keptSeconds[kept] = second;
    keptTexts[kept] = isoMicros(second, 0).slice(0, 20);
  }
  return `${keptTexts[kept]}${String(Math.floor(timeUs - second * 1e6)).padStart(6, '0')}Z`;
}

interface Endpoints {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly communityId: string;
}

/**
 * Makes `flow` records as JSON text. Values are numbers, or strings of our own making that need no escaping: the text
 * is put together directly, which is several times faster than JSON.stringify.
 */
export class FlowRecords implements Conversations {
  readonly #table: FlowTable;
  readonly #c: FlowCounters;
  readonly #tcp: TcpTracker;
  readonly #directions: Directions;
  /** Both addresses in network order, for text and hash. */
  readonly #addresses = Buffer.alloc(32);
  /** Community ids that were made for a record of an application, until the flow's own. */
  readonly #ids: string[];

  constructor(table: FlowTable, counters: FlowCounters, tcp: TcpTracker, directions: Directions) {
    this.#table = table;
    this.#c = counters;
    this.#tcp = tcp;
    this.#directions = directions;
    this.#ids = new Array<string>(table.capacity).fill('');
  }

  fieldsOf(slot: number): ConversationFields {
    const ends = this.#endpoints(slot);
    this.#ids[slot] = ends.communityId;
    return {
      'source.ip': ends.source,
      'source.port': ends.sourcePort,
      'destination.ip': ends.destination,
      'destination.port': ends.destinationPort,
      'network.transport': transportName(ends.protocol),
      'network.community_id': ends.communityId,
    };
  }

  sourcePort(slot: number): number {
    return this.#table.ports[slot * 2]!;
  }

  destinationPort(slot: number): number {
    return this.#table.ports[slot * 2 + 1]!;
  }

  /** The flow has ended: its slot is another's. */
  forget(slot: number): void {
    this.#ids[slot] = '';
  }

  /** Whether only one side has spoken. */
  isUnanswered(slot: number): boolean {
    return this.#c.packets[slot * 2] === 0 || this.#c.packets[slot * 2 + 1] === 0;
  }

  /** The flow's record as one line of JSON, without a line feed. @param isOpen when it goes on */
  toJson(slot: number, isOpen = false): string {
    const c = this.#c;
    const ends = this.#endpoints(slot);
    const a = slot * 2;
    const b = a + 1;
    const start = timeText(c.startUs[slot]!);
    const durationUs = c.endUs[slot]! - c.startUs[slot]!;
    const isTcp = ends.protocol === Protocol.Tcp;
    const type = isKindV6(this.#table.kinds[slot]!) ? 'ipv6' : 'ipv4';
    let json = `{"@timestamp":"${start}","event.kind":"event","event.dataset":"flow","event.start":"${start}"`;
    json += `,"event.end":"${timeText(c.endUs[slot]!)}","event.duration":${Math.round(durationUs) * 1000}`;
    json += this.#side('source', a, ends.source, ends.protocol, ends.sourcePort);
    json += this.#side('destination', b, ends.destination, ends.protocol, ends.destinationPort);
    json += `,"network.transport":"${transportName(ends.protocol)}","network.iana_number":"${ends.protocol}"`;
    json += `,"network.type":"${type}","network.direction":"${this.#directions.of(this.#table.addresses, slot * 8, type === 'ipv6')}"`;
    json += `,"network.bytes":${c.bytes[a]! + c.bytes[b]!},"network.packets":${c.packets[a]! + c.packets[b]!}`;
    json += `,"network.community_id":"${ends.communityId}"`;
    const application = APPLICATIONS[c.application[slot]!];
    if (application) json += `,"network.protocol":"${application}"`;
    json += this.#vlans(slot);
    if (isOpen) json += ',"hinomi.flow.is_open":true';
    json += `,"hinomi.flow.state":"${this.#state(slot, ends.protocol)}","hinomi.flow.history":"${this.#history(slot)}"`;
    json += `,"hinomi.flow.source_payload_bytes":${this.#payload(a, isTcp)}`;
    json += `,"hinomi.flow.destination_payload_bytes":${this.#payload(b, isTcp)}`;
    json += `,"hinomi.flow.source_ip_bytes":${c.ipBytes[a]},"hinomi.flow.destination_ip_bytes":${c.ipBytes[b]}`;
    json += `,"hinomi.flow.missed_bytes":${c.missedBytes[a]! + c.missedBytes[b]!}`;
    if (isTcp) json += `,"hinomi.flow.retransmits":${c.retransmits[a]! + c.retransmits[b]!}${this.#roundTrip(slot)}`;
    return `${json}${this.#tunnel(slot)}}`;
  }

  #endpoints(slot: number): Endpoints {
    const { kinds, ports } = this.#table;
    const kind = kinds[slot]!;
    const version = isKindV6(kind) ? 6 : 4;
    const bytes = version === 6 ? 16 : 4;
    const addresses = this.#addresses;
    for (let word = 0; word < 4; word++) {
      addresses.writeUInt32BE(this.#table.addresses[slot * 8 + word]!, word * 4);
      addresses.writeUInt32BE(this.#table.addresses[slot * 8 + 4 + word]!, 16 + word * 4);
    }
    const protocol = kindProtocol(kind);
    const sourcePort = ports[slot * 2]!;
    const destinationPort = ports[slot * 2 + 1]!;
    return {
      source: ipText(addresses, 0, version),
      destination: ipText(addresses, 16, version),
      protocol,
      sourcePort,
      destinationPort,
      communityId:
        this.#ids[slot] ||
        communityId(addresses, 0, 16, bytes, protocol, sourcePort, destinationPort, isKindOneWay(kind)),
    };
  }

  #side(name: string, at: number, ip: string, protocol: number, port: number): string {
    const c = this.#c;
    const ports = HAS_PORTS.has(protocol) ? `,"${name}.port":${port}` : '';
    const mac = c.hasMac[at] === 0 ? '' : `,"${name}.mac":"${macText(c.macs, at * 6)}"`;
    return `,"${name}.ip":"${ip}"${ports}${mac},"${name}.packets":${c.packets[at]},"${name}.bytes":${c.bytes[at]}`;
  }

  #payload(at: number, isTcp: boolean): number {
    return isTcp ? this.#tcp.size(at) : this.#c.payloadBytes[at]!;
  }

  #state(slot: number, protocol: number): string {
    const c = this.#c;
    const a = slot * 2;
    if (protocol === Protocol.Tcp) {
      return connState(c.state[a]!, c.state[a + 1]!, this.#tcp.size(a) > 0 || this.#tcp.size(a + 1) > 0);
    }
    return protocol === Protocol.Udp ? udpState(c.packets[a]! > 0, c.packets[a + 1]! > 0) : 'OTH';
  }

  #history(slot: number): string {
    const c = this.#c;
    let text = '';
    for (let i = 0; i < c.historyLength[slot]!; i++) text += String.fromCharCode(c.history[slot * HISTORY_MAX + i]!);
    return text;
  }

  #vlans(slot: number): string {
    const count = this.#c.vlanCount[slot]!;
    if (count === 0) return '';
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push(`"${this.#c.vlans[slot * FLOW_VLANS_MAX + i]}"`);
    const inner = count > 1 ? `,"network.inner.vlan.id":${ids[1]},"hinomi.flow.vlans":[${ids.join(',')}]` : '';
    return `,"network.vlan.id":${ids[0]}${inner}`;
  }

  /** Handshake times in milliseconds, where SYN, SYN-ACK and ACK were seen once each. */
  #roundTrip(slot: number): string {
    const c = this.#c;
    const syn = c.synUs[slot]!;
    const synAck = c.synAckUs[slot]!;
    if (c.syns[slot] !== 1 || syn === 0 || synAck < syn) return '';
    let json = `,"hinomi.flow.rtt_server_ms":${(synAck - syn) / 1000}`;
    const ack = c.ackUs[slot]!;
    if (ack >= synAck)
      json += `,"hinomi.flow.rtt_client_ms":${(ack - synAck) / 1000},"hinomi.flow.rtt_ms":${(ack - syn) / 1000}`;
    return json;
  }

  #tunnel(slot: number): string {
    const c = this.#c;
    const count = c.tunnelCount[slot]!;
    if (count === 0) return '';
    const names: string[] = [];
    for (let i = 0; i < count; i++) names.push(`"${tunnelName(c.tunnels[slot * FLOW_TUNNELS_MAX + i]!)}"`);
    let json = `,"hinomi.flow.tunnel":[${names.join(',')}]`;
    const version = c.outerVersion[slot]!;
    if (version !== 0) {
      json += `,"hinomi.flow.outer_source":"${ipText(c.outer, slot * 32, version)}"`;
      json += `,"hinomi.flow.outer_destination":"${ipText(c.outer, slot * 32 + 16, version)}"`;
    }
    return json;
  }
}
