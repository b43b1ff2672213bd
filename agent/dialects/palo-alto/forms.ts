import { type Cef, labelled } from '../cef.js';
import { readCsv } from '../csv.js';
import type { Message } from '../dialect.js';
import type { Leef } from '../leef.js';
import { COLUMNS, COMMON } from './columns.js';
import { CEF_LABELS, CEF_NAMES, LEEF_NAMES } from './keys.js';

export interface Row {
  readonly type: string;
  readonly subtype: string;
  /** By PAN-OS' own names. */
  readonly values: Map<string, string>;
  /** More columns than we have names for, or none at all. */
  readonly isStrange: boolean;
}

// The column before the times is `1` on every release so far; some relays cut it off together with its comma.
const START = /(?:^|[\s>:])((?:[01],)?\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,[^,]{0,40},([A-Z]{3,16}),[^,]{0,40},)/;
const HIGH_RES = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:?\d\d)$/;
const TYPES = new Set(Object.keys(COLUMNS));

/** A row of PAN-OS out of CSV, LEEF or CEF. */
export function readRow(message: Message): Row | undefined {
  if (message.cef !== undefined) return ofCef(message.cef);
  if (message.leef !== undefined) return ofLeef(message.leef);
  return ofCsv(message.text);
}

function ofCsv(text: string): Row | undefined {
  const start = START.exec(text.slice(0, 512));
  if (start === null) return undefined;
  const type = start[2] ?? '';
  const body = text.slice(start.index + start[0].length - (start[1] ?? '').length).trimEnd();
  const cells = readCsv(/^[01],/.test(body) ? body : `1,${body}`);
  const names = columnsOf(type, cells);
  const values = new Map<string, string>();
  for (const [index, cell] of cells.entries()) {
    const name = index < COMMON.length ? COMMON[index] : names?.[index - COMMON.length];
    if (name !== undefined && name !== '-' && cell !== '') values.set(name, cell);
    else if (index > 20 && HIGH_RES.test(cell)) values.set('high_res_timestamp', cell);
  }
  return { type, subtype: values.get('subtype') ?? '', values, isStrange: names === undefined };
}

/** The flags of a configuration row tell whether the details of the change were put in. */
function columnsOf(type: string, cells: readonly string[]): readonly string[] | undefined {
  if (type === 'CONFIG' && !/^0x/.test(cells[15] ?? '') && /^0x/.test(cells[17] ?? '')) return COLUMNS['CONFIG_LONG'];
  return COLUMNS[type];
}

function ofLeef(leef: Leef): Row | undefined {
  if (!/^palo alto/i.test(leef.vendor)) return undefined;
  const pairs = leef.pairs.size <= 1 ? barred(leef.pairs) : leef.pairs;
  const values = new Map<string, string>();
  for (const [key, value] of pairs) {
    if (value !== '' || !values.has(LEEF_NAMES[key] ?? key)) values.set(LEEF_NAMES[key] ?? key, value);
  }
  if (!values.has('action')) values.set('action', leef.eventId);
  return {
    type: (values.get('type') ?? '').toUpperCase(),
    subtype: values.get('subtype') ?? '',
    values,
    isStrange: false,
  };
}

/** Palo Alto's own LEEF 1.0 is separated by bars, where the format has tabs. */
function barred(pairs: ReadonlyMap<string, string>): Map<string, string> {
  const [first] = pairs;
  const text = first === undefined ? '' : `${first[0]}=${first[1]}`;
  const split = new Map<string, string>();
  for (const part of text.split('|', 512)) {
    const mark = part.indexOf('=');
    if (mark > 0) split.set(part.slice(0, mark), part.slice(mark + 1));
  }
  return split;
}

function ofCef(cef: Cef): Row | undefined {
  if (!/^palo alto/i.test(cef.vendor)) return undefined;
  const [signature, name] = [cef.signature.toUpperCase(), cef.name.toUpperCase()];
  const type = [name, signature].find((word) => TYPES.has(word)) ?? '';
  const values = new Map<string, string>();
  for (const [key, value] of cef.extension) if (value !== '') values.set(CEF_NAMES[key] ?? key, value);
  for (const [label, value] of labelled(cef)) values.set(CEF_LABELS[label.toLowerCase()] ?? label, value);
  for (const key of [...values.keys()])
    if (/^(?:cs|cn|flexString|flexNumber|deviceCustomDate)\d/.test(key)) values.delete(key);
  values.set('sev', cef.severity);
  return { type, subtype: type === signature ? cef.name : cef.signature, values, isStrange: false };
}
