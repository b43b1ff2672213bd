import { type Static, Type } from 'typebox';

const Days = Type.Integer({ minimum: 1, maximum: 36_500 });

/** For those that are not named: `default`. What tells of people and attacks is kept longest. */
export const RETENTION_DAYS: Readonly<Record<string, number>> = {
  default: 180,
  flow: 90,
  alert: 1_095,
  gap: 1_095,
  asset: 730,
  utm: 365,
  edr: 365,
  session: 365,
  dhcp: 365,
  canary: 365,
  coverage: 90,
  source: 90,
  health: 30,
  metric: 30,
};
const builtIn = Object.entries(RETENTION_DAYS)
  .map(([dataset, days]) => `${dataset} ${days}`)
  .join(', ');

export const StoreConfig = Type.Object(
  {
    url: Type.Optional(
      Type.String({ maxLength: 512, pattern: '^https?://', description: 'A ClickHouse server; default: embedded.' }),
    ),
    queryS: Type.Integer({ default: 15, minimum: 1, maximum: 600, description: 'Longest a query may run.' }),
    queryBytesMax: Type.Integer({
      default: 512 * 2 ** 20,
      minimum: 2 ** 24,
      description: 'Memory of one query.',
    }),
    queriesMax: Type.Integer({
      default: 64,
      minimum: 1,
      maximum: 4_096,
      description: 'Queries that run or wait for their turn. Beyond this they are turned away.',
    }),
    engineBytesMax: Type.Integer({
      default: 1_536 * 2 ** 20,
      minimum: 256 * 2 ** 20,
      description: 'Resident memory of the engine. It refuses queries at three quarters, and is killed beyond.',
    }),
    retentionDays: Type.Record(Type.String({ pattern: '^[a-z_]{1,64}$' }), Days, {
      default: {},
      description: `Days that records are kept, by event.dataset; "default" is for those that are not named. Built in: ${builtIn}.`,
    }),
    diskBytesMax: Type.Optional(
      Type.Integer({
        minimum: 2 ** 26,
        description: 'What the table may take of the disk; default: all but a reserve.',
      }),
    ),
    diskWarnDays: Type.Integer({
      default: 28,
      minimum: 1,
      maximum: 3_650,
      description: 'An alert is raised when the disk will be full in so many days.',
    }),
    diskCheckMs: Type.Integer({ default: 10_000, minimum: 50, description: 'How often free space is looked at.' }),
    insertS: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 3_600,
      description: 'Longest an insert may take before the engine is killed; twice as long each time it happens again.',
    }),
    startS: Type.Integer({
      default: 600,
      minimum: 1,
      maximum: 7_200,
      description: 'Longest the engine may take to open the table.',
    }),
    hungS: Type.Integer({
      default: 20,
      minimum: 1,
      maximum: 600,
      description: 'No word from the engine for this long: hung.',
    }),
    engineSteadyS: Type.Integer({
      default: 900,
      minimum: 1,
      maximum: 86_400,
      description: 'After a restart, without another one for so long: the alert is over.',
    }),
  },
  { additionalProperties: false },
);
export type StoreConfig = Static<typeof StoreConfig>;
