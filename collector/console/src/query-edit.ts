/** A value that a click can put into the query. */
export type Plain = string | number | boolean;

/** What a click on a value does. */
export type Narrow = (field: string, value: Plain, isExcluded: boolean) => void;

/** A value as the query language takes it. */
export function quoteValue(value: Plain): string {
  const text = String(value);
  return /^[\p{L}\p{N}._/@+-]+$/u.test(text) && !/^(AND|OR|NOT|TO)$/.test(text)
    ? text
    : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

// The full-width signs of a Japanese keyboard mean the same to the collector.
const QUOTES = '"”“「」';
const OPEN = '([{（［｛';
const CLOSE = ')]}）］｝';

/** The words of a query at its outermost level: what is quoted or in brackets stays one word. */
function wordsOf(query: string): string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < query.length; at++) {
    const character = query[at] ?? '';
    if (character === '\\') {
      word += character + (query[++at] ?? '');
      continue;
    }
    if (QUOTES.includes(character)) isQuoted = !isQuoted;
    if (!isQuoted && OPEN.includes(character)) depth += 1;
    if (!isQuoted && CLOSE.includes(character)) depth -= 1;
    if (/\s/.test(character) && !isQuoted && depth <= 0) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      word += character;
    }
  }
  return word === '' ? words : [...words, word];
}

/** The parts that must all hold, each with its NOT, or undefined when the query is an alternative of several. */
function partsOf(query: string): string[] | undefined {
  const parts: string[] = [];
  let prefix = '';
  for (const word of wordsOf(query)) {
    if (word === 'OR') return undefined;
    if (word === 'AND') continue;
    if (word === 'NOT') {
      prefix += 'NOT ';
      continue;
    }
    parts.push(prefix + word);
    prefix = '';
  }
  return prefix === '' ? parts : [...parts, prefix.trim()];
}

/** Adds a condition or its opposite; whichever of the two was there makes room. The rest stays as it was typed. */
export function withCondition(query: string, field: string, value: Plain, isExcluded: boolean): string {
  const condition = `${field}:${quoteValue(value)}`;
  const [added, opposite] = isExcluded ? [`NOT ${condition}`, condition] : [condition, `NOT ${condition}`];
  const present = query.trim();
  if (present === '') return added;
  const parts = partsOf(present);
  if (parts === undefined) return `(${present}) AND ${added}`;
  if (parts.includes(added)) return present;
  if (parts.includes(opposite)) return [...parts.filter((part) => part !== opposite), added].join(' AND ');
  return `${present} AND ${added}`;
}

const SITE = /^hinomi\.site:"?([A-Za-z0-9_-]+)"?$/;

/** The site of a query that narrows to one. */
export function siteOf(query: string): string | undefined {
  const sites = (partsOf(query) ?? []).flatMap((part) => SITE.exec(part)?.[1] ?? []);
  return sites.length === 1 ? sites[0] : undefined;
}

/** Narrows to a site, or to none. */
export function withSite(query: string, site: string | undefined): string {
  const parts = partsOf(query);
  const others =
    parts?.some((part) => SITE.test(part)) === true ? parts.filter((part) => !SITE.test(part)).join(' AND ') : query;
  return site === undefined ? others : withCondition(others, 'hinomi.site', site, false);
}
