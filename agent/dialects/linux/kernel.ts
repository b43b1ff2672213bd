import type { Fields } from '../dialect.js';
import { put } from '../fields.js';
import { ALLOWED, CONNECTION, DENIED, LINK_DOWN, LINK_UP, SYSTEM, SYSTEM_ERROR } from '../lines/kinds.js';
import { packetStart, putPacket } from '../lines/netfilter.js';
import { lay, type Pattern } from '../lines/patterns.js';

// Seconds since the start stand before a kernel line.
const UPTIME = /^\[\s{0,12}\d{1,12}\.\d{1,9}\] ?/;
const DROP = /block|drop|den(?:y|ied)|reject|invalid|limit|拒否|破棄/i;
const PASS = /allow|accept|permit|pass|許可/i;

const LINES: readonly Pattern[] = [
  { re: /^(?:.{0,60}? )?(?<iface>(?:eth|en|wl|bond|br|vlan|ppp)[\w.-]{1,24}): (?:NIC )?Link is Up/i, fields: LINK_UP },
  {
    re: /^(?:.{0,60}? )?(?<iface>(?:eth|en|wl|bond|br|vlan|ppp)[\w.-]{1,24}): (?:NIC )?Link is Down/i,
    fields: LINK_DOWN,
  },
  {
    re: /^(?:Out of memory|Kernel panic|BUG:|Oops|I\/O error|EXT4-fs error|XFS.{0,30}error|\S{1,64}\[\d{1,10}\]: segfault)/i,
    fields: SYSTEM_ERROR,
  },
];

export function putKernel(fields: Fields, text: string): void {
  const line = text.replace(UPTIME, '');
  const start = packetStart(line);
  if (start >= 0) putFiltered(fields, line, start);
  else {
    Object.assign(fields, SYSTEM);
    lay(fields, line, LINES);
  }
}

/** iptables and nftables say only the administrator's prefix; UFW's is `[UFW BLOCK]`. */
function putFiltered(fields: Fields, line: string, start: number): void {
  const prefix = line.slice(0, start).trim().slice(0, 128);
  const drop = DROP.exec(prefix);
  const pass = drop === null ? PASS.exec(prefix) : null;
  Object.assign(fields, drop !== null ? DENIED : pass !== null ? ALLOWED : CONNECTION);
  put(fields, 'event.action', (drop ?? pass)?.[0].toLowerCase() ?? 'log');
  put(fields, 'rule.name', prefix.replace(/^\[|\]?:?$/g, '').trim());
  put(fields, 'observer.product', prefix.includes('UFW ') ? 'UFW' : 'netfilter');
  put(fields, 'observer.type', 'firewall');
  putPacket(fields, line.slice(start));
}
