import { type Static, Type } from 'typebox';

export const PublishConfig = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        maxLength: 512,
        pattern: '^mqtts?://',
        description: 'Instead of the address from enrolment. mqtt:// without TLS only to this machine itself.',
      }),
    ),
    keepaliveS: Type.Integer({ default: 30, minimum: 5, maximum: 600, description: 'Finds half-open connections.' }),
    connectMsMax: Type.Integer({
      default: 15_000,
      minimum: 100,
      description: 'Longest a connection may take to open.',
    }),
    backoffMsMax: Type.Integer({
      default: 30_000,
      minimum: 100,
      description: 'Longest wait between two attempts: after an outage all boxes are back within it.',
    }),
    firstMsMax: Type.Integer({
      default: 2_000,
      minimum: 0,
      maximum: 60_000,
      description:
        'The first attempt comes after a random part of this: a district that gets its power back starts at once.',
    }),
    stableMs: Type.Integer({
      default: 30_000,
      minimum: 0,
      description: 'A connection that ends younger than this counts as a failed attempt.',
    }),
    creditStart: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 64,
      description: 'Batches in flight until the collector has said how many.',
    }),
    creditMax: Type.Integer({
      default: 64,
      minimum: 1,
      maximum: 1_024,
      description: 'Bounds what the collector says.',
    }),
    ackTimeoutMs: Type.Integer({
      default: 10_000,
      minimum: 100,
      description: 'A batch not acknowledged for this long is sent again.',
    }),
    laneRetryMs: Type.Integer({
      default: 2_000,
      minimum: 100,
      description: 'A lane that the collector does not take is tried again with one batch after this, then less often.',
    }),
    drainMsMax: Type.Integer({ default: 3_000, minimum: 0, description: 'How long a stop waits for what is pending.' }),
  },
  { additionalProperties: false, default: {} },
);
export type PublishConfig = Static<typeof PublishConfig>;
