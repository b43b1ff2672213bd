import { findNtlm } from './ntlm.js';

/** RFC 9112: the start line and the header fields that records are made of. */
export interface HttpHead {
  readonly isRequest: boolean;
  /** 1.0 or 1.1; 0.9 when a request names none. */
  readonly version: string;
  /** Of a request. */
  readonly method: string;
  readonly target: string;
  /** Of a response; 0 of a request. */
  readonly status: number;
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  readonly referrer: string | undefined;
  readonly mimeType: string | undefined;
  /** How the body is packed: gzip, br, ... */
  readonly encoding: string | undefined;
  readonly server: string | undefined;
  readonly upgrade: string | undefined;
  /** The scheme of (Proxy-)Authorization, and the user of Basic, Digest and NTLM. The rest is never kept. */
  readonly authMethod: string | undefined;
  readonly user: string | undefined;
  /** What a login by NTLM says beside the user. */
  readonly domain: string | undefined;
  readonly clientName: string | undefined;
  /** What a login by Negotiate or NTLM sends, whichever side. */
  readonly token: Buffer | undefined;
  readonly contentLength: number | undefined;
  readonly isChunked: boolean;
}

const VALUE_CHARACTERS_MAX = 1_024;
const TARGET_CHARACTERS_MAX = 8_000;
const FIELDS_MAX = 256;
const REQUEST_LINE = /^([A-Za-z_.!#$%&'*+^`|~0-9-]{1,40}) +(.*?)(?: +HTTP\/(\d+\.\d+))? *$/;
const TOKEN = /^(?:ntlm|negotiate) +([A-Za-z0-9+/=]+)$/i;
const STATUS_LINE = /^HTTP\/(\d+\.\d+) +(\d{3})(?: |$)/;

/** @param text a head as Latin-1, without the empty line behind it @returns undefined when it is none */
export function parseHttpHead(text: string): HttpHead | undefined {
  const lineEnd = text.indexOf('\n');
  const line = (lineEnd < 0 ? text : text.slice(0, lineEnd)).trimEnd();
  const status = STATUS_LINE.exec(line);
  const request = status === null ? REQUEST_LINE.exec(line) : null;
  if (status === null && request === null) return undefined;
  const start: HttpStart = {
    isRequest: request !== null,
    version: status?.[1] ?? request?.[3] ?? '0.9',
    method: request?.[1] ?? '',
    target: request?.[2] ?? '',
    status: Number(status?.[2] ?? 0),
  };
  return makeHttpHead(start, readFields(lineEnd < 0 ? '' : text.slice(lineEnd + 1)));
}

/** What the first line says, or in version 2 the fields that begin with a colon. */
export type HttpStart = Pick<HttpHead, 'isRequest' | 'version' | 'method' | 'target' | 'status'>;

/** @param fields by their names in lower case, as Latin-1 */
export function makeHttpHead(start: HttpStart, fields: ReadonlyMap<string, string>): HttpHead {
  const authorization = fields.get('authorization') ?? fields.get('proxy-authorization');
  const challenge = fields.get('www-authenticate') ?? fields.get('proxy-authenticate');
  const token = tokenOf(start.isRequest ? authorization : challenge);
  const ntlm = token === undefined || !start.isRequest ? undefined : findNtlm(token, 0, token.length);
  // Each by its name: spread into a literal of this size, an object becomes a dictionary, which is ten times as large.
  return {
    isRequest: start.isRequest,
    version: start.version,
    method: start.method,
    status: start.status,
    target: toUtf8(start.target).slice(0, TARGET_CHARACTERS_MAX),
    host: textOf(fields.get('host')),
    userAgent: textOf(fields.get('user-agent')),
    referrer: textOf(fields.get('referer')),
    mimeType: textOf(fields.get('content-type')?.split(';')[0]?.trim().toLowerCase()),
    encoding: textOf(fields.get('content-encoding')?.toLowerCase()),
    server: textOf(fields.get('server')),
    upgrade: textOf(fields.get('upgrade')?.toLowerCase()),
    authMethod: textOf(authorization?.split(' ')[0]),
    user: basicUser(authorization) ?? digestUser(authorization) ?? ntlm?.user,
    domain: ntlm?.domain,
    clientName: ntlm?.host,
    token,
    contentLength: lengthOf(fields.get('content-length')),
    isChunked: /(^|,)\s*chunked\s*$/i.test(fields.get('transfer-encoding') ?? ''),
  };
}

/** The first value of each name; a line that begins with a blank belongs to the one before it (RFC 9112 5.2). */
function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  const unfolded = /\n[ \t]/.test(text) ? text.replaceAll(/\r?\n[ \t]+/g, ' ') : text;
  let at = 0;
  for (let count = 0; at < unfolded.length && count < FIELDS_MAX; count++) {
    const next = unfolded.indexOf('\n', at);
    const end = next < 0 ? unfolded.length : next;
    const colon = unfolded.indexOf(':', at);
    if (colon > at && colon < end) {
      const name = unfolded.slice(at, colon).trim().toLowerCase();
      const value = unfolded.slice(colon + 1, end).trim();
      // Of several ways to log in that are offered, the one that is under way counts.
      if (!fields.has(name) || (name.endsWith('-authenticate') && TOKEN.test(value))) fields.set(name, value);
    }
    at = end + 1;
  }
  return fields;
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : toUtf8(value).slice(0, VALUE_CHARACTERS_MAX);
}

/** Heads are read as Latin-1; most that is not ASCII is UTF-8. */
function toUtf8(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is beyond ASCII is asked for
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}

/** RFC 7617 2. */
function basicUser(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon <= 0 ? undefined : pair.slice(0, Math.min(colon, VALUE_CHARACTERS_MAX));
}

/** RFC 7616 3.4. A name as a hash of itself (userhash) says nothing. */
function digestUser(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^digest /i.test(authorization)) return undefined;
  if (/[ ,]userhash *= *"?true/i.test(authorization)) return undefined;
  const quoted = /[ ,]username *= *"((?:[^"\\]|\\.){0,1024})"/i.exec(authorization)?.[1];
  if (quoted !== undefined) return textOf(quoted.replaceAll(/\\(.)/g, '$1'));
  const encoded = /[ ,]username\* *= *utf-8'[^']*'([^, ]{0,1024})/i.exec(authorization)?.[1];
  return encoded === undefined ? undefined : textOf(percentDecoded(encoded));
}

