import type { Cef } from './cef.js';
import type { Dialect, Fields, Message, Parsed } from './dialect.js';
import { put, putAll, type Target } from './fields.js';
import { CHANGED, INTRUSION_BLOCKED, LOGIN, LOGIN_FAILED, LOGOUT, SITE_BLOCKED } from './lines/kinds.js';
import { lay, type Pattern, putGroups } from './lines/patterns.js';
import { wallTime } from './times.js';

const INFOBLOX = { 'observer.vendor': 'Infoblox', 'observer.product': 'NIOS', 'observer.type': 'dns' };

// NIOS Administrator Guide: RPZ and threat protection events are CEF behind `named` or `threat-protect-log`.
const CEF_KEYS: Readonly<Record<string, Target>> = {
  src: { ip: 'source.ip' },
  spt: { port: 'source.port' },
  dst: { ip: 'destination.ip' },
  dpt: { port: 'destination.port' },
  act: 'event.action',
  msg: 'message',
  fqdn: 'dns.question.name',
  qtype: 'dns.question.type',
  cat: 'rule.category',
  CAT: 'rule.category',
};
const REWRITTEN = /rewrite (?<question>[^\s[]{1,255}) \[(?<qtype>\w{1,16})\]/;

// The audit log: UTC, the administrator in brackets, what was done. Blanks in values are `\040`.
const AUDIT =
  /^(?:\S{1,64} )?(?:httpd|sshd|serial_console|python|infoblox)(?:\[\d{1,9}\])?: (?<time>\d{4}-\d{2}-\d{2} [\d:]{8}\.\d{3})Z \[(?<user>[^\]]{1,64})\]: (?<text>.{1,2000})/s;
const DONE: readonly Pattern[] = [
  { re: /^(?<action>Login_Allowed)\b(?:.{0,200}?\bip=(?<src>[\d.a-fA-F:]{3,45}))?/, fields: LOGIN },
  { re: /^(?<action>Login_Denied)\b(?:.{0,200}?\bip=(?<src>[\d.a-fA-F:]{3,45}))?/, fields: LOGIN_FAILED },
  { re: /^(?<action>Logout)\b(?:.{0,200}?\bip=(?<src>[\d.a-fA-F:]{3,45}))?/, fields: LOGOUT },
  { re: /^(?<action>[\w ]{2,32}?)(?: - |$)/, fields: CHANGED },
  { re: /^/, fields: CHANGED },
];

/** Infoblox NIOS: what it filtered, and what its administrators did. Its DNS and DHCP servers are BIND's and ISC's. */
export const infoblox: Dialect = {
  name: 'infoblox',
  parse(message: Message): Parsed | undefined {
    if (message.cef !== undefined) return message.cef.vendor === 'Infoblox' ? ofCef(message.cef) : undefined;
    return ofAudit(message);
  },
};

function ofCef(cef: Cef): Parsed {
  const isRpz = cef.signature.startsWith('RPZ');
  const fields: Fields = { ...INFOBLOX, ...(isRpz ? SITE_BLOCKED : INTRUSION_BLOCKED), 'network.protocol': 'dns' };
  put(fields, 'observer.version', cef.deviceVersion);
  put(fields, 'event.code', cef.signature);
  put(fields, 'rule.name', cef.name);
  putAll(fields, cef.extension, CEF_KEYS);
  putGroups(fields, REWRITTEN.exec(cef.extension.get('msg') ?? '')?.groups);
  const action = String(fields['event.action'] ?? cef.name).toLowerCase();
  fields['event.action'] = action;
  if (/pass|alert|log only/.test(action)) fields['event.type'] = ['allowed'];
  const severity = Number(cef.severity);
  if (severity >= 0 && severity <= 10) put(fields, 'event.severity', severity * 10);
  return { fields, status: 'full' };
}

function ofAudit({ body, clock }: Message): Parsed | undefined {
  const found = AUDIT.exec(body)?.groups;
  if (found === undefined) return undefined;
  const { time, user, text } = found;
  const fields: Fields = { ...INFOBLOX };
  lay(fields, text!, DONE);
  put(fields, '@timestamp', wallTime(time!, clock, 'Z'));
  put(fields, 'user.name', user!.replaceAll('\\040', ' '));
  put(fields, 'message', text);
  return { fields, status: 'full' };
}
