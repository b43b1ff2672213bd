import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';
import { AUTH, MAIL, NETWORK, SYSTEM, VPN } from '../lines/kinds.js';
import { lay, type Pattern } from '../lines/patterns.js';
import { type Said, said } from '../lines/program.js';
import { ACCOUNTS, LOGIN_PROGRAM, LOGIND, PAM, SSHD, SU, SUDO } from './auth.js';
import { putKernel } from './kernel.js';
import {
  CHARON,
  CRON,
  DHCPD,
  DNSMASQ,
  FAIL2BAN,
  HOSTAPD,
  NAMED,
  OPENVPN,
  PACKAGES,
  POSTFIX,
  SYSTEMD,
} from './services.js';

interface Program {
  readonly product: string;
  /** For lines that no pattern knows. */
  readonly base: Fields;
  readonly patterns: readonly Pattern[];
}

const program = (product: string, base: Fields, patterns: readonly Pattern[] = []): Program => ({
  product,
  base,
  patterns,
});

const SSH = program('OpenSSH', AUTH, [...SSHD, ...PAM]);
const CRONS = program('cron', SYSTEM, [...CRON, ...PAM]);
const DHCP = program('ISC DHCP', NETWORK, DHCPD);
const MAILER = program('Postfix', MAIL, POSTFIX);
const STRONGSWAN = program('strongSwan', VPN, CHARON);
const SHADOW = program('shadow', AUTH, [...ACCOUNTS, ...PAM]);

const PROGRAMS: Readonly<Record<string, Program>> = {
  sshd: SSH,
  'sshd-session': SSH,
  'sshd-auth': SSH,
  dropbear: program('Dropbear', AUTH, PAM),
  sudo: program('sudo', AUTH, [...SUDO, ...PAM]),
  su: program('su', AUTH, [...SU, ...PAM]),
  login: program('login', AUTH, [...LOGIN_PROGRAM, ...PAM]),
  'systemd-logind': program('systemd', AUTH, LOGIND),
  polkitd: program('polkit', AUTH, PAM),
  'gdm-password': program('GDM', AUTH, PAM),
  useradd: SHADOW,
  userdel: SHADOW,
  usermod: SHADOW,
  groupadd: SHADOW,
  passwd: SHADOW,
  chpasswd: SHADOW,
  cron: CRONS,
  crond: CRONS,
  crontab: CRONS,
  anacron: CRONS,
  atd: CRONS,
  systemd: program('systemd', SYSTEM, SYSTEMD),
  'systemd-networkd': program('systemd', NETWORK),
  'systemd-resolved': program('systemd', NETWORK),
  'systemd-timesyncd': program('systemd', SYSTEM),
  'systemd-journald': program('systemd', SYSTEM),
  'systemd-udevd': program('systemd', SYSTEM),
  dnsmasq: program('dnsmasq', NETWORK, DNSMASQ),
  'dnsmasq-dhcp': program('dnsmasq', NETWORK, DNSMASQ),
  dhcpd: DHCP,
  dhcpd3: DHCP,
  dhclient: DHCP,
  dhcrelay: DHCP,
  named: program('BIND', NETWORK, NAMED),
  unbound: program('Unbound', NETWORK),
  openvpn: program('OpenVPN', VPN, OPENVPN),
  'ovpn-server': program('OpenVPN', VPN, OPENVPN),
  charon: STRONGSWAN,
  'charon-systemd': STRONGSWAN,
  ipsec: STRONGSWAN,
  fail2ban: program('fail2ban', SYSTEM, FAIL2BAN),
  'fail2ban.actions': program('fail2ban', SYSTEM, FAIL2BAN),
  'fail2ban.filter': program('fail2ban', SYSTEM, FAIL2BAN),
  hostapd: program('hostapd', NETWORK, HOSTAPD),
  dovecot: program('Dovecot', MAIL),
  sendmail: program('Sendmail', MAIL),
  yum: program('yum', SYSTEM, PACKAGES),
  dnf: program('dnf', SYSTEM, PACKAGES),
  dpkg: program('dpkg', SYSTEM, PACKAGES),
  ntpd: program('NTP', SYSTEM),
  chronyd: program('chrony', SYSTEM),
  rsyslogd: program('rsyslog', SYSTEM),
  'syslog-ng': program('syslog-ng', SYSTEM),
  networkmanager: program('NetworkManager', NETWORK),
  avahi: program('Avahi', NETWORK),
  'avahi-daemon': program('Avahi', NETWORK),
  smbd: program('Samba', SYSTEM, PAM),
  vsftpd: program('vsftpd', AUTH, PAM),
  pppd: program('pppd', NETWORK),
  keepalived: program('keepalived', NETWORK),
  snmpd: program('Net-SNMP', SYSTEM),
  auditd: program('auditd', SYSTEM),
  dockerd: program('Docker', SYSTEM),
  logger: program('logger', SYSTEM),
};
const NESTED: Readonly<Record<string, string>> = { postfix: 'Postfix', systemd: 'systemd' };

/** A program of any Unix, in lower case. */
export const isUnixProgram = (name: string): boolean => name === 'kernel' || Object.hasOwn(PROGRAMS, name);

/** Linux and other Unix hosts: what their own programs and kernel say. */
export const linux: Dialect = {
  name: 'linux',
  parse(message: Message): Parsed | undefined {
    const line = said(message);
    if (line === undefined || message.cef !== undefined || message.leef !== undefined) return undefined;
    return line.name === 'kernel' ? ofKernel(line) : ofProgram(line, message);
  },
};

function ofKernel(line: Said): Parsed {
  const fields: Fields = { 'observer.vendor': 'Linux', 'observer.product': 'kernel', 'process.name': 'kernel' };
  putKernel(fields, line.text);
  put(fields, 'message', line.text);
  return { fields, status: 'full' };
}

function ofProgram(line: Said, message: Message): Parsed | undefined {
  const known = lookUp(line, message);
  if (known === undefined) return undefined;
  const fields: Fields = { 'observer.vendor': 'Linux', 'observer.product': known.product, ...known.base };
  put(fields, 'process.name', line.name);
  const pid = Number(line.pid);
  if (Number.isSafeInteger(pid) && pid > 0) put(fields, 'process.pid', pid);
  put(fields, 'message', line.text);
  lay(fields, line.text, known.patterns);
  return { fields, status: 'full' };
}

/** `postfix/smtpd` has lost its path; PAM's modules say the same things whoever calls them. */
function lookUp(line: Said, { body, header }: Message): Program | undefined {
  if (Object.hasOwn(PROGRAMS, line.name)) return PROGRAMS[line.name];
  const path = /^\s?(?:\S{1,64} )?(\w{1,16})\//.exec(body)?.[1] ?? header.appname?.split('/')[0] ?? '';
  if (NESTED[path] === 'Postfix') return MAILER;
  return /^pam_\w+\(/.test(line.text) ? program(line.name, AUTH, PAM) : undefined;
}
