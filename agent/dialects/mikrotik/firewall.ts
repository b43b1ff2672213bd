import type { Fields } from '../dialect.js';
import { put, putInt, putIp, putMac, putPort, transportOf } from '../fields.js';
import { ALLOWED, CONNECTION, DENIED } from '../lines/kinds.js';

// `prefix chain: in:ether1 out:bridge, connection-state:new src-mac .., proto TCP (SYN), a:p->b:p, len 64`. RouterOS
// manual, Firewall, log-prefix: the words in front of the chain are the administrator's own.
const HEAD =
  /^(?:(?<prefix>.{0,100}?) )?(?<chain>[\w.+-]{1,64}): in:(?<inface>\([^)]{1,32}\)|[^\s,]{1,64}) out:(?<outface>\([^)]{1,32}\)|[^\s,]{1,64})(?<rest>,.*)$/s;
const PROTO = /, proto (?<proto>[\w.-]{1,24})(?: \((?<detail>[^)]{0,64})\))?/;
const MACS = /src-mac (?<src>[0-9A-Fa-f:]{17})(?:, dst-mac (?<dst>[0-9A-Fa-f:]{17}))?/;
const STATE = /connection-state:(?<state>[\w,-]{1,64})/;
const LENGTH = /, len (?<length>\d{1,9})/;
const NAT = /, NAT (?<nat>[^,]{1,160})/;
const PLAIN = /, (?<pair>\[?[0-9a-fA-F:.]{2,45}\]?(?::\d{1,5})?->\[?[0-9a-fA-F:.]{2,45}\]?(?::\d{1,5})?)(?:,|$)/;
const ENDPOINT = /^\[?(?<ip>[0-9a-fA-F.]{7,15}|[0-9a-fA-F:.]{2,45}?)\]?(?::(?<port>\d{1,5}))?$/;

const DROP = /drop|den(?:y|ied)|block|reject|invalid|blacklist|bogon|破棄|拒否|遮断/i;
const PASS = /accept|allow|permit|pass(?!w)|許可|通過/i;

/** False when the line is none of the firewall's. */
export function putFirewall(fields: Fields, text: string): boolean {
  if (!text.includes(' in:') && !text.includes(': in:')) return false;
  const head = HEAD.exec(text)?.groups;
  if (head === undefined) return false;
  const rest = head['rest']!;
  putVerdict(fields, head['prefix']);
  put(fields, 'rule.ruleset', head['chain']);
  putInterface(fields, 'observer.ingress.interface.name', head['inface']!);
  putInterface(fields, 'observer.egress.interface.name', head['outface']!);
  putPacket(fields, rest);
  putEndpoints(fields, rest);
  return true;
}

/** RouterOS does not log what a rule does; only the administrator's prefix may tell. */
function putVerdict(fields: Fields, prefix: string | undefined): void {
  const word = prefix ?? '';
  const drop = DROP.exec(word);
  const pass = drop === null ? PASS.exec(word) : null;
  Object.assign(fields, drop !== null ? DENIED : pass !== null ? ALLOWED : CONNECTION);
  put(fields, 'event.action', (drop ?? pass)?.[0].toLowerCase() ?? 'log');
  put(fields, 'rule.name', prefix?.trim());
}

function putInterface(fields: Fields, key: string, name: string): void {
  if (!name.startsWith('(')) put(fields, key, name);
}

function putPacket(fields: Fields, rest: string): void {
  const macs = MACS.exec(rest)?.groups;
  putMac(fields, 'source.mac', macs?.['src']);
  putMac(fields, 'destination.mac', macs?.['dst']);
  put(fields, 'vendor.connection-state', STATE.exec(rest)?.groups?.['state']);
  putInt(fields, 'network.bytes', LENGTH.exec(rest)?.groups?.['length']);
  const proto = PROTO.exec(rest)?.groups;
  if (proto === undefined) return;
  Object.assign(fields, transportOf(proto['proto']));
  const detail = proto['detail'];
  if (/^TCP$/i.test(proto['proto']!)) put(fields, 'vendor.tcp_flags', detail);
  else put(fields, 'vendor.icmp', detail);
}

function putEndpoints(fields: Fields, rest: string): void {
  const plain = PLAIN.exec(rest)?.groups?.['pair'];
  const nat = NAT.exec(rest)?.groups?.['nat'];
  if (plain !== undefined) {
    const [from, to] = plain.split('->');
    putEndpoint(fields, 'source', from);
    putEndpoint(fields, 'destination', to);
  }
  if (nat !== undefined) putNat(fields, nat);
}

/** `(a:p->x:q)->b:p` where the source was changed, `a:p->(b:p->y:q)` where the destination was. */
function putNat(fields: Fields, nat: string): void {
  const parts = /^(\([^)]{1,100}\)|[^(]{1,60})->(\([^)]{1,100}\)|[^(]{1,60})$/.exec(nat);
  if (parts === null) return;
  for (const [side, text] of [
    ['source', parts[1]!],
    ['destination', parts[2]!],
  ] as const) {
    const [before, after] = text.replace(/^\(|\)$/g, '').split('->');
    if (fields[`${side}.ip`] === undefined) putEndpoint(fields, side, before);
    putEndpoint(fields, `${side}.nat`, after);
  }
}

function putEndpoint(fields: Fields, key: string, text: string | undefined): void {
  const found = ENDPOINT.exec(text?.trim() ?? '')?.groups;
  if (found === undefined) return;
  putIp(fields, `${key}.ip`, found['ip']);
  putPort(fields, `${key}.port`, found['port']);
}
