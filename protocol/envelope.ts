import { type Static, Type } from 'typebox';
import { BATCH_RECORDS_MAX } from './base/limits.js';
import { LANES, LaneSchema } from './records/lanes.js';

/** The current version of the batch format. Every released one stays readable (`golden/`). */
export const ENVELOPE_VERSION = 1;

const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const Counter = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** First line of a batch. */
export const BatchHeader = Type.Object({
  v: Type.Literal(ENVELOPE_VERSION),
  epoch: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'Random id of the spool.' }),
  lane: LaneSchema,
  seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Counts up by one per lane.' }),
  count: Type.Integer({ minimum: 1, maximum: BATCH_RECORDS_MAX, description: 'Records that follow.' }),
  boot: Type.String({ maxLength: 64, description: "Random id of the agent's run." }),
  clock: Type.Integer({ description: "The agent's clock when the batch was closed, ms since the epoch." }),
});
export type BatchHeader = Static<typeof BatchHeader>;

/** The collector's own acknowledgement: all batches of the lane up to `seq` are on its disk. */
export const Ack = Type.Object({
  epoch: Id,
  lane: LaneSchema,
  seq: Counter,
  credit: Type.Integer({ minimum: 0, maximum: 1_024, description: 'Batches that may be in flight, all lanes.' }),
  pauseMs: Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'Send nothing for this long.' }),
  // What follows came later and may be left out. An older agent does not know it and waits for its timeouts instead.
  lanes: Type.Optional(
    Type.Array(LaneSchema, {
      maxItems: LANES.length,
      description: 'Taken now. Others wait at the agent. Absent: all.',
    }),
  ),
  again: Type.Optional(
    Type.Boolean({ description: 'What came behind `seq` was turned away: send it again from there.' }),
  ),
  backlogBytesPerS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2 ** 31,
      description: 'What has waited for long is sent at this rate at most, p0 apart. Absent: as fast as it is taken.',
    }),
  ),
});
export type Ack = Static<typeof Ack>;

/** Birth, will and goodbye, on `up/status`. */
export const AgentStatus = Type.Object({
  state: Type.Enum(['online', 'offline', 'goodbye']),
  connection: Type.String({
    maxLength: 64,
    description: 'Random id of the connection: an old will is told from a new birth.',
  }),
  version: Type.Optional(Type.String({ maxLength: 64 })),
  boot: Type.Optional(Type.String({ maxLength: 64 })),
  clock: Type.Optional(Type.Integer()),
});
export type AgentStatus = Static<typeof AgentStatus>;
