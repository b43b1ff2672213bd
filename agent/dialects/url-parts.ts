import type { Fields } from './dialect.js';

const URL_MAX = 8_192; // Longer than any browser sends; what is behind it is still in event.original.
const PARTS =
  /^(?:([a-z][a-z0-9+.-]{0,31}):\/\/)?(?:[^/?#@\s]{0,256}@)?(\[[0-9a-f:.]{2,45}\]|[^/?#:\s]{1,255})(?::(\d{1,5}))?(?:([/][^?#\s]*))?(?:\?([^#]*))?/i;
const HAS_HOST = /^(?:\[[0-9a-f:.]+\]|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?)$/iu;

/** url.* of an address with or without its scheme, as proxies write it. Nothing is put for what is no address. */
export function putUrl(fields: Fields, text: string | undefined): void {
  if (text === undefined) return;
  const url = text.trim().slice(0, URL_MAX);
  if (url === '' || url === '-' || url === 'N/A') return;
  fields['url.original'] = url;
  if (url.startsWith('/')) {
    putPath(fields, url);
    return;
  }
  const parts = PARTS.exec(url);
  if (parts === null || !HAS_HOST.test(parts[2] ?? '')) return;
  const [, scheme, host, port, path, query] = parts;
  if (scheme !== undefined) {
    fields['url.scheme'] = scheme.toLowerCase();
    fields['url.full'] = url;
  }
  fields['url.domain'] = (host ?? '').replace(/^\[|\]$/g, '').toLowerCase();
  if (port !== undefined && Number(port) <= 65_535) fields['url.port'] = Number(port);
  if (path !== undefined) fields['url.path'] = path;
  if (query !== undefined && query !== '') fields['url.query'] = query;
}

function putPath(fields: Fields, target: string): void {
  const mark = target.indexOf('?');
  fields['url.path'] = mark === -1 ? target : target.slice(0, mark);
  if (mark !== -1 && mark + 1 < target.length) fields['url.query'] = target.slice(mark + 1);
}

const HASHES: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

/** `file.hash.*`, told by its length; false when it is no such digest. */
export function putHash(fields: Fields, text: string | undefined, prefix = 'file.hash'): boolean {
  const hash = text?.trim().toLowerCase() ?? '';
  const kind = HASHES[hash.length];
  if (kind === undefined || !/^[0-9a-f]+$/.test(hash)) return false;
  fields[`${prefix}.${kind}`] = hash;
  return true;
}

/** `EXAMPLE\hanako`, `example.jp\hanako` or `hanako@example.jp` at `prefix`, such as `source.user`. */
export function putUser(fields: Fields, prefix: string, text: string | undefined): void {
  const name = text?.trim() ?? '';
  if (name === '' || name === '-' || name === 'N/A') return;
  const slash = name.indexOf('\\');
  fields[`${prefix}.name`] = slash === -1 ? name : name.slice(slash + 1).replace(/^\\/, '');
  if (slash > 0) fields[`${prefix}.domain`] = name.slice(0, slash);
}
