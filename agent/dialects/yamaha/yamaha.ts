import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, transportOf } from '../fields.js';
import { ALLOWED, CONNECTION, CONNECTION_END, DENIED, SYSTEM } from '../lines/kinds.js';
import { lay } from '../lines/patterns.js';
import { wallTime } from '../times.js';
import { putEndpoint, putPacket } from './packets.js';
import { LINES, PART_NAMES, PARTS } from './patterns.js';

const YAMAHA = { 'observer.vendor': 'Yamaha', 'observer.product': 'RTX', 'observer.type': 'router' };

const SIDE = String.raw`(?<iface>(?:LAN|PP|TUNNEL|WAN|BRIDGE|VLAN|ONU|WLAN|LOOPBACK|NULL)\d{0,3}(?:\.\d{1,4})?(?:\/\d{1,4})?(?:\[[\w.]{1,16}\])?)(?:\((?<port>[\w./]{1,16})\))?`;
const FILTER = new RegExp(
  `^${SIDE} (?<verdict>Rejected|Passed|Restricted) at (?<dir>IN|OUT)\\((?<rule>[^)]{1,32})\\) filter: (?<packet>.+)$`,
  's',
);
const INSPECT = new RegExp(`^${SIDE}\\[(?<dir>in|out)\\]\\[(?<rule>[\\w-]{1,16})\\] (?<packet>.+)$`, 's');
const NAT_PART = /^NAT\((?<id>\w{1,16})\)(?::(?<iface>[\w[\]]{1,16}))?$/;
const NAT =
  /^(?<action>Bound|Released|Binded|Allocated|Registered|Failed)\w* (?<proto>\w{2,8}) (?<inner>\S{2,56}) <-> (?<outer>\S{2,56})(?: ==> (?<to>\S{2,56}))?/;
const PART = /^\[(?<part>[\w :()./-]{1,32}(?:\[\w{1,16}\])?)\] ?(?<text>.*)$/s;

/** Yamaha RTX, NVR and FWX. Their syslog has neither time nor host in its header. */
export const yamaha: Dialect = {
  name: 'yamaha',
  parse({ body, clock }: Message): Parsed | undefined {
    const line = body.trimStart();
    const fields: Fields = { ...YAMAHA };
    if (!putFilter(fields, line) && !putPart(fields, line, { body, clock }) && !lay(fields, line, LINES))
      return undefined;
    put(fields, 'message', line.trimEnd());
    return { fields, status: 'full' };
  },
};

const VERDICTS: Readonly<Record<string, Fields>> = { Rejected: DENIED, Passed: ALLOWED, Restricted: DENIED };

function putFilter(fields: Fields, line: string): boolean {
  if (!line.includes(' filter: ')) return false;
  const found = FILTER.exec(line)?.groups;
  if (found === undefined) return false;
  Object.assign(fields, VERDICTS[found['verdict']!]);
  put(fields, 'event.action', found['verdict']!.toLowerCase());
  putRule(fields, found);
  putPacket(fields, found['packet']!);
  return true;
}

function putRule(fields: Fields, found: Readonly<Record<string, string | undefined>>): void {
  const isOut = found['dir']!.toLowerCase() === 'out';
  put(fields, 'rule.id', found['rule']);
  put(fields, `observer.${isOut ? 'egress' : 'ingress'}.interface.name`, found['iface']);
  put(fields, 'network.direction', isOut ? 'outbound' : 'inbound');
  put(fields, 'vendor.port', found['port']);
}

function putPart(fields: Fields, line: string, { clock }: Pick<Message, 'body' | 'clock'>): boolean {
  if (!line.startsWith('[')) return false;
  const found = PART.exec(line)?.groups;
  if (found === undefined) return false;
  const part = found['part']!;
  const text = found['text']!;
  if (part === 'PP' || part === 'TUNNEL') return lay(fields, text, LINES);
  if (part === 'INSPECT') return putInspected(fields, text, clock);
  const nat = NAT_PART.exec(part)?.groups;
  if (nat !== undefined) return putNat(fields, nat, text);
  const patterns = PARTS[PART_NAMES[part] ?? part];
  if (patterns === undefined)
    return OTHER_PARTS.has(part) && Object.assign(fields, SYSTEM, { 'vendor.part': part }) !== undefined;
  lay(fields, text, patterns);
  put(fields, 'vendor.part', part);
  return fields['hinomi.event_class'] !== undefined;
}

// Parts of the system that say nothing about the network's traffic.
const OTHER_PARTS = new Set(
  'LUA SCHEDULE EMFS USB_HOST SNTP ALARM SDHC MICROSD YNO HTTPUPDATE NETVOLANTE WWAN L2MS TELNETD'.split(' '),
);

/** A session that ended; the time in parentheses is when it began, on the device's clock. */
function putInspected(fields: Fields, text: string, clock: Message['clock']): boolean {
  const found = INSPECT.exec(text)?.groups;
  if (found === undefined) return false;
  Object.assign(fields, CONNECTION_END, { 'event.type': ['connection', 'end', 'allowed'] });
  put(fields, 'event.action', 'inspect');
  putRule(fields, found);
  const { time } = putPacket(fields, found['packet']!);
  if (time !== undefined) put(fields, 'event.start', wallTime(time, clock));
  return true;
}

/** `inner <-> outer ==> peer`, each `address.port`. */
function putNat(fields: Fields, nat: Readonly<Record<string, string | undefined>>, text: string): boolean {
  const found = NAT.exec(text)?.groups;
  Object.assign(fields, CONNECTION);
  put(fields, 'rule.id', nat['id']);
  put(fields, 'observer.egress.interface.name', nat['iface']);
  if (found === undefined) return true;
  put(fields, 'event.action', found['action']!.toLowerCase());
  fields['event.type'] = ['connection', found['action'] === 'Released' ? 'end' : 'start'];
  Object.assign(fields, transportOf(found['proto']));
  putEndpoint(fields, 'source', found['inner']);
  putEndpoint(fields, 'source.nat', found['outer']);
  putEndpoint(fields, 'destination', found['to']);
  return true;
}
