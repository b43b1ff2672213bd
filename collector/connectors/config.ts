import { type Static, Type } from 'typebox';

export const ConnectorsConfig = Type.Object(
  {
    pollMs: Type.Integer({
      default: 60_000,
      minimum: 100,
      maximum: 3_600_000,
      description: 'From one look at a list of an EDR cloud to the next, where its limits allow it.',
    }),
    inventoryMs: Type.Integer({
      default: 3_600_000,
      minimum: 100,
      maximum: 86_400_000,
      description: 'The same for the list of endpoints.',
    }),
    overlapMs: Type.Integer({
      default: 900_000,
      minimum: 300_000,
      maximum: 43_200_000,
      description: 'Each look begins so long before the last one: what came late there is found.',
    }),
    sweepMs: Type.Integer({
      default: 14_400_000,
      minimum: 600_000,
      maximum: 86_400_000,
      description: 'So often everything that the cloud still has is looked at: what came very late is found.',
    }),
    timeoutMs: Type.Integer({ default: 30_000, minimum: 100, maximum: 300_000, description: 'Longest for an answer.' }),
    answerBytesMax: Type.Integer({
      default: 32 * 2 ** 20,
      minimum: 2 ** 16,
      maximum: 2 ** 28,
      description: 'Largest answer, unpacked.',
    }),
    silentMs: Type.Integer({
      default: 3_600_000,
      minimum: 1_000,
      maximum: 86_400_000,
      description: 'No good answer for so long: an alert.',
    }),
    jobMs: Type.Integer({
      default: 10_000,
      minimum: 20,
      maximum: 600_000,
      description: 'How often the state of an isolation that is under way is read.',
    }),
    heldMs: Type.Integer({
      default: 300_000,
      minimum: 20,
      maximum: 3_600_000,
      description: 'The same while the isolation lasts.',
    }),
    effectMs: Type.Integer({
      default: 3_600_000,
      minimum: 100,
      maximum: 604_800_000,
      description: 'An isolation that has no effect for so long has timed out.',
    }),
    remindMs: Type.Integer({
      default: 86_400_000,
      minimum: 100,
      maximum: 2_592_000_000,
      description: 'An isolation that lasts for so long gives an alert, and again each time.',
    }),
    perSecond: Type.Integer({
      default: 10,
      minimum: 1,
      description: 'Requests by one credential, all tenants together.',
    }),
    perMinute: Type.Integer({ default: 100, minimum: 1, description: 'The same in a minute.' }),
    perHour: Type.Integer({ default: 1_000, minimum: 1, description: 'The same in an hour.' }),
    perDay: Type.Integer({ default: 200_000, minimum: 1, description: 'The same in a day.' }),
  },
  { additionalProperties: false },
);
export type ConnectorsConfig = Static<typeof ConnectorsConfig>;

/** Accounts of all makers, and jobs that are kept. */
export const ACCOUNTS_MAX = 100;
export const JOBS_OPEN_MAX = 1_000;
/** What is remembered of what is stored, for each account. */
export const SEEN_MAX = 200_000;
