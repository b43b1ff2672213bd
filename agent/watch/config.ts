import { type Static, Type } from 'typebox';
import { FILTER_CHARACTERS_MAX, SNAP_BYTES_MAX } from '../../protocol/capture.js';

const MIB = 2 ** 20;

/** The packets of the last minutes, on the box's own disk. Without this section none are kept. */
export const RingConfig = Type.Object(
  {
    minutes: Type.Integer({ default: 10, minimum: 1, maximum: 1_440, description: 'Older packets are deleted.' }),
    bytesMax: Type.Integer({
      default: 256 * MIB,
      minimum: 16 * MIB,
      maximum: 2 ** 36,
      description: 'Of all files together; the oldest packets are deleted first.',
    }),
    snapBytes: Type.Integer({
      default: 65_535,
      minimum: 64,
      maximum: SNAP_BYTES_MAX,
      description: 'Bytes kept of a packet.',
    }),
    bytesPerSMax: Type.Integer({
      default: 4 * MIB,
      minimum: 1_024,
      maximum: 2 ** 30,
      description: 'Written in a second at most, for the sake of the disk; packets beyond are not kept, and counted.',
    }),
    filter: Type.String({
      default: '',
      maxLength: FILTER_CHARACTERS_MAX,
      description: "Which packets are kept, in the words of tcpdump's filters (docs/capture.md). Default: all.",
    }),
  },
  { additionalProperties: false },
);
export type RingConfig = Static<typeof RingConfig>;

export const WatchConfig = Type.Object(
  {
    executable: Type.Optional(
      Type.String({ description: 'A copy of node that may open raw sockets. Default: the node that runs the agent.' }),
    ),
    deafMs: Type.Integer({
      default: 5_000,
      minimum: 100,
      maximum: 600_000,
      description: 'Packets arrive at the kernel or the interface for this long, but none at the sensor: deaf.',
    }),
    hungMs: Type.Integer({
      default: 15_000,
      minimum: 100,
      maximum: 600_000,
      description: 'No word from the sensor for this long: hung.',
    }),
    startMs: Type.Integer({
      default: 60_000,
      minimum: 100,
      maximum: 600_000,
      description: 'Longest time until the first word. A small box that is busy takes many seconds.',
    }),
    checkMs: Type.Integer({
      default: 1_000,
      minimum: 10,
      maximum: 60_000,
      description: 'How often that is looked at.',
    }),
    restartMs: Type.Integer({
      default: 500,
      minimum: 10,
      maximum: 60_000,
      description: 'First wait before a restart.',
    }),
    restartMsMax: Type.Integer({
      default: 30_000,
      minimum: 10,
      maximum: 3_600_000,
      description: 'Longest wait before a restart: also how soon an interface that comes back is noticed.',
    }),
    steadyMs: Type.Integer({
      default: 60_000,
      minimum: 10,
      maximum: 3_600_000,
      description: 'A sensor that ran for this long is restarted without delay.',
    }),
    closeMs: Type.Integer({
      default: 6_000,
      minimum: 10,
      maximum: 60_000,
      description: 'How long the sensor may take to hand over its last records.',
    }),
    ring: Type.Optional(RingConfig),
  },
  { additionalProperties: false },
);
export type WatchConfig = Static<typeof WatchConfig>;
