import { type Static, Type } from 'typebox';

const MIB = 2 ** 20;

/** Defaults are for the smallest box: a gigabyte of memory and an SD card. */
export const SpoolConfig = Type.Object(
  {
    bytesMax: Type.Integer({
      default: 512 * MIB,
      minimum: MIB,
      description: 'All lanes together. Beyond it the oldest batch of the lowest lane goes first.',
    }),
    laneBytesMax: Type.Object(
      {
        p0: Type.Integer({ default: 128 * MIB, minimum: 64 * 1024, description: 'Alerts, gaps.' }),
        p1: Type.Integer({ default: 256 * MIB, minimum: 64 * 1024, description: 'UTM, assets.' }),
        p2: Type.Integer({ default: 256 * MIB, minimum: 64 * 1024, description: 'dns, tls, http.' }),
        p3: Type.Integer({ default: 384 * MIB, minimum: 64 * 1024, description: 'Flows, metrics.' }),
      },
      { additionalProperties: false, default: {} },
    ),
    queueBytesMax: Type.Integer({
      default: 16 * MIB,
      minimum: 256 * 1024,
      description: 'Records in memory, not on disk yet. Beyond it records are refused and counted.',
    }),
    flushMs: Type.Integer({
      default: 250,
      minimum: 10,
      maximum: 1_000,
      description: 'Longest a record waits in memory before its batch is closed.',
    }),
    syncAll: Type.Boolean({
      default: false,
      description: 'Sync every write, not only those of p0. Safer against power cuts, harder on an SD card.',
    }),
    ackMs: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 10_000,
      description: 'What was acknowledged is deleted at the latest after this, with the next write: spares the disk.',
    }),
    backlogBatches: Type.Integer({
      default: 32,
      minimum: 1,
      description:
        'So many batches that wait at a new connection are backlog: what comes from then on goes before them.',
    }),
    backlogBytes: Type.Integer({
      default: 256 * 1024,
      minimum: 1,
      description: 'So many bytes are backlog too.',
    }),
    generationsMax: Type.Integer({
      default: 8,
      minimum: 2,
      maximum: 16,
      description: 'Backlogs that are kept apart, and what is live; then a longer wait is one of them.',
    }),
    gapMs: Type.Integer({
      default: 60_000,
      minimum: 0,
      description: 'Losses of one kind are reported together, at most this often.',
    }),
    retryMsMax: Type.Integer({ default: 30_000, minimum: 10, description: 'Longest wait after a failed write.' }),
  },
  { additionalProperties: false, default: {} },
);
export type SpoolConfig = Static<typeof SpoolConfig>;
