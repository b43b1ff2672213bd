import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Bool, Float, Instant, Integer, Ip, Keyword, Keywords } from './field-types.js';

const opt = Type.Optional;

/** One conversation, or what there was so far of a long one. DESIGN section 3 and its finer points. */
export const FlowRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('flow', 'Record kind.'),
  'event.start': Instant('First packet; equals @timestamp.'),
  'event.end': Instant('Last packet.'),
  'event.duration': Integer('End minus start, nanoseconds.'),
  'source.mac': opt(Keyword('Originator, 00:11:22:33:44:55.')),
  'source.packets': Integer('Every packet from the originator, each fragment by itself.'),
  'source.bytes': Integer('Whole frames from the originator, outer headers too.'),
  'destination.mac': opt(Keyword('Responder, 00:11:22:33:44:55.')),
  'destination.packets': Integer('Every packet from the responder.'),
  'destination.bytes': Integer('Whole frames from the responder.'),
  'network.iana_number': opt(Keyword('IP protocol number, as text (ECS).')),
  'network.type': opt(Keyword('ipv4 or ipv6.')),
  'network.direction': opt(Keyword('internal, outbound, inbound or external.')),
  'network.bytes': Integer('Both directions.'),
  'network.packets': Integer('Both directions.'),
  'network.vlan.id': opt(Keyword('Outermost VLAN.')),
  'network.inner.vlan.id': opt(Keyword('Second VLAN of QinQ.')),
  'hinomi.flow.vlans': opt(Keywords('All VLAN tags seen, when there were several.')),
  'hinomi.flow.is_open': opt(Bool('It goes on: what there was so far. The record at its end has all of it.')),
  'hinomi.flow.state': Keyword("Zeek's conn_state."),
  'hinomi.flow.history': Keyword("Zeek's history letters."),
  'hinomi.flow.source_payload_bytes': Integer('TCP: each byte once; UDP: payload; ICMP: after 8 bytes.'),
  'hinomi.flow.destination_payload_bytes': Integer('The same from the responder.'),
  'hinomi.flow.source_ip_bytes': Integer('IP lengths from the originator (inner ones in a tunnel).'),
  'hinomi.flow.destination_ip_bytes': Integer('The same from the responder.'),
  'hinomi.flow.missed_bytes': Integer('TCP bytes that were acknowledged but never seen.'),
  'hinomi.flow.retransmits': opt(Integer('TCP segments sent again.')),
  'hinomi.flow.rtt_ms': opt(Float('TCP handshake, SYN to ACK.')),
  'hinomi.flow.rtt_client_ms': opt(Float('Tap to client and back.')),
  'hinomi.flow.rtt_server_ms': opt(Float('Tap to server and back.')),
  'hinomi.flow.tunnel': opt(Keywords('Encapsulations around it, outermost first.')),
  'hinomi.flow.outer_source': opt(Ip('Outer address, for tunnels without a flow of their own.')),
  'hinomi.flow.outer_destination': opt(Ip('Outer address, for tunnels without a flow of their own.')),
});
export type FlowRecord = Static<typeof FlowRecord>;