/** Bytes as Latin-1. */
function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** RFC 4559 4: a token behind NTLM or Negotiate. */
function tokenOf(value: string | undefined): Buffer | undefined {
  const encoded = value === undefined ? undefined : TOKEN.exec(value)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}

function lengthOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export interface UrlFields {
  'url.original': string;
  'url.path': string | undefined;
  'url.query': string | undefined;
  'url.domain': string | undefined;
  'url.port': number | undefined;
}

/** Parts of a request target (RFC 9112 3.2) and its Host field. */
export function urlFields(target: string, host: string | undefined, method: string): UrlFields {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i.exec(target);
  const isConnect = method === 'CONNECT';
  const authority = isConnect ? target : (absolute?.[1] ?? host ?? '');
  const rest = isConnect ? '' : (absolute?.[2] ?? target);
  const question = rest.indexOf('?');
  const named = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority);
  const domain = (named?.[1] ?? authority).replaceAll(/^\[|\]$/g, '').slice(0, VALUE_CHARACTERS_MAX);
  return {
    'url.original': target,
    'url.path': (question < 0 ? rest : rest.slice(0, question)) || undefined,
    'url.query': question < 0 ? undefined : rest.slice(question + 1),
    'url.domain': domain || undefined,
    'url.port': named?.[2] === undefined ? undefined : Number(named[2]),
  };
}
