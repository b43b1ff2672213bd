import { type Static, type TProperties, Type } from 'typebox';
import { LOG_LEVELS } from './base/log.js';
import { FILTER_CHARACTERS_MAX, SNAP_BYTES_MAX } from './capture.js';

/**
 * What of a box's configuration may be changed from afar; all else, such as who it is, where its data lie, whom it talks
 * to and what its office allows, is not here and so cannot be. Each key means what it means in the box's own file, which
 * stands where a key is missing. The bounds are those of the box or narrower; a test of the agent compares them.
 */
const MIB = 2 ** 20;

const section = <P extends TProperties>(properties: P) =>
  Type.Optional(Type.Object(properties, { additionalProperties: false }));
const integer = (minimum: number, maximum: number) => Type.Optional(Type.Integer({ minimum, maximum }));
const flag = () => Type.Optional(Type.Boolean());
const texts = (itemsMax: number) => Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: itemsMax }));

const DISK_BYTES_MAX = 64 * 2 ** 30;
const MEMORY_BYTES_MAX = 256 * MIB;
const HOUR_MS = 3_600_000;

const Lane = integer(64 * 1024, DISK_BYTES_MAX);

const Spool = {
  bytesMax: integer(16 * MIB, DISK_BYTES_MAX),
  laneBytesMax: section({ p0: Lane, p1: Lane, p2: Lane, p3: Lane }),
  queueBytesMax: integer(MIB, MEMORY_BYTES_MAX),
  flushMs: integer(10, 1_000),
  syncAll: flag(),
  gapMs: integer(0, HOUR_MS),
  retryMsMax: integer(10, HOUR_MS),
};

const Publish = {
  keepaliveS: integer(5, 600),
  connectMsMax: integer(100, 120_000),
  backoffMsMax: integer(100, HOUR_MS),
  stableMs: integer(0, HOUR_MS),
  creditStart: integer(1, 64),
  creditMax: integer(1, 1_024),
  ackTimeoutMs: integer(100, HOUR_MS),
  drainMsMax: integer(0, 60_000),
};

const Watch = {
  deafMs: integer(100, 600_000),
  hungMs: integer(100, 600_000),
  startMs: integer(100, 600_000),
  checkMs: integer(10, 60_000),
  restartMs: integer(10, 60_000),
  restartMsMax: integer(10, HOUR_MS),
  steadyMs: integer(10, HOUR_MS),
  /** Only where the office's policy allows that packets are kept. */
  ring: section({
    minutes: integer(1, 1_440),
    bytesMax: integer(16 * MIB, DISK_BYTES_MAX),
    snapBytes: integer(64, SNAP_BYTES_MAX),
    bytesPerSMax: integer(1_024, 2 ** 30),
    filter: Type.Optional(Type.String({ maxLength: FILTER_CHARACTERS_MAX })),
  }),
};

const Pipeline = {
  local: texts(256),
  datasets: texts(32),
  dropBadChecksums: flag(),
  flowsMax: integer(16, 1_048_576),
  tcpIdleS: integer(1, 86_400),
  udpIdleS: integer(1, 86_400),
  icmpIdleS: integer(1, 86_400),
  longFlowS: integer(0, 86_400),
  utcOffsetMin: integer(-720, 840),
  unansweredPerS: integer(0, 1_000_000),
};

export const RemoteSettings = Type.Object(
  {
    logLevel: Type.Optional(Type.Enum([...LOG_LEVELS])),
    spool: section(Spool),
    publish: section(Publish),
    health: section({ everyMs: integer(1_000, HOUR_MS) }),
    canary: section({ isOn: flag(), everyMs: integer(60_000, 7 * 86_400_000) }),
    watch: section(Watch),
    sensor: section({ pipeline: section(Pipeline), output: section({ bufferBytes: integer(MIB, MEMORY_BYTES_MAX) }) }),
  },
  { additionalProperties: false },
);
export type RemoteSettings = Static<typeof RemoteSettings>;

/** Every key that is set, dotted: `sensor.pipeline.flowsMax`; of an empty section its own, since that sets its defaults. */
export function keysOfSettings(settings: object, prefix = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
      ? keysOfSettings(value, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

/** One key that may be set from afar, and what it takes. */
export const SettingField = Type.Object({
  key: Type.String({ description: 'Dotted: sensor.pipeline.flowsMax.' }),
  kind: Type.Enum(['integer', 'boolean', 'text', 'texts', 'choice']),
  minimum: Type.Optional(Type.Integer()),
  maximum: Type.Optional(Type.Integer()),
  lengthMax: Type.Optional(Type.Integer({ description: 'Of a text.' })),
  itemsMax: Type.Optional(Type.Integer({ description: 'Of texts.' })),
  choices: Type.Optional(Type.Array(Type.String())),
});
export type SettingField = Static<typeof SettingField>;

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
}

/** Every key that may be set from afar and what it takes, in the order of the schema. */
export function fieldsOfSettings(shape: Shape = RemoteSettings, path = ''): SettingField[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const key = `${path}${name}`;
    return inner.type === 'object' ? fieldsOfSettings(inner, `${key}.`) : [fieldOf(key, inner)];
  });
}

function fieldOf(key: string, shape: Shape): SettingField {
  const { type, minimum, maximum, maxLength, maxItems } = shape;
  if (shape.enum !== undefined) return { key, kind: 'choice', choices: [...shape.enum] };
  if (type === 'boolean') return { key, kind: 'boolean' };
  if (type === 'array') return { key, kind: 'texts', ...(maxItems !== undefined && { itemsMax: maxItems }) };
  if (type === 'string') return { key, kind: 'text', ...(maxLength !== undefined && { lengthMax: maxLength }) };
  return { key, kind: 'integer', ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}
