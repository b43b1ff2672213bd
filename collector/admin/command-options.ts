import { CodedError } from '../../protocol/base/errors.js';

/**
 * `a.b=1 c=text` as nested values. A value that reads as JSON is that (numbers, true, lists); anything else is text.
 * @throws USAGE
 */
export function parsePairs(pairs: readonly string[]): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const path = pair.slice(0, Math.max(0, at)).split('.');
    if (at < 1 || path.some((part) => part === '' || part === '__proto__'))
      throw new CodedError('USAGE', `${pair} is not of the form key=value`);
    put(all, path, readValue(pair.slice(at + 1)));
  }
  return all;
}

function put(all: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    all[key] = value;
    return;
  }
  const inner = all[key];
  const next = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
  all[key] = next;
  put(next as Record<string, unknown>, rest, value);
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Over what is there, key by key. */
export function mergePairs(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const isSection = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = out[key];
    out[key] = isSection(before) && isSection(value) ? mergePairs(before, value) : value;
  }
  return out;
}
