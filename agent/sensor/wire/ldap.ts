import { type Bytes, u8 } from './bytes.js';
import { type DerElement, derChildren, derInteger, readDer } from './der.js';
import { ldapFilter } from './ldap-filter.js';

const SEQUENCE = 0x30;
const INTEGER = 2;
const TEXT_BYTES_MAX = 512;
const ATTRIBUTES_MAX = 16;
/** A message's head: its length, its number and the operation. */
export const LDAP_HEAD_BYTES = 18;

/** RFC 4511 4.2 to 4.14: what a message is. */
export const Ldap = {
  BindRequest: 0x60,
  BindResponse: 0x61,
  Unbind: 0x42,
  SearchRequest: 0x63,
  SearchEntry: 0x64,
  SearchDone: 0x65,
  SearchReference: 0x73,
  ModifyRequest: 0x66,
  ModifyResponse: 0x67,
  AddRequest: 0x68,
  AddResponse: 0x69,
  DeleteRequest: 0x4a,
  DeleteResponse: 0x6b,
  RenameRequest: 0x6c,
  RenameResponse: 0x6d,
  CompareRequest: 0x6e,
  CompareResponse: 0x6f,
  Abandon: 0x50,
  ExtendedRequest: 0x77,
  ExtendedResponse: 0x78,
  Intermediate: 0x79,
} as const;
const OPERATIONS: ReadonlySet<number> = new Set(Object.values(Ldap));

export interface LdapHead {
  readonly id: number;
  readonly operation: number;
  /** Where the operation's own element begins. */
  readonly at: number;
  /** Where the message ends, which may be behind what is there. */
  readonly end: number;
}

/** @returns undefined when these are not the first bytes of a message; `end` is that of what is there */
export function readLdapHead(b: Bytes, at: number, end: number): LdapHead | undefined {
  const body = lengthAt(b, at, end);
  if (body === undefined || u8(b, at) !== SEQUENCE || body.start + 3 > end || u8(b, body.start) !== INTEGER)
    return undefined;
  const idBytes = u8(b, body.start + 1);
  const operationAt = body.start + 2 + idBytes;
  if (idBytes < 1 || idBytes > 4 || operationAt + 2 > Math.min(end, body.end)) return undefined;
  const operation = u8(b, operationAt);
  if (!OPERATIONS.has(operation)) return undefined;
  const inner = lengthAt(b, operationAt, end);
  if (inner === undefined || inner.end > body.end) return undefined;
  let id = 0;
  for (let i = 0; i < idBytes; i++) id = id * 256 + u8(b, body.start + 2 + i);
  return { id, operation, at: operationAt, end: body.end };
}

