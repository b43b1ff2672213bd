import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Float, Instant, Integer, Ips, Keyword } from './field-types.js';

const opt = Type.Optional;

/** One figure of a device over some minutes. What counts up at the device is a rate here. */
export const MetricRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('metric', 'ECS kind.'),
  'event.dataset': Constant('metric', 'Record kind.'),
  'event.start': Instant('Of the first value.'),
  'event.end': Instant('Of the last value.'),
  'hinomi.endpoint.id': Keyword('As the configuration of the box calls it.'),
  'hinomi.endpoint.name': Keyword('For people.'),
  'hinomi.metric.name': Keyword('interface.in, cpu.usage, ups.charge, ...'),
  'hinomi.metric.instance': opt(Keyword('Which one, where there are several: an interface, a disk, a toner.')),
  'hinomi.metric.unit': Keyword('bit/s, 1/s, percent, celsius, minutes, ...'),
  'hinomi.metric.value': Float('The last value.'),
  'hinomi.metric.min': Float('The lowest.'),
  'hinomi.metric.avg': Float('The mean.'),
  'hinomi.metric.max': Float('The highest.'),
  'hinomi.metric.count': Integer('Values in that time.'),
  'host.name': opt(Keyword("The device's name, as it says.")),
  'host.ip': opt(Ips('Addresses.')),
});
export type MetricRecord = Static<typeof MetricRecord>;
