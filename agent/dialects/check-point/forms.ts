import { type Cef, labelled } from '../cef.js';
import type { Message } from '../dialect.js';
import type { Leef } from '../leef.js';
import { CEF_LABELS, CEF_NAMES, LEEF_NAMES } from './keys.js';

const PAIRS_MAX = 512; // Log Exporter's richest log has some 150.

export interface Log {
  /** By Check Point's own names. */
  readonly pairs: Map<string, string>;
  /** Of the CEF or LEEF header, where the pairs do not say it. */
  readonly product?: string;
  readonly severity?: string;
}

const MARK = /(?:\bcheck ?point\b[^[\]]{0,120}|^[^[\]]{0,200})\[(?:[\w.-]{1,32}@\d{1,10} )?(?=[\w-]{1,64}[:=]")/i;
const MAKER =
  /\bcheck ?point\b|__policy_id_tag|originsicname|origin_sic_name|\bloguid[:=]|product[:=]"(?:VPN-1|Firewall)/i;
const PAIR = /([\w-]{1,64})[:=]"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/g;
const SPLUNK_PAIR = /(?:^|\|)([A-Za-z_][\w-]{0,63})=/g;

/** The message as Check Point's own names and values, whichever of Log Exporter's formats it is in. */
export function readLog(message: Message): Log | undefined {
  const { cef, leef } = message;
  if (cef !== undefined) return /^check ?point\b/i.test(cef.vendor || cef.product) ? ofCef(cef) : undefined;
  if (leef !== undefined) return /^check ?point\b/i.test(leef.vendor) ? ofLeef(leef) : undefined;
  return ofSyslog(message.text) ?? ofSplunk(message.text);
}

function ofCef(cef: Cef): Log {
  const pairs = new Map<string, string>();
  for (const [key, value] of cef.extension) pairs.set(CEF_NAMES[key] ?? key, value.trim());
  for (const [label, value] of labelled(cef)) {
    const name = CEF_LABELS[label.toLowerCase()];
    if (name !== undefined && value !== '') pairs.set(name, value);
  }
  dropLabels(pairs);
  // An empty vendor moves nothing: the product is then the vendor's name, and the blade is in `product=`.
  const product = /^check ?point$/i.test(cef.product) ? undefined : cef.product;
  return { pairs, severity: cef.severity, ...(product === undefined ? {} : { product }) };
}

function dropLabels(pairs: Map<string, string>): void {
  for (const key of [...pairs.keys()]) {
    if (!/^(?:cs|cn|cfp|flexString|flexNumber|flexDate|deviceCustomDate)\d(?:Label)?$/.test(key)) continue;
    const base = key.replace(/Label$/, '');
    const label = pairs.get(`${base}Label`);
    if (key !== base || label === undefined || label.toLowerCase() in CEF_LABELS) continue;
    pairs.set(
      label
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .slice(0, 64),
      pairs.get(base) ?? '',
    );
  }
  for (const key of [...pairs.keys()]) {
    if (/^(?:cs|cn|cfp|flexString|flexNumber|flexDate|deviceCustomDate)\d(?:Label)?$/.test(key)) pairs.delete(key);
  }
}

function ofLeef(leef: Leef): Log {
  const pairs = new Map<string, string>();
  for (const [key, value] of leef.pairs) pairs.set(LEEF_NAMES[key] ?? key, value);
  if (!pairs.has('action') && leef.eventId !== '') pairs.set('action', leef.eventId);
  return { pairs, product: leef.product };
}

function ofSyslog(text: string): Log | undefined {
  const head = text.slice(0, 400);
  const mark = MARK.exec(head);
  if (mark === null || !(/check ?point/i.test(mark[0]) || MAKER.test(text.slice(0, 4_096)))) return undefined;
  const pairs = new Map<string, string>();
  for (const pair of text.slice(mark.index + mark[0].length).matchAll(PAIR)) {
    if (pairs.size >= PAIRS_MAX) break;
    keep(pairs, pair[1] ?? '', (pair[2] ?? '').replace(/\\([\\"\]])/g, '$1'));
  }
  return pairs.size === 0 ? undefined : { pairs };
}

function ofSplunk(text: string): Log | undefined {
  const start = /(?:^|[\s>])(time=\d{9,19}\|)/.exec(text.slice(0, 400));
  if (start === null || !/\|(?:product|origin|loguid)=/.test(text.slice(0, 4_096))) return undefined;
  const body = text.slice(start.index + start[0].length - (start[1] ?? '').length).trimEnd();
  const marks = [...body.matchAll(SPLUNK_PAIR)].slice(0, PAIRS_MAX);
  const pairs = new Map<string, string>();
  for (const [index, mark] of marks.entries()) {
    const from = mark.index + mark[0].length;
    const value = body.slice(from, marks[index + 1]?.index ?? body.length).replace(/\|+$/, '');
    keep(pairs, mark[1] ?? '', value.replace(/\\([=|\\])/g, '$1').trim());
  }
  return { pairs };
}

/** The last that says something. */
function keep(pairs: Map<string, string>, key: string, value: string): void {
  if (value !== '' || !pairs.has(key)) pairs.set(key, value);
}
