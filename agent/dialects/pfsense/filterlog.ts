import type { Fields } from '../dialect.js';
import { put, putInt, putIp, putPort, transportOf } from '../fields.js';
import { ALLOWED, CONNECTION, DENIED } from '../lines/kinds.js';

// The columns of filterlog(8), as Netgate's raw filter log format and OPNsense's firewall log give them.
const HEAD = 'rule_number,sub_rule,anchor,tracker,interface,reason,action,direction,ip_version'.split(',');
const IPV4 = 'tos,ecn,ttl,id,offset,ip_flags,protocol_id,protocol,length,source,destination'.split(',');
const IPV6 = 'class,flow_label,hop_limit,protocol,protocol_id,length,source,destination'.split(',');
const TAILS: Readonly<Record<string, readonly string[]>> = {
  tcp: 'source_port,destination_port,data_length,tcp_flags,seq,ack,window,urg,options'.split(','),
  udp: 'source_port,destination_port,data_length'.split(','),
  carp: 'carp_type,carp_ttl,vhid,version,advbase,advskew'.split(','),
};
// What follows the type of an ICMP message.
const ICMP: Readonly<Record<string, readonly string[]>> = {
  request: ['icmp_id', 'icmp_seq'],
  reply: ['icmp_id', 'icmp_seq'],
  unreachproto: ['icmp_destination', 'icmp_protocol'],
  unreachport: ['icmp_destination', 'icmp_protocol', 'icmp_port'],
  needfrag: ['icmp_destination', 'icmp_mtu'],
  tstamp: ['icmp_id', 'icmp_seq'],
  tstampreply: ['icmp_id', 'icmp_seq', 'icmp_originate', 'icmp_receive', 'icmp_transmit'],
};

/** The columns by name; undefined where the line is cut before the addresses. */
export function readFilterlog(text: string): Map<string, string> | undefined {
  const cells = text.split(',', 64);
  const version = cells[HEAD.length - 1];
  if (version !== '4' && version !== '6') return undefined;
  const names = [...HEAD, ...(version === '4' ? IPV4 : IPV6)];
  if (cells.length < names.length) return undefined;
  const row = new Map<string, string>();
  name(row, names, cells, 0);
  nameTail(row, cells.slice(names.length));
  return row;
}

function nameTail(row: Map<string, string>, cells: readonly string[]): void {
  const protocol = (row.get('protocol') ?? '').toLowerCase();
  if (cells[0]?.startsWith('datalength=')) row.set('data_length', cells[0].slice('datalength='.length));
  else if (protocol.includes('icmp')) nameIcmp(row, cells);
  else name(row, TAILS[protocol] ?? [], cells, 0);
}

function nameIcmp(row: Map<string, string>, cells: readonly string[]): void {
  if (cells[0] === undefined || cells[0] === '') return;
  row.set('icmp_type', cells[0]);
  name(row, ICMP[cells[0]] ?? ['icmp_text'], cells, 1);
}

function name(row: Map<string, string>, names: readonly string[], cells: readonly string[], from: number): void {
  for (const [index, key] of names.entries()) {
    const cell = cells[from + index];
    if (cell !== undefined && cell !== '') row.set(key, cell);
  }
}

const ACTIONS: Readonly<Record<string, Fields>> = { pass: ALLOWED, block: DENIED, reject: DENIED };
const PLACED = new Set(
  'rule_number,anchor,tracker,interface,action,direction,ip_version,protocol_id,protocol,length,source,destination,source_port,destination_port,reason'.split(
    ',',
  ),
);

export function putFilterlog(fields: Fields, row: ReadonlyMap<string, string>): void {
  const action = row.get('action') ?? '';
  Object.assign(fields, ACTIONS[action] ?? CONNECTION, transportOf(row.get('protocol_id')));
  put(fields, 'event.action', action);
  put(fields, 'event.reason', row.get('reason'));
  putRule(fields, row);
  putIp(fields, 'source.ip', row.get('source'));
  putIp(fields, 'destination.ip', row.get('destination'));
  putPort(fields, 'source.port', row.get('source_port'));
  putPort(fields, 'destination.port', row.get('destination_port'));
  putInt(fields, 'network.bytes', row.get('length'));
  put(fields, 'network.type', row.get('ip_version') === '4' ? 'ipv4' : 'ipv6');
  putSide(fields, row);
  for (const [key, value] of row) if (!PLACED.has(key)) put(fields, `vendor.${key}`, value);
}

/** The tracker stays the same when rules are sorted, the number does not. OPNsense has the hash of the label there, or 0. */
function putRule(fields: Fields, row: ReadonlyMap<string, string>): void {
  const tracker = row.get('tracker');
  put(fields, 'rule.id', tracker === undefined || tracker === '0' ? row.get('rule_number') : tracker);
  put(fields, 'vendor.rule_number', row.get('rule_number'));
  put(fields, 'rule.ruleset', row.get('anchor'));
}

function putSide(fields: Fields, row: ReadonlyMap<string, string>): void {
  const isOut = row.get('direction') === 'out';
  put(fields, `observer.${isOut ? 'egress' : 'ingress'}.interface.name`, row.get('interface'));
  put(fields, 'network.direction', isOut ? 'outbound' : 'inbound');
}

/** OPNsense writes the hash of a rule's label where pfSense has a number of its own. */
export function isOpnsense(row: ReadonlyMap<string, string>): boolean {
  const tracker = row.get('tracker');
  return tracker === undefined || tracker === '0' || /^[0-9a-f]{32}$|^[0-9a-f]{8}-/.test(tracker);
}
