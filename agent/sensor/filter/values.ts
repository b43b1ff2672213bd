import { readAddress, readMac, readNetwork } from './addresses.js';
import type { Condition, Direction, Expression } from './ast.js';
import { wrong } from './tokens.js';

/** The words in front of a value. */
export interface Qualifiers {
  readonly protocol?: string;
  readonly direction?: Direction;
  /** `host`, `net`, `port`, `portrange`, `proto` or `mac`. */
  readonly type?: string;
}

interface Value {
  readonly text: string;
  readonly at: number;
  /** Of a network, as an address. */
  readonly mask?: string;
}

/** Numbers of IANA for what has a name here. */
const NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  sctp: 132,
};
const HAVE_PORTS = new Set<string | undefined>([undefined, 'tcp', 'udp', 'sctp', 'ip', 'ip6']);
const PORT_MAX = 65_535;

export function protocolCondition(word: string): Condition {
  if (word === 'arp') return { kind: 'arp' };
  if (word === 'ip' || word === 'ip6') return { kind: 'version', version: word === 'ip' ? 4 : 6 };
  const version = word === 'icmp' ? 4 : word === 'icmp6' ? 6 : 0;
  return { kind: 'protocol', version, protocol: NUMBERS[word]! };
}

/** What a value without words is by its looks. */
export function typeOfBare(text: string): string | undefined {
  if (readAddress(text) !== undefined) return 'host';
  if (readMac(text) !== undefined) return 'mac';
  return text.includes('/') && readNetwork(text) !== undefined ? 'net' : undefined;
}

/** @throws CAPTURE_FILTER with `position` */
export function conditionOf(words: Qualifiers, value: Value): Expression {
  const condition = valueCondition(words, value);
  const isOwn = words.protocol === undefined || words.protocol === 'ether' || words.type === 'proto';
  return isOwn ? condition : { kind: 'and', left: protocolCondition(words.protocol!), right: condition };
}

function valueCondition(words: Qualifiers, value: Value): Condition {
  const direction = words.direction ?? 'src or dst';
  if (words.protocol === 'ether' && words.type !== 'mac' && words.type !== 'host')
    throw wrong(`ether has no ${words.type}`, value.at);
  if (words.type === 'mac' || words.protocol === 'ether') return macCondition(direction, value);
  switch (words.type) {
    case 'host':
      return hostCondition(direction, value);
    case 'net':
      return netCondition(direction, value);
    case 'proto':
      return protoCondition(words, value);
    default:
      if (!HAVE_PORTS.has(words.protocol)) throw wrong(`${words.protocol} has no ports`, value.at);
      return portsCondition(words.type === 'portrange', direction, value);
  }
}

function hostCondition(direction: Direction, { text, at }: Value): Condition {
  const network = readAddress(text);
  if (network !== undefined) return { kind: 'address', direction, network };
  const isNetwork = text.includes('/');
  throw wrong(isNetwork ? `${text} is a network: write net` : `${text} is no address; names are not looked up`, at);
}

function netCondition(direction: Direction, { text, at, mask }: Value): Condition {
  const network = readNetwork(text, mask);
  if (network === undefined) throw wrong(`${text}${mask === undefined ? '' : ` mask ${mask}`} is no network`, at);
  if (network === 'rest') throw wrong(`${text} has bits outside of its mask`, at);
  return { kind: 'address', direction, network };
}

function macCondition(direction: Direction, { text, at }: Value): Condition {
  const mac = readMac(text);
  if (mac === undefined) throw wrong(`${text} is no MAC address such as 02:00:00:00:00:01`, at);
  return { kind: 'mac', direction, ...mac };
}

/** The name may stand behind `\`, as tcpdump wants it. */
function protoCondition({ protocol, direction }: Qualifiers, { text, at }: Value): Condition {
  if (direction !== undefined) throw wrong(`proto has no ${direction}`, at);
  const version = protocol === undefined ? 0 : protocol === 'ip' ? 4 : protocol === 'ip6' ? 6 : undefined;
  if (version === undefined) throw wrong(`${protocol} proto has no meaning; write ip proto or proto`, at);
  const name = text.startsWith('\\') ? text.slice(1) : text;
  const known = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  return { kind: 'protocol', version, protocol: known ?? numberOf(name, 255, at) };
}

function portsCondition(isRange: boolean, direction: Direction, { text, at }: Value): Condition {
  const [first = '', last, ...more] = isRange ? text.split('-') : [text];
  if (more.length > 0) throw wrong(`${text} is no range of ports such as 1-1023`, at);
  const low = numberOf(first, PORT_MAX, at);
  const high = last === undefined ? low : numberOf(last, PORT_MAX, at);
  return { kind: 'ports', direction, low: Math.min(low, high), high: Math.max(low, high) };
}

/** @throws CAPTURE_FILTER */
export function numberOf(text: string, max: number, at: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : /^0x[0-9a-f]{1,8}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw wrong(`${text} is no number from 0 to ${max}`, at);
}
