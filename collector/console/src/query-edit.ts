/** A value as the query language takes it. */
export function quoteValue(value: string | number | boolean): string {
  const text = String(value);
  return /^[\p{L}\p{N}._/@+-]+$/u.test(text) && !/^(AND|OR|NOT|TO)$/.test(text)
    ? text
    : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Adds a condition, or takes its opposite out: the query stays readable. */
export function withCondition(
  query: string,
  field: string,
  value: string | number | boolean,
  isExcluded: boolean,
): string {
  const condition = `${field}:${quoteValue(value)}`;
  const added = isExcluded ? `NOT ${condition}` : condition;
  const present = query.trim();
  if (present === '') return added;
  const parts = present.split(' AND ');
  if (parts.includes(added)) return present;
  const isCompound = /\bOR\b/.test(present) && !/^\(.*\)$/.test(present);
  return `${isCompound ? `(${present})` : present} AND ${added}`;
}

/** The site of a query that narrows to one. */
export function siteOf(query: string): string | undefined {
  return /(?:^| AND )hinomi\.site:"?([A-Za-z0-9_-]+)"?(?= AND |$)/.exec(query)?.[1];
}

/** Narrows to a site, or to none. */
export function withSite(query: string, site: string | undefined): string {
  const others = query
    .trim()
    .split(' AND ')
    .filter((part) => part !== '' && !part.startsWith('hinomi.site:'))
    .join(' AND ');
  return site === undefined ? others : withCondition(others, 'hinomi.site', site, false);
}
