import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';
import { lay } from '../lines/patterns.js';
import { severityOf } from '../severity.js';
import { BY_MNEMONIC, baseOf, verdictOf } from './facilities.js';
import { type Mnemonic, readMnemonic } from './mnemonic.js';

// Other makers and other products of Cisco that write the same way have dialects of their own.
const OTHERS = /^(?:ASA|PIX|FTD|FWSM|NGIPS|ACE|LIVEACTION|STKUNIT\d)$|^Viptela/;
// RFC 5424 6.2.1, as Cisco names them.
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notification', 'informational', 'debugging'];

// EOS: a process in front, and no time between it and the percent sign.
const ARISTA = /(?:^|[\sZ])(?<program>[A-Z][A-Za-z0-9]{1,24}(?:-[\w-]{1,24})?): $/;
const ARISTA_WORDS =
  /^(?:AGENT-\d-INITIALIZED|PROCMGR|ZTP|CAPI|FWK|LAUNCHER|SUPERSERVER|REDUNDANCY-\d-|MLAG|VXLAN|EVENTMON|CVX|TERMINATTR|ACCOUNTING)/;
const IOS = { 'observer.vendor': 'Cisco', 'observer.product': 'IOS', 'observer.type': 'router' };
const ARISTA_EOS = { 'observer.vendor': 'Arista', 'observer.product': 'EOS', 'observer.type': 'switch' };
const PRODUCTS: readonly [RegExp, Fields][] = [
  [
    /^UC_|^CCM_|^CALLMANAGER|CUCM|^CISCO_UC/i,
    { 'observer.product': 'Unified Communications Manager', 'observer.type': 'telephony' },
  ],
  [/^UCSM/, { 'observer.product': 'UCS Manager', 'observer.type': 'server' }],
  [/^LOG_|^ACI/, { 'observer.product': 'APIC', 'observer.type': 'switch' }],
  [
    /^(?:DAEMON|VSHD|ETHPORT|L2FM|MODULE|SYSMGR|VPC|ETHPM|PLATFORM|FEX|NOHMS|AUTHPRIV|ACLLOG|SPM|VDC_MGR|VMM)-/,
    { 'observer.product': 'NX-OS', 'observer.type': 'switch' },
  ],
  [
    /^(?:CAPWAP|DOT11|APF|DTL|LWAPP|WLAN|AAA-\d-AAA_AUTH|DOT1X-\d-(?:ABORT|INVALID|MAX)|MM-\d|LOG-\d-Q_IND)/,
    { 'observer.product': 'Wireless LAN Controller', 'observer.type': 'wireless' },
  ],
];

/** Cisco IOS, IOS XE, IOS XR, NX-OS, wireless controllers, ACI, UCM; and Arista EOS, which writes alike. */
export const ciscoIos: Dialect = {
  name: 'cisco-ios',
  parse(message: Message): Parsed | undefined {
    if (!message.text.includes('%')) return undefined;
    const line = readMnemonic(message.text);
    if (line === undefined || OTHERS.test(line.facility) || line.front.includes('STKUNIT')) return undefined;
    const fields: Fields = { ...makerOf(line, message) };
    put(fields, 'event.code', line.code);
    put(fields, 'log.level', LEVELS[line.severity]);
    put(fields, 'event.severity', severityOf(LEVELS[line.severity]!) ?? (7 - line.severity) * 14);
    put(fields, 'event.action', line.mnemonic.toLowerCase());
    put(fields, 'message', line.text);
    putMeaning(fields, line);
    return { fields, status: 'full' };
  },
};

function makerOf(line: Mnemonic, { header }: Message): Fields {
  const program = ARISTA.exec(line.front)?.groups?.['program'];
  const isTime = program !== undefined && /\d:\d\d(?:\.\d+)? [A-Z]{2,5}: $/.test(line.front);
  const isCounted = /^<\d{1,3}>\s?\d{1,12}: /.test(line.front);
  if (
    ARISTA_WORDS.test(line.code) ||
    (program !== undefined && !isTime && !isCounted && header.timestamp !== undefined && program === header.appname)
  ) {
    return ARISTA_EOS;
  }
  if (/RP\/\d\/|LC\/\d\/|\d\/\w{1,8}\/CPU\d/.test(line.front)) return { ...IOS, 'observer.product': 'IOS XR' };
  const product = PRODUCTS.find(([re]) => re.test(line.code))?.[1];
  return product === undefined ? IOS : { ...IOS, ...product };
}

function putMeaning(fields: Fields, line: Mnemonic): void {
  Object.assign(fields, baseOf(line.code, line.severity));
  const action = fields['event.action'];
  const patterns = BY_MNEMONIC.find(([re]) => re.test(line.code))?.[1] ?? [];
  if (patterns === BY_MNEMONIC[0]![1]) Object.assign(fields, verdictOf(line.text));
  lay(fields, line.text, patterns);
  fields['event.action'] ??= action;
}
