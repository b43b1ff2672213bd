import { readCsv } from '../csv.js';
import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';

const FIELDS_MIN = 6;
const FIELDS_MAX = 200;

export const csv: Dialect = { name: 'csv', parse };

function parse(message: Message): Parsed | undefined {
  const { body } = message;
  if (!looksLikeCsv(body)) return undefined;
  const values = readCsv(body);
  const fields: Fields = {};
  for (const [index, value] of values.slice(0, FIELDS_MAX).entries()) put(fields, `vendor.column${index + 1}`, value);
  fields['hinomi.event_class'] = 'unknown';
  return { fields, status: 'partial', reason: 'CSV of an unknown maker' };
}

/** Commas without blanks behind them, often. */
function looksLikeCsv(body: string): boolean {
  let commas = 0;
  for (let at = body.indexOf(','); at >= 0 && commas < FIELDS_MIN; at = body.indexOf(',', at + 1)) {
    if (body.charCodeAt(at + 1) !== 0x20) commas++;
  }
  return commas >= FIELDS_MIN - 1;
}
