import { type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { RECORD_DEPTH_MAX, RECORD_KEY_BYTES_MAX, RECORD_KEYS_MAX } from '../base/limits.js';
import { AlertRecord } from './alert.js';
import { AssetRecord } from './asset.js';
import { CanaryRecord } from './canary.js';
import { COLLECTOR_FIELDS, CONVERSATION, EVERY_RECORD } from './common.js';
import { CoverageRecord } from './coverage.js';
import { DhcpRecord } from './dhcp.js';
import { DnsRecord } from './dns.js';
import { EdrRecord } from './edr.js';
import { EndpointRecord } from './endpoint.js';
import { type FieldKind, Keyword, kindOf } from './field-types.js';
import { FlowRecord } from './flow.js';
import { GapRecord } from './gap.js';
import { HealthRecord } from './health.js';
import { HttpRecord } from './http.js';
import { MetricRecord } from './metric.js';
import { SessionRecord } from './session.js';
import { SourceRecord } from './source.js';
import { TlsRecord } from './tls.js';
import { UtmRecord } from './utm.js';

/** A record as it travels: flat, dotted ECS keys. */
export type AnyRecord = Record<string, unknown>;

/** The record kinds, by `event.dataset`. A new kind is a new line here. */
export const RECORD_KINDS = {
  flow: FlowRecord,
  dns: DnsRecord,
  tls: TlsRecord,
  http: HttpRecord,
  dhcp: DhcpRecord,
  session: SessionRecord,
  utm: UtmRecord,
  edr: EdrRecord,
  asset: AssetRecord,
  gap: GapRecord,
  health: HealthRecord,
  coverage: CoverageRecord,
  alert: AlertRecord,
  canary: CanaryRecord,
  source: SourceRecord,
  endpoint: EndpointRecord,
  metric: MetricRecord,
} as const;
export type Dataset = keyof typeof RECORD_KINDS;

/** A kind that this version does not know yet: the common fields are checked, the rest is kept. */
const OtherRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Keyword('ECS kind.'),
  'event.dataset': Keyword('Record kind.'),
});

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
}

/** Every known field, by name: the union of all kinds and of what the collector adds. */
export const FIELDS: ReadonlyMap<string, Field> = collectFields([
  OtherRecord.properties,
  ...Object.values(RECORD_KINDS).map((kind) => kind.properties),
  COLLECTOR_FIELDS,
]);

function collectFields(sets: Readonly<Record<string, TSchema>>[]): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, schema] of sets.flatMap((set) => Object.entries(set))) {
    const kind = kindOf(schema);
    const known = fields.get(name);
    if (known && known.kind !== kind)
      throw new Error(`${name} is ${known.kind} in one record kind, ${kind} in another`);
    if (!known) fields.set(name, { name, kind, description: (schema as { description?: string }).description ?? '' });
  }
  return fields;
}

/** By `event.dataset`. Made when the first record of a kind is checked: who only makes records starts faster. */
const checks = new Map<string, Validator>();

function checkOf(dataset: unknown): Validator {
  const isKnown = typeof dataset === 'string' && Object.hasOwn(RECORD_KINDS, dataset);
  const name = isKnown ? (dataset as Dataset) : '';
  let check = checks.get(name);
  if (check === undefined) {
    check = Compile(name === '' ? OtherRecord : RECORD_KINDS[name]) as unknown as Validator;
    checks.set(name, check);
  }
  return check;
}

/** Half of a pair: no UTF-8 stands for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Known names that a box may send: nothing about them has to be looked at again for each record. */
const OWN_KEYS: ReadonlySet<string> = new Set(
  [...FIELDS.keys()].filter((key) => !Object.hasOwn(COLLECTOR_FIELDS, key)),
);

/**
 * Why a parsed JSON value is no record, in words for the dead-letter store, or undefined when it is one.
 * Never throws. Unknown fields are allowed, so that a newer agent can talk to an older collector.
 */
export function flawOfRecord(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object';
  const record = value as AnyRecord;
  const keys = Object.keys(record);
  if (keys.length > RECORD_KEYS_MAX) return `more than ${RECORD_KEYS_MAX} keys`;
  for (const key of keys) {
    const inner = record[key];
    if (OWN_KEYS.has(key)) {
      if (typeof inner === 'object' && isDeeperThan(inner, RECORD_DEPTH_MAX)) return `${key} nests too deeply`;
      continue;
    }
    if (key.length > RECORD_KEY_BYTES_MAX || key === '__proto__' || LONE_SURROGATE.test(key))
      return `key not allowed: ${key.slice(0, 40)}`;
    if (Object.hasOwn(COLLECTOR_FIELDS, key)) return `${key} is set by the collector alone`;
    if (isDeeperThan(inner, RECORD_DEPTH_MAX)) return `${key} nests too deeply`;
  }
  const check = checkOf(record['event.dataset']);
  if (check.Check(record)) return undefined;
  const first = [...check.Errors(record)][0];
  return first === undefined ? 'invalid' : `${first.instancePath.slice(1) || 'record'} ${first.message}`;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, depth - 1));
}
