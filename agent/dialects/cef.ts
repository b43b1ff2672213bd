import { readBarHeader } from './bar-header.js';
import { isKeyCharacter } from './key-values.js';

/** ArcSight Common Event Format, revision 26: `CEF:version|vendor|product|device version|signature|name|severity|extension`. */
export interface Cef {
  readonly version: string;
  /** Empty where the device leaves it out. */
  readonly vendor: string;
  readonly product: string;
  readonly deviceVersion: string;
  readonly signature: string;
  readonly name: string;
  readonly severity: string;
  readonly extension: ReadonlyMap<string, string>;
}

const EXTENSION_KEYS_MAX = 500;
const KEY_CHARACTERS_MAX = 120;
const LABEL = 'Label';

const FORM = { prefix: 'CEF:', fields: 7, isVersionAt, fieldEnd: headerFieldEnd };

/** Undefined when there is no CEF header in it. The prefix may be lost, or stand behind a syslog header. */
export function readCef(text: string): Cef | undefined {
  const header = readBarHeader(text, FORM);
  if (header === undefined) return undefined;
  const [version = '', vendor = '', product = '', deviceVersion = '', signature = '', name = '', severity = ''] =
    header.fields.map(plainHeader);
  const extension = readExtension(text, header.end);
  return { version, vendor, product, deviceVersion, signature, name, severity, extension };
}

/** `0|` or `1|`. */
function isVersionAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code === 0x30 || code === 0x31) && text.charCodeAt(at + 1) === 0x7c;
}

function headerFieldEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x7c) return at;
  }
  return -1;
}

function plainHeader(text: string): string {
  return (text.includes('\\') ? text.replace(/\\([\\|=])/g, '$1') : text).trim();
}

/** A value goes on until the next blank that `key=` follows. Of a key twice there, the last that is not empty stays. */
function readExtension(text: string, start: number): Map<string, string> {
  const pairs = new Map<string, string>();
  let key = '';
  let valueStart = -1;
  // Where the word being read began, or -1 when it holds what no key has.
  let wordStart = start;
  for (let at = start; at <= text.length && pairs.size < EXTENSION_KEYS_MAX; at++) {
    const code = at < text.length ? text.charCodeAt(at) : -1;
    const isAssign = code === 0x3d && wordStart >= 0 && at > wordStart && at - wordStart <= KEY_CHARACTERS_MAX;
    if (isAssign || code === -1) {
      if (valueStart >= 0) keep(pairs, key, text.slice(valueStart, isAssign ? wordStart : at));
      if (isAssign) key = text.slice(wordStart, at);
      valueStart = at + 1;
      wordStart = -1;
    } else if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) wordStart = at + 1;
    else if (wordStart >= 0 && !isKeyCharacter(code)) wordStart = -1;
  }
  return pairs;
}

function keep(pairs: Map<string, string>, key: string, raw: string): void {
  const value = plainValue(raw.trim());
  if (value !== '' || !pairs.has(key)) pairs.set(key, value);
}

const ESCAPED = /\\([\\=nr|])/g;

function plainValue(text: string): string {
  const isQuoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  const bare = isQuoted ? text.slice(1, -1) : text;
  if (!bare.includes('\\')) return bare;
  return bare.replace(ESCAPED, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped === 'r' ? '\r' : escaped));
}

/** `cs1Label=Rule cs1=Default` as `Rule` -> `Default`. */
export function labelled(cef: Cef): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, label] of cef.extension) {
    if (!key.endsWith(LABEL) || label === '') continue;
    const value = cef.extension.get(key.slice(0, -LABEL.length));
    if (value !== undefined && value !== '') found.set(label, value);
  }
  return found;
}
