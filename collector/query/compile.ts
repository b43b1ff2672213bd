import { isIP } from 'node:net';
import type { Field } from '../../protocol/records/records.js';
import type { Node, Value } from './ast.js';
import { fieldsOf, suggest, TEXT_FIELDS } from './fields.js';
import { parseTime } from './time.js';
import { queryError } from './tokens.js';

export interface Condition {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

export interface CompileDeps {
  /** The SQL of a field: its column, or undefined when it has none and lives in the rest column. */
  columnOf(name: string): string | undefined;
  /** The column of what has no column: Map(String, String) of JSON text. */
  readonly restColumn: string;
  readonly nowMs: number;
}

/**
 * Turns a query into SQL for ClickHouse. Nothing that the user wrote is in the SQL: values, names of open fields and
 * patterns are parameters. @throws QUERY_INVALID with `position`
 */
export function compile(node: Node, deps: CompileDeps): Condition {
  const compiler = new Compiler(deps);
  const sql = compiler.node(node);
  return { sql, params: compiler.params };
}

class Compiler {
  readonly params: Record<string, string | number | boolean> = {};
  readonly #deps: CompileDeps;
  #count = 0;

  constructor(deps: CompileDeps) {
    this.#deps = deps;
  }

  node(node: Node): string {
    switch (node.type) {
      case 'all':
        return '1';
      case 'and':
        return `(${node.parts.map((part) => this.node(part)).join(' AND ')})`;
      case 'or':
        return `(${node.parts.map((part) => this.node(part)).join(' OR ')})`;
      case 'not':
        // A field that is absent does not match, so its negation does: three-valued logic would lose such records.
        return `NOT ifNull(${this.node(node.part)}, 0)`;
      case 'text':
        return this.#text(node.text);
      case 'match':
        return this.#match(node.field, node.value, node.at);
    }
  }

  #bind(value: string | number | boolean, type: string): string {
    const name = `p${this.#count++}`;
    this.params[name] = value;
    return `{${name}:${type}}`;
  }

  /** Anywhere in the texts of a record, whatever its case. */
  #text(text: string): string {
    const needle = this.#bind(text, 'String');
    const parts = TEXT_FIELDS.map(
      (field) => `positionCaseInsensitiveUTF8(ifNull(${this.#column(field)}, ''), ${needle}) > 0`,
    );
    if (isIP(text) !== 0) parts.push(this.#match('ip', { type: 'term', text, isQuoted: true, at: 0 }, 0));
    return `(${parts.join(' OR ')})`;
  }

  #match(name: string, value: Value, at: number): string {
    const fields = fieldsOf(name);
    if (fields === undefined) {
      const near = suggest(name);
      throw queryError(
        `there is no field ${name.slice(0, 60)}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`,
        at,
      );
    }
    const parts = fields.map((field) => `ifNull(${this.#field(field, value)}, 0)`);
    return parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`;
  }

  #column(name: string): string {
    const column = this.#deps.columnOf(name);
    if (column !== undefined) return column;
    const json = `${this.#deps.restColumn}[${this.#bind(name, 'String')}]`;
    return `if(startsWith(${json}, '"'), JSONExtractString(${json}), ${json})`;
  }

