import { isIP } from 'node:net';
import type { Message } from '../dialect.js';
import { readPairs } from '../key-values.js';
import { readLeef } from '../leef.js';

/** A message of a Firebox, taken apart. */
export interface Log {
  readonly pairs: Map<string, string>;
  readonly code: string;
  /** `Allow`, `Deny`, ... */
  readonly disposition?: string;
  /** What stands there in words, outside of pairs. */
  readonly text: string;
  readonly policy?: string;
  readonly serial?: string;
  readonly name?: string;
  /** The inner time, which is UTC. */
  readonly time?: string;
  readonly process?: string;
  readonly procid?: string;
  readonly version?: string;
}

/** `SERIAL name (2026-06-07T08:33:19) firewall[10]: `; serial and name may be missing. */
const HEAD =
  /(?:^|\s)(?:([0-9A-Z]{8,16}) )?(?:([\w.-]{1,64}) )?\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?)\) ([\w./-]{1,64})(?:\[(\d{1,10})\])?: ?/;
const ID = /msg_id="([0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4})"\s*/;
const FIRST_PAIR = /(?:^|\s)[a-z][a-zA-Z0-9_]{1,30}="/;
const POLICY = /\(([^()]{1,128})\)\s*$/;
const DISPOSITION = /^(?:Allow|Deny|Drop|Block|Strip|Reset|Lock|Proxy\w*|AVScan\w*)$/i;
const PROTOCOL = /^(?:[a-z][a-z0-9-]{1,15}|\d{1,3})(?:\/[a-z]{2,4})?$/i;
const WORDS_MAX = 40;

export function readLog(message: Message): Log | undefined {
  const { body } = message;
  return ofLeef(message) ?? ofNative(body);
}

function ofLeef(message: Message): Log | undefined {
  const start = message.body.indexOf('WatchGuard|');
  if (start < 0) return undefined;
  // A relay that took `LEEF` for the program's name leaves the rest of the header only.
  const lost = message.body.slice(Math.max(0, start - 4), start);
  const leef = message.leef ?? (/^[12]\.0\|$/.test(lost) ? readLeef(message.body.slice(start - 4)) : undefined);
  if (leef === undefined || leef.vendor !== 'WatchGuard') return undefined;
  const pairs = new Map(leef.pairs);
  const disposition = pairs.get('disp') ?? pairs.get('pri_disp');
  const policy = pairs.get('policy');
  return {
    pairs,
    code: leef.eventId,
    text: '',
    version: leef.deviceVersion,
    ...(disposition === undefined ? {} : { disposition }),
    ...(policy === undefined ? {} : { policy }),
  };
}

function ofNative(body: string): Log | undefined {
  const id = body.includes('msg_id="') ? ID.exec(body) : null;
  const head = HEAD.exec(body.slice(0, 400));
  if (id === null && !(head !== null && isFireboxBody(body.slice(head.index + head[0].length)))) return undefined;
  const start =
    id === null ? (head as RegExpExecArray).index + (head as RegExpExecArray)[0].length : id.index + id[0].length;
  const { text, pairs, policy } = takeApart(body.slice(start));
  const disposition = positions(text, pairs);
  return {
    pairs,
    text,
    code: id?.[1] ?? '',
    ...(disposition === undefined ? {} : { disposition }),
    ...(policy === undefined ? {} : { policy }),
    ...(head === null ? {} : headOf(head)),
  };
}

/** Traffic without a `msg_id`, as Fireware 11 wrote it. */
function isFireboxBody(rest: string): boolean {
  return /^(?:Allow|Deny) \S+ \S+ /.test(rest);
}

function headOf([, serial, name, time, process, procid]: RegExpExecArray): Partial<Log> {
  return {
    ...(serial === undefined ? {} : { serial }),
    ...(name === undefined ? {} : { name }),
    ...(time === undefined ? {} : { time }),
    ...(process === undefined ? {} : { process }),
    ...(procid === undefined ? {} : { procid }),
  };
}

/** Words, then pairs, then the policy in brackets; any of them may be missing. */
function takeApart(rest: string): { text: string; pairs: Map<string, string>; policy?: string } {
  const policy = POLICY.exec(rest);
  const body = policy === null ? rest : rest.slice(0, policy.index);
  const first = FIRST_PAIR.exec(body);
  const text = (first === null ? body : body.slice(0, first.index)).trim();
  const pairs = first === null ? new Map<string, string>() : readPairs(body.slice(first.index).trim());
  return { text, pairs, ...(policy?.[1] === undefined ? {} : { policy: policy[1] }) };
}

/**
 * `Allow 1-Trusted 0-External 52 tcp 20 127 192.0.2.5 198.51.100.7 62443 80 offset 8 S ...` to pairs by the names that LEEF
 * has for them. Length, header length and time to live are there for packets only. Returns the disposition.
 */
function positions(text: string, pairs: Map<string, string>): string | undefined {
  const words = text.split(' ', WORDS_MAX);
  const disposition = words[0] ?? '';
  if (!DISPOSITION.test(disposition)) return undefined;
  const at = words.findIndex((word, index) => isIP(word) !== 0 && isIP(words[index + 1] ?? '') !== 0);
  if (at < 2) return disposition;
  pairs.set('src', words[at] as string);
  pairs.set('dst', words[at + 1] as string);
  const isPacket = /^\d+$/.test(words[at - 1] ?? '') && /^\d+$/.test(words[at - 2] ?? '') && at > 4;
  const protocolAt = isPacket ? at - 3 : at - 1;
  const protocol = words[protocolAt] ?? '';
  let end = protocolAt;
  if (PROTOCOL.test(protocol)) pairs.set('proto', protocol);
  if (isPacket && /^\d+$/.test(words[protocolAt - 1] ?? '') && protocolAt > 1) {
    end = protocolAt - 1;
    pairs.set('length', words[end] as string);
  }
  putInterfaces(pairs, words.slice(1, end));
  putPorts(pairs, protocol, words.slice(at + 2, at + 4));
  return disposition;
}

/** Names of interfaces may have blanks: then the last word is the way out. */
function putInterfaces(pairs: Map<string, string>, names: string[]): void {
  const out = names.at(-1);
  if (names.length < 2 || out === undefined) return;
  pairs.set('in_if', names.slice(0, -1).join(' '));
  pairs.set('out_if', out);
}

function putPorts(pairs: Map<string, string>, protocol: string, [first = '', second = '']: string[]): void {
  if (!/^\d+$/.test(first) || !/^\d+$/.test(second)) return;
  const isIcmp = /^icmp/i.test(protocol);
  pairs.set(isIcmp ? 'icmpType' : 'srcPort', first);
  pairs.set(isIcmp ? 'icmpCode' : 'dstPort', second);
}
