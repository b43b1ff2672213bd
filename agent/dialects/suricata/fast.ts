import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putIp, putPort, transportOf } from '../fields.js';
import { wallTime } from '../times.js';
import { type EventClass, judge } from '../verdict.js';

/** `[Drop] [**] [1:2100498:7] text [**] [Classification: c] [Priority: 2] {TCP} a:1 -> b:2`; each mark but the rule may be missing. */
const ALERT =
  /(?:\[(\w?Drop|Reject)\] )?(?:\[\*\*\] )?\[(\d{1,10}):(\d{1,10}):(\d{1,10})\] (.{1,512}?)(?: \[\*\*\])? \[Classification: ([^\]]{1,128})\] \[Priority: (\d{1,3})\]:? (?:<([^>]{1,32})> )?\{([\w-]{1,16})\} (\S{2,64}) -> (\S{2,64})/;
const HEAD_MAX = 1_500;
const TIME = /(\d\d\/\d\d\/\d{4}-\d\d:\d\d:\d\d\.\d{6}) /;
const SEVERITIES = [90, 90, 50, 25];

/** The one-line alerts of Suricata (`fast`, `syslog`) and Snort, as firewalls send them that have one of the two built in. */
export const fastAlerts: Dialect = {
  name: 'suricata-fast',
  parse({ text, clock }: Message): Parsed | undefined {
    const head = text.slice(0, HEAD_MAX);
    if (!head.includes('[Classification: ')) return undefined;
    const parts = ALERT.exec(head);
    if (parts === null) return undefined;
    const fields = fieldsOf(parts, /snort/i.test(head.slice(0, parts.index)));
    const time = TIME.exec(head.slice(0, parts.index))?.[1];
    if (time !== undefined) put(fields, '@timestamp', wallTime(time.replace('-', ' '), clock));
    return { fields, status: 'full' };
  },
};

function fieldsOf(parts: RegExpExecArray, isSnort: boolean): Fields {
  const [, action, generator, rule, revision, name, category, priority, face, protocol, source, destination] = parts;
  const fields: Fields = {
    'observer.vendor': isSnort ? 'Cisco' : 'OISF',
    'observer.product': isSnort ? 'Snort' : 'Suricata',
    'observer.type': 'ids',
  };
  put(fields, 'vendor.alert.gid', generator);
  put(fields, 'rule.id', rule);
  put(fields, 'rule.version', revision);
  put(fields, 'rule.name', name);
  put(fields, 'rule.category', category);
  put(fields, 'observer.ingress.interface.name', face);
  put(fields, 'event.severity', SEVERITIES[Number(priority)] ?? 10);
  Object.assign(fields, transportOf(protocol));
  putEnd(fields, 'source', source ?? '');
  putEnd(fields, 'destination', destination ?? '');
  const isDrop = action === 'Drop' || action === 'Reject';
  put(fields, 'event.action', action?.toLowerCase() ?? 'alert');
  judge(fields, { class: classOf(`${category ?? ''} ${name ?? ''}`), decision: isDrop ? 'denied' : 'allowed' });
  return fields;
}

/** The port is behind the last colon, in IPv6 too. */
function putEnd(fields: Fields, side: string, text: string): void {
  if (putIp(fields, `${side}.ip`, text) && !/^\d+\.\d+\.\d+\.\d+$/.test(text) && !text.includes('::')) return;
  const colon = text.lastIndexOf(':');
  if (colon > 0 && putIp(fields, `${side}.ip`, text.slice(0, colon)))
    putPort(fields, `${side}.port`, text.slice(colon + 1));
}

export function classOf(text: string): EventClass {
  if (/command and control|\bcnc\b|\bc2\b|\bC&C\b/i.test(text)) return 'c2';
  return /denial of service|\bDoS\b/i.test(text) ? 'dos' : 'ips';
}
