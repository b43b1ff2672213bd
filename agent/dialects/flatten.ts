const PAIRS_MAX = 500;
const DEPTH_MAX = 6;
const VALUE_MAX = 8_192;

/** An object's leaves by dotted path; lists of plain values are joined by commas, lists of objects are numbered. */
export function flatten(value: Readonly<Record<string, unknown>>): Map<string, string> {
  const pairs = new Map<string, string>();
  walk(pairs, '', value, 0);
  return pairs;
}

function walk(pairs: Map<string, string>, path: string, value: unknown, depth: number): void {
  if (pairs.size >= PAIRS_MAX || value === null || value === undefined) return;
  if (typeof value !== 'object') {
    pairs.set(path, String(value).slice(0, VALUE_MAX));
    return;
  }
  if (depth >= DEPTH_MAX) return;
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    pairs.set(path, value.join(',').slice(0, VALUE_MAX));
    return;
  }
  for (const [key, inner] of Object.entries(value)) walk(pairs, path === '' ? key : `${path}.${key}`, inner, depth + 1);
}
