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
  'hinomi.coverage.bad_checksums': opt(Integer('IP, TCP or UDP checksums that do not hold.')),
  'hinomi.coverage.flows': Integer('Flow records made.'),
  'hinomi.coverage.flows_live': Integer('Flows in the table.'),
  'hinomi.coverage.flows_evicted': Integer('Ended early because the table was full.'),
  'hinomi.coverage.flaws': opt(Objects(ReasonCount, 'Packets not fully decoded, by reason.')),
});
export type CoverageRecord = Static<typeof CoverageRecord>;
