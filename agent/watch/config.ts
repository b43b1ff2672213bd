import { type Static, Type } from 'typebox';

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
  },
  { additionalProperties: false },
);
export type WatchConfig = Static<typeof WatchConfig>;