/** Like `readDer`, of an element whose end need not be there. */
function lengthAt(b: Bytes, at: number, end: number): { readonly start: number; readonly end: number } | undefined {
  if (at + 2 > end) return undefined;
  const first = u8(b, at + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthBytes;
  if (first === 0x80 || lengthBytes > 4 || start > end) return undefined;
  let length = lengthBytes === 0 ? first : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + u8(b, at + 2 + i);
  return { start, end: start + length };
}

/** RFC 4511 4.2; [MS-ADTS] 5.1.1.1.3 (Sicily). The password itself is never read. */
export interface LdapBind {
  readonly version: number;
  readonly name: string;
  readonly method: 'simple' | 'sasl' | 'sicily' | 'other';
  readonly hasPassword: boolean;
  readonly mechanism: string | undefined;
  /** Of SASL or Sicily. */
  readonly token: readonly [number, number] | undefined;
}
const SIMPLE = 0x80;
const SASL = 0xa3;
const SICILY: ReadonlySet<number> = new Set([0x89, 0x8a, 0x8b]);

export function readLdapBind(b: Bytes, at: number, end: number): LdapBind | undefined {
  const [version, name, method] = childrenOf(b, at, end, 3);
  if (version === undefined || name === undefined) return undefined;
  const common = { version: derInteger(b, version) ?? 0, name: text(b, name) };
  if (method === undefined)
    return { ...common, method: 'other', hasPassword: false, mechanism: undefined, token: undefined };
  const hasPassword = method.end > method.start;
  if (method.tag === SIMPLE)
    return { ...common, method: 'simple', hasPassword, mechanism: undefined, token: undefined };
  if (SICILY.has(method.tag)) {
    return { ...common, method: 'sicily', hasPassword: false, mechanism: 'sicily', token: [method.start, method.end] };
  }
  const [mechanism, token] = method.tag === SASL ? derChildren(b, method, 2) : [];
  return {
    ...common,
    method: method.tag === SASL ? 'sasl' : 'other',
    hasPassword: false,
    mechanism: mechanism === undefined ? undefined : text(b, mechanism),
    token: token === undefined ? undefined : [token.start, token.end],
  };
}

/** RFC 4511 4.1.9. */
export interface LdapResult {
  readonly code: number;
  readonly message: string;
  /** Of a bind: what the server says in the mechanism. */
  readonly token: readonly [number, number] | undefined;
  /** Of an extended operation. */
  readonly name: string | undefined;
}
const SERVER_TOKEN = 0x87;
const RESPONSE_NAME = 0x8a;

export function readLdapResult(b: Bytes, at: number, end: number): LdapResult | undefined {
  const [code, matched, message, ...more] = childrenOf(b, at, end, 8);
  if (code === undefined || message === undefined) return undefined;
  // With Sicily the token stands where the name that matched does.
  const token = more.find(({ tag }) => tag === SERVER_TOKEN) ?? matched;
  const name = more.find(({ tag }) => tag === RESPONSE_NAME);
  return {
    code: derInteger(b, code) ?? -1,
    message: text(b, message)
      .replace(/[\0\r\n]+/g, ' ')
      .trim(),
    token: token === undefined ? undefined : [token.start, token.end],
    name: name === undefined ? undefined : text(b, name),
  };
}

/** RFC 4511 4.5.1. */
export interface LdapSearch {
  readonly base: string;
  readonly scope: string;
  readonly filter: string;
  /** As far as they are kept. */
  readonly attributes: readonly string[];
}
const SCOPES = ['base', 'one', 'sub', 'subordinates'] as const;

export function readLdapSearch(b: Bytes, at: number, end: number): LdapSearch | undefined {
  const [base, scope, , , , , filter, attributes] = childrenOf(b, at, end, 8);
  if (base === undefined || scope === undefined || filter === undefined) return undefined;
  return {
    base: text(b, base),
    scope: SCOPES[derInteger(b, scope) ?? -1] ?? '',
    filter: ldapFilter(b, filter),
    attributes: attributes === undefined ? [] : derChildren(b, attributes, ATTRIBUTES_MAX).map((each) => text(b, each)),
  };
}

/** The first value of the first attribute of an entry, if it is called `name`. RFC 4511 4.5.2. */
export function readLdapValue(b: Bytes, at: number, end: number, name: string): readonly [number, number] | undefined {
  const [, attributes] = childrenOf(b, at, end, 2);
  const first = attributes === undefined ? undefined : derChildren(b, attributes, 1)[0];
  const [type, values] = first === undefined ? [] : derChildren(b, first, 2);
  if (type === undefined || values === undefined || text(b, type).toLowerCase() !== name) return undefined;
  const value = derChildren(b, values, 1)[0];
  return value === undefined ? undefined : [value.start, value.end];
}

/** The entry that a change is about. RFC 4511 4.6 to 4.10. */
export function readLdapTarget(b: Bytes, at: number, end: number): string {
  const outer = readDer(b, at, end);
  if (outer === undefined) return '';
  if (outer.tag === Ldap.DeleteRequest) return text(b, outer);
  const first = derChildren(b, outer, 1)[0];
  return first === undefined ? '' : text(b, first);
}

/** RFC 4511 4.12: which operation. */
export function readLdapExtension(b: Bytes, at: number, end: number): string {
  const first = childrenOf(b, at, end, 1)[0];
  return first?.tag === SIMPLE ? text(b, first) : '';
}

function childrenOf(b: Bytes, at: number, end: number, max: number): DerElement[] {
  const outer = readDer(b, at, end);
  return outer === undefined ? [] : derChildren(b, outer, max);
}

function text(b: Bytes, { start, end }: DerElement): string {
  return b.toString('utf8', start, Math.min(end, start + TEXT_BYTES_MAX));
}
