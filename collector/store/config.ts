import { type Static, Type } from 'typebox';

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
  },
  { additionalProperties: false },
);
export type StoreConfig = Static<typeof StoreConfig>;
