import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { SYSTEM } from '../lines/kinds.js';
import { lay, type Pattern } from '../lines/patterns.js';
import { type Said, said } from '../lines/program.js';
import { isOpnsense, putFilterlog, readFilterlog } from './filterlog.js';
import { OPNSENSE_AUDIT, PFSENSE_WEB } from './patterns.js';

const PFSENSE = { 'observer.vendor': 'Netgate', 'observer.product': 'pfSense', 'observer.type': 'firewall' };
const OPNSENSE = { 'observer.vendor': 'Deciso', 'observer.product': 'OPNsense', 'observer.type': 'firewall' };

// Programs that only these two have, and who has them.
const PROGRAMS: Readonly<Record<string, { product: Fields; patterns: readonly Pattern[]; only: boolean }>> = {
  'php-fpm': { product: PFSENSE, patterns: PFSENSE_WEB, only: false },
  php: { product: PFSENSE, patterns: PFSENSE_WEB, only: false },
  php_pfb: { product: PFSENSE, patterns: [], only: true },
  pfblockerng: { product: PFSENSE, patterns: [], only: true },
  check_reload_status: { product: PFSENSE, patterns: [], only: true },
  filterdns: { product: PFSENSE, patterns: [], only: true },
  'rc.gateway_alarm': { product: PFSENSE, patterns: [], only: true },
  'configd.py': { product: OPNSENSE, patterns: [], only: true },
  opnsense: { product: OPNSENSE, patterns: OPNSENSE_AUDIT, only: true },
  audit: { product: OPNSENSE, patterns: OPNSENSE_AUDIT, only: false },
};

/** pfSense and OPNsense: the packet filter's log, and what their own programs say. */
export const pfsense: Dialect = {
  name: 'pfsense',
  parse(message: Message): Parsed | undefined {
    const line = said(message);
    if (line === undefined) return undefined;
    if (line.name === 'syslogd' && isNameless(message))
      return { fields: { ...PFSENSE, ...SYSTEM, message: line.text }, status: 'full' };
    return line.name === 'filterlog' ? ofFilter(line, message) : ofProgram(line);
  },
};

/** FreeBSD's syslogd, which pfSense has, sends a time and no host. */
function isNameless({ header }: Message): boolean {
  return header.version === undefined && header.timestamp !== undefined && header.hostname === undefined;
}

function ofFilter(line: Said, message: Message): Parsed {
  const row = readFilterlog(line.text);
  if (row === undefined) return { fields: { ...PFSENSE }, status: 'partial', reason: 'filterlog columns' };
  const named =
    /opnsense/i.test(message.header.hostname ?? '') || message.header.structuredData?.['meta'] !== undefined;
  const fields: Fields = { ...(named || isOpnsense(row) ? OPNSENSE : PFSENSE) };
  putFilterlog(fields, row);
  return { fields, status: 'full' };
}

function ofProgram(line: Said): Parsed | undefined {
  const program = PROGRAMS[line.name];
  if (program === undefined) return undefined;
  const fields: Fields = { ...program.product, 'process.name': line.name, message: line.text };
  if (lay(fields, line.text, program.patterns)) return { fields, status: 'full' };
  return program.only ? { fields: { ...SYSTEM, ...fields }, status: 'full' } : undefined;
}
