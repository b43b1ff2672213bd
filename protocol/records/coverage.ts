import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Float, Integer, Keyword, Objects } from './field-types.js';

const opt = Type.Optional;
const Name = Type.String({ maxLength: 64 });

export const ReasonCount = Type.Object({ reason: Name, count: Type.Integer() });
/** A table of the sensor: how full it is, and what had to go in this minute. */
const TableFill = Type.Object({ table: Name, used: Type.Integer(), max: Type.Integer(), evicted: Type.Integer() });
const VlanCount = Type.Object({ id: Type.Integer(), packets: Type.Integer() });
const UndecodedCount = Type.Object({ kind: Name, number: Name, name: opt(Name), packets: Type.Integer() });

/**
 * What the sensor can see, once a minute: counts of that minute. A mirror port that does not mirror shows in
 * `unicast_others_share`, one that mirrors one direction in `tcp_half_seen_share`, one that loses packets in
 * `missed_share`.
 */
export const CoverageRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('metric', 'ECS kind.'),
  'event.dataset': Constant('coverage', 'Record kind.'),
  'hinomi.coverage.interface': opt(Keyword('Where it listens, or the recording.')),
  'hinomi.coverage.packets': Integer('Delivered to the sensor.'),
  'hinomi.coverage.bytes': Integer('Delivered to the sensor, as on the wire.'),
  'hinomi.coverage.kernel_drops': opt(Integer('Lost between kernel and sensor.')),
  'hinomi.coverage.interface_drops': opt(Integer('Lost by the interface.')),
  'hinomi.coverage.sampled': opt(Integer('Packets of whole flows passed over, because there were too many.')),
  'hinomi.coverage.kept_share': opt(Float('Smallest share of the flows that was followed in the minute; 1: all.')),
  'hinomi.coverage.shallow_flows': opt(Integer('Flows whose application was not looked into, for want of time.')),
  'hinomi.coverage.unicast': opt(Integer('Ethernet packets to one station.')),
  'hinomi.coverage.unicast_others': opt(Integer('Those of them neither from nor to the box itself.')),
  'hinomi.coverage.unicast_others_share': opt(Float('Of all packets. Near 0: the mirror port does not mirror.')),
  'hinomi.coverage.multicast': opt(Integer('Ethernet packets to many or all.')),
  'hinomi.coverage.own': opt(Integer('Packets from or to the box itself.')),
  'hinomi.coverage.stations': opt(Integer('MAC addresses that sent something; at least.')),
  'hinomi.coverage.hosts': opt(Integer("Addresses of the office's networks that sent something; at least.")),
  'hinomi.coverage.checked': opt(Integer('Packets whose checksums were looked at.')),
  'hinomi.coverage.bad_checksums': opt(Integer('Those of them whose IP, TCP or UDP checksums do not hold.')),
  'hinomi.coverage.bad_checksums_share': opt(Float('Of those that were looked at.')),
  'hinomi.coverage.giants': opt(Integer("Packets longer than the link's MTU: joined by a network card.")),
  'hinomi.coverage.giant_bytes_max': opt(Integer('The longest of them.')),
  'hinomi.coverage.cut': opt(Integer('Packets that were captured in part.')),
  'hinomi.coverage.tcp_bytes': opt(Integer('TCP payload seen, sent again included.')),
  'hinomi.coverage.missed_bytes': opt(Integer('TCP payload that a peer acknowledged and nobody saw.')),
  'hinomi.coverage.gaps': opt(Integer('How often some was missed.')),
  'hinomi.coverage.missed_share': opt(Float('Missed bytes, of seen and missed ones.')),
  'hinomi.coverage.flows': Integer('Flow records made.'),
  'hinomi.coverage.flows_both_ways': opt(Integer('Flows of these with packets in both directions.')),
  'hinomi.coverage.both_ways_share': opt(Float('Of the flows.')),
  'hinomi.coverage.tcp_flows': opt(Integer('TCP conversations that ended; unanswered attempts are none.')),
  'hinomi.coverage.tcp_half_seen': opt(Integer('Those of them of which one direction was never seen.')),
  'hinomi.coverage.tcp_half_seen_share': opt(Float('Near 1: the mirror port mirrors one direction.')),
  'hinomi.coverage.flows_max': opt(Integer('Flows that the table holds.')),
  'hinomi.coverage.flows_live': Integer('Flows in the table.'),
  'hinomi.coverage.flows_evicted': Integer('Ended early because the table was full.'),
  'hinomi.coverage.untold_flows': opt(Integer('Flows that nobody answered and that were too many to tell.')),
  'hinomi.coverage.untold_dns': opt(Integer('DNS questions that were too many to tell before their answers.')),
  'hinomi.coverage.tables': opt(Objects(TableFill, 'Tables: how full, and what had to go.')),
  'hinomi.coverage.vlans': opt(Objects(VlanCount, 'Outermost VLAN tags, those with most packets first.')),
  'hinomi.coverage.undecoded': opt(Integer('Packets that carry what is not decoded; control protocols not counted.')),
  'hinomi.coverage.undecoded_types': opt(Objects(UndecodedCount, 'What was not decoded, control protocols too.')),
  'hinomi.coverage.flaws': opt(Objects(ReasonCount, 'Packets, messages and streams not fully decoded, by reason.')),
});
export type CoverageRecord = Static<typeof CoverageRecord>;
