import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Float, Integer, Keyword } from './field-types.js';

const opt = Type.Optional;

/** The agent about itself, once a minute. */
export const HealthRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('metric', 'ECS kind.'),
  'event.dataset': Constant('health', 'Record kind.'),
  'hinomi.health.version': Keyword('Version of the agent.'),
  'hinomi.health.uptime_s': Integer('Seconds since the agent started.'),
  'hinomi.health.sensor_restarts': Integer('Since the agent started.'),
  'hinomi.health.spool_bytes': Integer('Waiting on disk.'),
  'hinomi.health.spool_batches': Integer('Waiting on disk.'),
  'hinomi.health.accepted_records': Integer('Stored in the spool since it was made.'),
  'hinomi.health.memory_bytes': opt(Integer('Resident memory of the agent.')),
  'hinomi.health.load': opt(Float('One-minute load average.')),
});
export type HealthRecord = Static<typeof HealthRecord>;
