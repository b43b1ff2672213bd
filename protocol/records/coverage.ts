import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Integer, Keyword, Objects } from './field-types.js';

const opt = Type.Optional;

export const ReasonCount = Type.Object({ reason: Type.String({ maxLength: 64 }), count: Type.Integer() });

/** What the sensor can see, once a minute: counts of that minute. */
export const CoverageRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('metric', 'ECS kind.'),
  'event.dataset': Constant('coverage', 'Record kind.'),
  'hinomi.coverage.interface': opt(Keyword('Where it listens, or the recording.')),
  'hinomi.coverage.packets': Integer('Delivered to the sensor.'),
  'hinomi.coverage.bytes': Integer('Delivered to the sensor, as on the wire.'),
  'hinomi.coverage.kernel_drops': opt(Integer('Lost between kernel and sensor.')),
  'hinomi.coverage.interface_drops': opt(Integer('Lost by the interface.')),
  'hinomi.coverage.checked': opt(Integer('Packets whose checksums were looked at.')),
  'hinomi.coverage.bad_checksums': opt(Integer('Those of them whose IP, TCP or UDP checksums do not hold.')),
  'hinomi.coverage.flows': Integer('Flow records made.'),
  'hinomi.coverage.flows_both_ways': opt(Integer('Flows of these with packets in both directions.')),
  'hinomi.coverage.flows_max': opt(Integer('Flows that the table holds.')),
  'hinomi.coverage.flows_live': Integer('Flows in the table.'),
  'hinomi.coverage.flows_evicted': Integer('Ended early because the table was full.'),
  'hinomi.coverage.flaws': opt(Objects(ReasonCount, 'Packets, messages and streams not fully decoded, by reason.')),
});
export type CoverageRecord = Static<typeof CoverageRecord>;
