import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Instant, Integer, Keyword } from './field-types.js';

const opt = Type.Optional;

/** Records known to be lost. Loss is never silent. */
export const GapRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('gap', 'Record kind.'),
  'hinomi.gap.lane': Keyword('The lane whose records were lost.'),
  'hinomi.gap.reason': Keyword('spool_full, spool_damaged, power_cut, queue_full, sensor_died, ...'),
  'hinomi.gap.count': opt(Integer('Records lost, where known.')),
  'hinomi.gap.bytes': opt(Integer('Bytes lost, where known.')),
  'hinomi.gap.epoch': opt(Keyword('The spool they were in.')),
  'hinomi.gap.seq_from': opt(Integer('First lost batch.')),
  'hinomi.gap.seq_to': opt(Integer('Last lost batch.')),
  'event.start': opt(Instant('Earliest lost record, where known.')),
  'event.end': opt(Instant('Latest lost record, where known.')),
});
export type GapRecord = Static<typeof GapRecord>;
