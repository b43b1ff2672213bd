import type { FieldKind } from '../../../protocol/records/field-types.js';
import { instantMicros, isPlainIp } from '../../../protocol/records/field-types.js';
import type { GrowingBytes } from './bytes.js';

/** How values of one type are written. */
export interface ValueType {
  /** What ClickHouse calls it. */
  readonly type: string;
  /** Whether a missing value is a null; a list is empty instead. */
  readonly isNullable: boolean;
  /** Bytes that stand for a missing value: all zero. 0 for lists. */
  readonly emptyBytes: number;
  /** Writes it, or writes nothing and says no when the type does not give it back as it is. */
  put(value: unknown, to: GrowingBytes): boolean;
}

/** Half of a pair: no UTF-8 stands for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const isText = (value: unknown): value is string => typeof value === 'string' && !LONE_SURROGATE.test(value);

const text: ValueType = {
  type: 'String',
  isNullable: true,
  emptyBytes: 1,
  put(value, to) {
    if (!isText(value)) return false;
    to.text(value);
    return true;
  },
};

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const MAPPED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const GROUPS = 8;

function putIp(value: unknown, to: GrowingBytes): boolean {
  if (typeof value !== 'string' || !isPlainIp(value)) return false;
  if (!value.includes(':')) {
    to.bytes(MAPPED);
    putV4(value, to);
    return true;
  }
  putV6(value, to);
  return true;
}

function putV4(address: string, to: GrowingBytes): void {
  let part = 0;
  for (let index = 0; index < address.length; index++) {
    const code = address.charCodeAt(index);
    if (code === 0x2e) {
      to.byte(part);
      part = 0;
    } else part = part * 10 + code - 0x30;
  }
  to.byte(part);
}

/** RFC 4291 2.2; the address is known to be one. */
function putV6(address: string, to: GrowingBytes): void {
  const plain = address.replace(/[^:]+$/, (last) => (V4.test(last) ? groupsOfV4(last) : last));
  const [left = '', right] = plain.split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  for (const group of before) putGroup(group, to);
  to.zeros(2 * (GROUPS - before.length - after.length));
  for (const group of after) putGroup(group, to);
}

function putGroup(hex: string, to: GrowingBytes): void {
  const value = Number.parseInt(hex, 16);
  to.byte(value >> 8);
  to.byte(value & 0xff);
}

function groupsOfV4(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

const ip: ValueType = { type: 'IPv6', isNullable: true, emptyBytes: 16, put: putIp };

const integer: ValueType = {
  type: 'Int64',
  isNullable: true,
  emptyBytes: 8,
  put(value, to) {
    if (!Number.isSafeInteger(value)) return false;
    to.int64(value as number);
    return true;
  },
};

const float: ValueType = {
  type: 'Float64',
  isNullable: true,
  emptyBytes: 8,
  put(value, to) {
    if (!Number.isFinite(value)) return false;
    to.float64(value as number);
    return true;
  },
};

const boolean: ValueType = {
  type: 'Bool',
  isNullable: true,
  emptyBytes: 1,
  put(value, to) {
    if (typeof value !== 'boolean') return false;
    to.byte(value ? 1 : 0);
    return true;
  },
};

const date: ValueType = {
  type: "DateTime64(6, 'UTC')",
  isNullable: true,
  emptyBytes: 8,
  put(value, to) {
    const micros = typeof value === 'string' ? instantMicros(value) : undefined;
    if (micros === undefined) return false;
    if (typeof micros === 'bigint') to.bigInt64(micros);
    else to.int64(micros);
    return true;
  },
};

const object: ValueType = {
  type: 'String',
  isNullable: true,
  emptyBytes: 1,
  put(value, to) {
    if (value === undefined) return false;
    to.text(JSON.stringify(value));
    return true;
  },
};

export const VALUE_TYPES: Readonly<Record<FieldKind, ValueType>> = {
  keyword: text,
  text,
  ip,
  integer,
  float,
  boolean,
  date,
  object,
  'keyword[]': listOf(text),
  'ip[]': listOf(ip),
  'integer[]': listOf(integer),
};

/** Its items are written by `ListColumn`, which knows this by the type of the items. */
function listOf(items: ValueType): ValueType & { readonly items: ValueType } {
  return { type: `Array(${items.type})`, isNullable: false, emptyBytes: 0, put: () => false, items };
}

export const itemsOf = (type: ValueType): ValueType | undefined => (type as { items?: ValueType }).items;
