import { readFileSync } from 'node:fs';
import { privateAddresses } from './addresses.js';
import type { SyslogConfig } from './config.js';

const RMEM_MAX = '/proc/sys/net/core/rmem_max';
const PORT_START = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
const CAPABILITIES = '/proc/self/status';
const CAP_NET_BIND_SERVICE_BIT = 10n;
const MIB = 2 ** 20;

export interface SyslogAdvice {
  /** Where messages are received. */
  readonly text: string;
  /** What has to be done on this machine for it. */
  readonly advice: readonly string[];
}

/** What this machine lacks to receive messages as it is configured. @param read tests have their own */
export function adviceOnSyslog(
  config: SyslogConfig,
  addresses: readonly string[] = privateAddresses(),
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): SyslogAdvice {
  if (!config.isOn) return { text: 'not received here (syslog.isOn)', advice: [] };
  const places = config.addresses.length > 0 ? config.addresses : addresses;
  const ports = `UDP ${listOf(config.udpPorts)}, TCP ${listOf(config.tcpPorts)}, TLS ${listOf(config.tlsPorts)}`;
  if (places.length === 0)
    return { text: 'nowhere', advice: ['The machine has no private address. Give it one, or name syslog.addresses'] };
  return {
    text: `received at ${places.join(', ')}: ${ports}`,
    advice: [...adviceOnPorts(config, read), ...adviceOnBuffer(config, read)],
  };
}

const listOf = (ports: readonly number[]): string => (ports.length === 0 ? 'none' : ports.join(' and '));

function adviceOnPorts(config: SyslogConfig, read: (file: string) => string): string[] {
  const start = Number(textOf(PORT_START, read) ?? 1_024);
  const all = [...config.udpPorts, ...config.tcpPorts, ...config.tlsPorts];
  const low = [...new Set(all.filter((port) => port > 0 && port < start))];
  if (low.length === 0 || mayBind(read)) return [];
  return [
    `This user may not listen on port ${listOf(low)}, which devices use that cannot be told another. Run once as root: ` +
      `sysctl -w net.ipv4.ip_unprivileged_port_start=${Math.min(...low)} (or give the service ` +
      'AmbientCapabilities=CAP_NET_BIND_SERVICE). The other ports are open all the same',
  ];
}

function mayBind(read: (file: string) => string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(textOf(CAPABILITIES, read) ?? '')?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> CAP_NET_BIND_SERVICE_BIT) & 1n) === 1n;
}

function adviceOnBuffer({ receiveBufferBytes, udpPorts }: SyslogConfig, read: (file: string) => string): string[] {
  const most = Number(textOf(RMEM_MAX, read));
  if (udpPorts.length === 0 || !(most < receiveBufferBytes)) return [];
  const mib = (bytes: number): string => `${Math.round((bytes / MIB) * 10) / 10} MiB`;
  return [
    `The kernel gives a UDP socket ${mib(most)} to receive in, not ${mib(receiveBufferBytes)}: bursts of messages may be ` +
      `lost (told by gap records). Run once as root: sysctl -w net.core.rmem_max=${receiveBufferBytes}`,
  ];
}

function textOf(file: string, read: (file: string) => string): string | undefined {
  try {
    return read(file);
  } catch {
    return undefined;
  }
}
