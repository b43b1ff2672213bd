import type { Fields } from '../dialect.js';
import { put, putInt, putIp, putMac, putPort, transportOf } from '../fields.js';

/**
 * One way of writing, and what it means. The expression's named groups are keys of GROUPS; it begins with an anchor or a
 * literal, and repeats nothing inside a repetition, so that its time is linear.
 */
export interface Pattern {
  readonly re: RegExp;
  readonly fields: Fields;
}

type Putter = (fields: Fields, text: string) => unknown;

const text =
  (key: string): Putter =>
  (fields, value) =>
    put(fields, key, value);
const lower =
  (key: string): Putter =>
  (fields, value) =>
    put(fields, key, value.toLowerCase());
const ip =
  (key: string): Putter =>
  (fields, value) =>
    putIp(fields, key, value);
const port =
  (key: string): Putter =>
  (fields, value) =>
    putPort(fields, key, value);
const mac =
  (key: string): Putter =>
  (fields, value) =>
    putMac(fields, key, value);
/** For keys that are arrays in ECS. */
const listed =
  (key: string, putter: Putter): Putter =>
  (fields, value) => {
    putter(fields, value);
    if (fields[key] !== undefined && !Array.isArray(fields[key])) fields[key] = [fields[key]];
  };
const both =
  (one: Putter, other: Putter): Putter =>
  (fields, value) => {
    one(fields, value);
    other(fields, value);
  };
const int =
  (key: string): Putter =>
  (fields, value) =>
    putInt(fields, key, value);

/** What a named group is for. */
const GROUPS: Readonly<Record<string, Putter>> = {
  src: ip('source.ip'),
  sport: port('source.port'),
  smac: mac('source.mac'),
  sname: text('source.domain'),
  sbytes: int('source.bytes'),
  spackets: int('source.packets'),
  natsrc: ip('source.nat.ip'),
  natsport: port('source.nat.port'),
  dst: ip('destination.ip'),
  dport: port('destination.port'),
  dmac: mac('destination.mac'),
  dname: text('destination.domain'),
  dbytes: int('destination.bytes'),
  dpackets: int('destination.packets'),
  natdst: ip('destination.nat.ip'),
  natdport: port('destination.nat.port'),
  /** Either an address or a name. */
  from: (fields, value) => putIp(fields, 'source.ip', value) || put(fields, 'source.domain', value),
  proto: (fields, value) => Object.assign(fields, transportOf(value)),
  service: lower('network.protocol'),
  app: lower('network.application'),
  bytes: int('network.bytes'),
  user: text('user.name'),
  target: text('user.target.name'),
  domain: text('user.domain'),
  inface: text('observer.ingress.interface.name'),
  outface: text('observer.egress.interface.name'),
  device: text('observer.name'),
  version: text('observer.version'),
  serial: text('observer.serial_number'),
  rule: text('rule.name'),
  ruleid: text('rule.id'),
  ruleset: text('rule.ruleset'),
  category: text('rule.category'),
  action: lower('event.action'),
  code: text('event.code'),
  reason: text('event.reason'),
  level: lower('log.level'),
  host: text('host.name'),
  /** A device that was given an address: it is the endpoint, and the source of what it asks for. */
  hostip: both(ip('source.ip'), listed('host.ip', ip('host.ip'))),
  hostmac: both(mac('source.mac'), listed('host.mac', mac('host.mac'))),
  url: text('url.original'),
  urlhost: text('url.domain'),
  method: text('http.request.method'),
  status: int('http.response.status_code'),
  agent: text('user_agent.original'),
  question: text('dns.question.name'),
  qtype: text('dns.question.type'),
  file: text('file.path'),
  hash: text('file.hash.sha256'),
  threat: text('threat.indicator.name'),
  mailfrom: listed('email.from.address', text('email.from.address')),
  mailto: listed('email.to.address', text('email.to.address')),
  mailid: text('email.local_id'),
  subject: text('email.subject'),
  command: text('process.command_line'),
  flags: text('vendor.tcp_flags'),
  iface: text('vendor.interface'),
  model: text('vendor.model'),
  ssid: text('network.name'),
  via: text('vendor.via'),
};

/** Lays the first pattern that fits over the fields. False when none does. */
export function lay(fields: Fields, line: string, patterns: readonly Pattern[]): boolean {
  for (const pattern of patterns) {
    const found = pattern.re.exec(line);
    if (found === null) continue;
    Object.assign(fields, pattern.fields);
    putGroups(fields, found.groups);
    return true;
  }
  return false;
}

/** Puts named groups, those that took part. */
export function putGroups(fields: Fields, groups: Readonly<Record<string, string | undefined>> | undefined): void {
  for (const [name, value] of Object.entries(groups ?? {})) {
    if (value !== undefined && value !== '') GROUPS[name]?.(fields, value);
  }
}