  #field(field: Field, value: Value): string {
    const column = this.#column(field.name);
    const isArray = field.kind.endsWith('[]');
    if (value.type === 'exists') {
      if (isArray) return `notEmpty(${column})`;
      return this.#deps.columnOf(field.name) === undefined ? `${column} != ''` : `isNotNull(${column})`;
    }
    if (!isArray) return this.#test(field, column, value);
    const test = this.#test(field, 'x', value);
    return `arrayExists(x -> ${test}, ${column})`;
  }

  #test(field: Field, column: string, value: Exclude<Value, { type: 'exists' }>): string {
    switch (field.kind) {
      case 'ip':
      case 'ip[]':
        return this.#ip(field, column, value);
      case 'integer':
      case 'integer[]':
      case 'float':
        return this.#number(field, column, value);
      case 'date':
        return this.#date(column, value);
      case 'boolean':
        return this.#boolean(field, column, value);
      default:
        return this.#string(field, column, value);
    }
  }

  #ip(field: Field, column: string, value: Exclude<Value, { type: 'exists' }>): string {
    if (value.type === 'range') throw queryError(`${field.name} takes an address or a network, not a range`, value.at);
    const text = plain(value.text, value.isQuoted);
    const [address = '', prefix, ...more] = text.split('/');
    const version = isIP(address);
    if (version !== 0 && prefix === undefined) return `${column} = toIPv6(${this.#bind(text, 'String')})`;
    const bits = Number(prefix);
    const isNetwork =
      version !== 0 && more.length === 0 && /^\d{1,3}$/.test(prefix ?? '') && bits <= (version === 4 ? 32 : 128);
    if (isNetwork)
      return this.#network(column, version === 4 ? `::ffff:${address}` : address, version === 4 ? bits + 96 : bits);
    if (/[*?]/.test(text) && !value.isQuoted) {
      return `replaceOne(IPv6NumToString(assumeNotNull(${column})), '::ffff:', '') LIKE ${this.#bind(likePattern(value.text), 'String')} AND isNotNull(${column})`;
    }
    throw queryError(
      `${field.name} takes an address such as 192.168.1.10 or a network such as 192.168.0.0/16`,
      value.at,
    );
  }

  #network(column: string, address: string, bits: number): string {
    const range = `IPv6CIDRToRange(toIPv6(${this.#bind(address, 'String')}), ${this.#bind(bits, 'UInt8')})`;
    return `(${column} >= tupleElement(${range}, 1) AND ${column} <= tupleElement(${range}, 2))`;
  }

  #number(field: Field, column: string, value: Exclude<Value, { type: 'exists' }>): string {
    const toNumber = (text: string): number => {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(number))
        throw queryError(`${field.name} takes a number, not ${text.slice(0, 40)}`, value.at);
      return number;
    };
    if (value.type === 'term')
      return `${column} = ${this.#bind(toNumber(plain(value.text, value.isQuoted)), 'Float64')}`;
    return this.#range(value, (bound, sign) => `${column} ${sign} ${this.#bind(toNumber(bound), 'Float64')}`);
  }

  #date(column: string, value: Exclude<Value, { type: 'exists' }>): string {
    const bind = (text: string): string =>
      `fromUnixTimestamp64Milli(${this.#bind(this.#time(text, value.at), 'Int64')})`;
    if (value.type === 'term') return `${column} = ${bind(plain(value.text, value.isQuoted))}`;
    return this.#range(value, (bound, sign) => `${column} ${sign} ${bind(bound)}`);
  }

  #time(text: string, at: number): number {
    try {
      return parseTime(text, this.#deps.nowMs);
    } catch (error) {
      throw queryError((error as Error).message, at);
    }
  }

  #boolean(field: Field, column: string, value: Exclude<Value, { type: 'exists' }>): string {
    if (value.type === 'term' && /^(true|false)$/i.test(value.text)) {
      return `${column} = ${this.#bind(value.text.toLowerCase() === 'true', 'Bool')}`;
    }
    throw queryError(`${field.name} is true or false`, value.at);
  }

  /** Case does not matter: names of hosts and people are written in any. */
  #string(field: Field, column: string, value: Exclude<Value, { type: 'exists' }>): string {
    if (value.type === 'range') {
      if (field.kind === 'object') throw queryError(`${field.name} has no order`, value.at);
      return this.#range(value, (bound, sign) => `${column} ${sign} ${this.#bind(bound, 'String')}`);
    }
    const isPart = field.kind === 'text' || field.kind === 'object';
    const text = plain(value.text, value.isQuoted);
    if (!value.isQuoted && /(?<!\\)[*?]/.test(value.text)) {
      return `${column} ILIKE ${this.#bind(likePattern(value.text), 'String')}`;
    }
    if (isPart) return `positionCaseInsensitiveUTF8(ifNull(${column}, ''), ${this.#bind(text, 'String')}) > 0`;
    return `lowerUTF8(${column}) = lowerUTF8(${this.#bind(text, 'String')})`;
  }

  #range(value: Extract<Value, { type: 'range' }>, test: (bound: string, sign: string) => string): string {
    const parts: string[] = [];
    if (value.from) parts.push(test(value.from.text, value.from.isInclusive ? '>=' : '>'));
    if (value.to) parts.push(test(value.to.text, value.to.isInclusive ? '<=' : '<'));
    return parts.length === 0 ? '1' : `(${parts.join(' AND ')})`;
  }
}

function plain(text: string, isQuoted: boolean): string {
  return isQuoted ? text : text.replaceAll(/\\(.)/g, '$1');
}

/** `*` and `?` as LIKE's `%` and `_`; what LIKE would take for a sign is escaped. */
function likePattern(text: string): string {
  return text.replaceAll(/\\(.)|([%_])|(\*)|(\?)|(\\)/g, (_all, escaped, sign, star, question) => {
    if (escaped !== undefined) return /[%_\\]/.test(escaped) ? `\\${escaped}` : escaped;
    if (sign !== undefined) return `\\${sign}`;
    return star === undefined ? (question === undefined ? '\\\\' : '_') : '%';
  });
}
