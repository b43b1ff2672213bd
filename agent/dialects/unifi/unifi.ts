import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putMac } from '../fields.js';
import { SYSTEM } from '../lines/kinds.js';
import { lay, putGroups } from '../lines/patterns.js';
import { wallTime } from '../times.js';
import { putUnifiCef } from './cef.js';
import { putLabelled } from './firewall.js';
import { DEVICE, OS_EVENT } from './patterns.js';

const UBIQUITI = { 'observer.vendor': 'Ubiquiti', 'observer.product': 'UniFi' };

// `U7PG2,788a2056b182,v4.0.66.10832: ` (quoted and in parentheses in older firmware), and with the address first
// `788a2056b182,UAP-nanoHD-6.6.55+15189: `.
const MODEL_FIRST = /(?:^|[\s("])(?<model>[\w.+-]{2,32}),(?<mac>[0-9a-f]{12}),(?<version>[\w.+-]{3,40})"?\)?:?/;
const MAC_FIRST = /(?:^|\s)(?<mac>[0-9a-f]{12}),(?<model>[\w-]{2,32}?)-(?<version>\d[\w.+]{2,30}):/;
/** In both: what is looked for first, since most messages are of others. */
const MAC_AND_COMMA = /[0-9a-f]{12},/;
const SPEAKER = /^\s?(?<name>[\w.-]{1,32})(?:\[\d{1,10}\])?: (?:\k<name>(?:\[\d{1,10}\])?: )?/;
const UNIFI_OS =
  /CEF:0\|Ubiquiti\|(?<product>UniFi[\w ]{0,24})\|(?<version>[\w.+-]{1,24})\|(?<module>[\w.-]{1,32})\|(?<severity>\d{1,2})\|msg=(?<text>.{0,2000})/s;
const FRONT_MAX = 300;

/** UniFi gateways (iptables), access points, switches, and the CEF of UniFi Network and UniFi OS. */
export const unifi: Dialect = {
  name: 'unifi',
  parse(message: Message): Parsed | undefined {
    return ofCef(message) ?? ofPacket(message) ?? ofDevice(message);
  },
};

function ofCef(message: Message): Parsed | undefined {
  if (!message.text.includes('|Ubiquiti|')) return undefined;
  const fields: Fields = { ...UBIQUITI, 'observer.type': 'firewall' };
  const os = UNIFI_OS.exec(message.text)?.groups;
  if (os !== undefined) return ofOs(fields, os);
  if (message.cef?.vendor !== 'Ubiquiti') return undefined;
  putUnifiCef(fields, message.cef);
  put(fields, '@timestamp', wallTime(message.cef.extension.get('UNIFIutcTime') ?? '', message.clock, 'Z'));
  return { fields, status: 'full' };
}

function ofOs(fields: Fields, os: Readonly<Record<string, string>>): Parsed {
  const { product, version, module, severity, text } = os;
  Object.assign(fields, SYSTEM, { 'observer.product': product, 'observer.version': version });
  put(fields, 'event.code', module);
  put(fields, 'event.severity', Math.min(100, Number(severity) * 10));
  put(fields, 'message', text);
  lay(fields, text ?? '', OS_EVENT);
  putGroups(fields, /Source IP: (?<src>[\d.a-fA-F:]{2,45})/.exec(text ?? '')?.groups);
  return { fields, status: 'partial', reason: 'CEF header of five fields' };
}

function ofPacket(message: Message): Parsed | undefined {
  const fields: Fields = { ...UBIQUITI, 'observer.type': 'firewall' };
  return putLabelled(fields, message.body) ? { fields, status: 'full' } : undefined;
}

function ofDevice(message: Message): Parsed | undefined {
  const front = message.text.slice(0, FRONT_MAX);
  if (!MAC_AND_COMMA.test(front)) return undefined;
  const found = MAC_FIRST.exec(front) ?? MODEL_FIRST.exec(front);
  if (found === null || !/,[\w-]{3}/.test(found[0])) return undefined;
  const { model, mac, version } = found.groups!;
  const fields: Fields = {
    ...UBIQUITI,
    ...SYSTEM,
    'observer.type': /^US|^USW|switch/i.test(model!) ? 'switch' : 'wireless',
  };
  put(fields, 'vendor.model', model);
  put(fields, 'observer.version', version);
  putMac(fields, 'observer.mac', mac!.replace(/(..)(?=.)/g, '$1:'));
  const rest = message.text.slice(found.index + found[0].length);
  const speaker = SPEAKER.exec(rest);
  const text = speaker === null ? rest.trim() : rest.slice(speaker[0].length);
  put(fields, 'process.name', speaker?.groups?.['name']);
  put(fields, 'message', text);
  lay(fields, text, DEVICE);
  return { fields, status: 'full' };
}
