import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';

const KEYS_MAX = 300;
const DEPTH_MAX = 8;
const ARRAY_MAX = 64;

export const genericJson: Dialect = { name: 'json', parse };

function parse(message: Message): Parsed | undefined {
  const { json } = message;
  if (json === undefined) return undefined;
  const fields: Fields = {};
  flatten(json, 'vendor', fields, 0);
  fields['hinomi.event_class'] = 'unknown';
  return { fields, status: 'partial', reason: 'JSON of an unknown maker' };
}

/** Objects as dotted keys; arrays of plain values as they are, others as text. */
export function flatten(value: Readonly<Record<string, unknown>>, prefix: string, into: Fields, depth: number): void {
  for (const [key, inner] of Object.entries(value)) {
    if (Object.keys(into).length >= KEYS_MAX) return;
    const name = `${prefix}.${key}`;
    if (typeof inner === 'string' || typeof inner === 'number' || typeof inner === 'boolean') put(into, name, inner);
    else if (Array.isArray(inner)) putArray(into, name, inner);
    else if (typeof inner === 'object' && inner !== null) {
      if (depth < DEPTH_MAX) flatten(inner as Record<string, unknown>, name, into, depth + 1);
      else into[name] = JSON.stringify(inner);
    }
  }
}

function putArray(into: Fields, name: string, values: readonly unknown[]): void {
  const isPlain = values.every((value) => typeof value === 'string' || typeof value === 'number');
  if (values.length > 0) into[name] = isPlain ? values.slice(0, ARRAY_MAX).map(String) : JSON.stringify(values);
}
