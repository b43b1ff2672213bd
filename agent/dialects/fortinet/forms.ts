import type { Cef } from '../cef.js';
import type { Message } from '../dialect.js';
import { readPairs } from '../key-values.js';
import { CEF_NAMES } from './keys.js';

/** A message by FortiOS's own names, whichever form it came in. */
export interface Log {
  readonly pairs: Map<string, string>;
  /** As the CEF header says. */
  readonly product?: string;
  readonly version?: string;
  readonly cef?: Cef;
}

/** What every log of a Fortinet device has in one spelling or another. SFOS has `log_type`, which is not it. */
const NUMBER = /(?:^|[\s,])log_?id="?\d/;
const DEVICE = /(?:^|[\s,>])(?:dev(?:ice)?_?id="?F|devname=|eventtime="?\d{9}|vd="?\S|itime=)/;
const KIND = /(?:^|[\s,])(?:type|log_part)=/;
/** A device's number tells it, where the log's own is not there: `FGT60F...`, `FG100E...`, `FWF...`, `FE-...`. */
const SERIAL = /(?:^|[\s,>])dev(?:ice)?_?id="?(?:FG|FW|FE|FV|FL|FM|FA|FD|FP|FS|FT|FC)[A-Z0-9-]{5,}/;
const START = /(?:^|[\s>])(?:logver|itime|date|timestamp|devname|device_id|eventtime|idseq|devid|log_id)=/;
const PREFIX = /^(?:FTNTFGT|FortinetFortiGate|FTNTFML|FTNTFWB|Fortinet(?:Forti(?:Mail|Web|Gate|Client|Proxy))?)/;
const CEF_VENDOR = /^fortinet/i;

/** Undefined when it is no Fortinet device that speaks. */
export function readLog(message: Message): Log | undefined {
  const { body } = message;
  if (body.includes('ortinet') || body.includes('FORTINET')) {
    const { cef } = message;
    if (cef !== undefined) return CEF_VENDOR.test(cef.vendor) ? ofCef(cef) : undefined;
  }
  if (body.includes('=')) {
    const isForti = (NUMBER.test(body) && KIND.test(body) && DEVICE.test(body)) || SERIAL.test(body);
    if (isForti && !body.includes('log_component=')) return { pairs: pairsOf(body) };
  }
  return ofStructuredData(message) ?? ofJson(message);
}

/** Blanks between, or commas where `csv` is enabled. */
function pairsOf(body: string): Map<string, string> {
  const start = START.exec(body);
  const from = start === null ? 0 : start.index;
  const text = body.slice(from).replace(/^[\s>]+/, '');
  const isCsv = /^[a-z_]+=(?:"[^"]{0,200}"|[^\s,"]{0,200}),\s?"?[a-z_]+=/.test(text);
  if (!isCsv) return readPairs(text);
  // Some versions quote the whole pair: `"devname=FG1","level=notice"`.
  return readPairs(text.replace(/(^|,)"([a-z_]{1,40})=([^"]{0,4096})"(?=,|$)/g, '$1$2="$3"'), { separator: ',' });
}

function ofCef(cef: Cef): Log {
  const pairs = new Map<string, string>();
  for (const [key, value] of cef.extension) {
    const bare = key.replace(PREFIX, '');
    const name = bare === key ? (CEF_NAMES[key] ?? key) : bare || key;
    if (value !== '' || !pairs.has(name)) pairs.set(name, value);
  }
  // `cat` of the header's form is `utm:webfilter`; the category of the site is in `FTNTFGTcat`.
  const kind = cef.extension.get('cat') ?? cef.name;
  const [type = '', subtype = ''] = kind.split(/[: ]/, 2);
  if (!pairs.has('type') && type !== '') pairs.set('type', type.toLowerCase());
  if (!pairs.has('subtype') && subtype !== '') pairs.set('subtype', subtype.toLowerCase());
  if (pairs.get('cat') === kind) pairs.delete('cat');
  if (!pairs.has('logid') && cef.signature !== '') pairs.set('logid', cef.signature);
  return { pairs, product: cef.product, version: cef.deviceVersion, cef };
}

/** FortiOS 7 with `format rfc5424`. */
function ofStructuredData({ header }: Message): Log | undefined {
  for (const element of Object.values(header.structuredData ?? {})) {
    if (element['logid'] === undefined || element['type'] === undefined) continue;
    return { pairs: new Map(Object.entries(element)) };
  }
  return undefined;
}

/** FortiOS 7 with `format json`, and FortiAnalyzer. */
function ofJson(message: Message): Log | undefined {
  const { body } = message;
  if (!body.includes('"logid"') || !body.includes('"type"')) return undefined;
  const { json } = message;
  if (json === undefined || (json['devid'] === undefined && json['eventtime'] === undefined)) return undefined;
  const pairs = new Map<string, string>();
  for (const [key, value] of Object.entries(json)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      pairs.set(key, String(value));
  }
  return { pairs };
}
