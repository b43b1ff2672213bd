import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Programs, Running } from './programs.js';

const SYSLOG_NG = resolve(import.meta.dirname, '../../var/peers/syslog-ng');

export interface Ports {
  readonly udp: number;
  readonly tcp: number;
  readonly tls: number;
}

const isInstalled = (program: string): boolean => spawnSync('which', [program]).status === 0;

/** What is here to send with. A missing one is said aloud. */
export const PEERS = {
  logger: isInstalled('logger'),
  rsyslogd: isInstalled('rsyslogd'),
  syslogNg: existsSync(join(SYSLOG_NG, 'usr/sbin/syslog-ng')),
} as const;

/** One message by util-linux' logger. */
export function log(args: readonly string[]): void {
  const { status, stderr } = spawnSync('logger', ['--server', '127.0.0.1', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`logger: ${stderr}`);
}

/** rsyslogd that forwards the lines of a file to each port of the box. */
export function rsyslogConfig(file: string, workFolder: string, { udp, tcp, tls }: Ports, certificate: string): string {
  const forward = (port: number, more: string): string =>
    `  action(type="omfwd" target="127.0.0.1" port="${port}" ${more} template="RSYSLOG_SyslogProtocol23Format")`;
  return [
    `global(workDirectory="${workFolder}" defaultNetstreamDriverCAFile="${certificate}")`,
    'module(load="imfile" mode="polling" pollingInterval="1")',
    `input(type="imfile" file="${file}" tag="rsyslog-peer:" severity="notice" facility="local3" ruleset="forward")`,
    'ruleset(name="forward") {',
    forward(udp, 'protocol="udp"'),
    forward(tcp, 'protocol="tcp" TCP_Framing="octet-counted"'),
    forward(tcp, 'protocol="tcp" TCP_Framing="traditional"'),
    forward(tls, 'protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="anon"'),
    '}',
    '',
  ].join('\n');
}

export function startRsyslogd(programs: Programs, config: string): Running {
  return programs.startOther('rsyslogd', ['-n', '-f', config, '-i', `${config}.pid`]);
}

export function syslogNgConfig(file: string, { udp, tcp, tls }: Ports): string {
  return [
    '@version: 3.38',
    '@module afsocket',
    '@module affile',
    '@module syslogformat',
    `source s { file("${file}" follow-freq(1) program-override("syslog-ng-peer") flags(no-parse)); };`,
    `destination u { network("127.0.0.1" transport("udp") port(${udp})); };`,
    `destination t { network("127.0.0.1" transport("tcp") port(${tcp}) persist-name("lines")); };`,
    `destination c { syslog("127.0.0.1" transport("tcp") port(${tcp})); };`,
    `destination e { syslog("127.0.0.1" transport("tls") port(${tls}) tls(peer-verify(no))); };`,
    'log { source(s); destination(u); destination(t); destination(c); destination(e); };',
    '',
  ].join('\n');
}

export function startSyslogNg(programs: Programs, config: string): Running {
  const library = join(SYSLOG_NG, 'usr/lib/syslog-ng');
  return programs.startOther('env', [
    `LD_LIBRARY_PATH=${library}`,
    join(SYSLOG_NG, 'usr/sbin/syslog-ng'),
    ...['--foreground', '--no-caps', '--cfgfile', config, '--module-path', join(library, '3.38')],
    ...['--persist-file', `${config}.persist`, '--control', `${config}.control`, '--pidfile', `${config}.pid`],
  ]);
}
