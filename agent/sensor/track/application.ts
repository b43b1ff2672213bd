/** Application protocols that a flow can be labelled with, by number: `network.protocol`. */
export const APPLICATIONS = [
  '',
  'dns',
  'mdns',
  'llmnr',
  'nbns',
  'tls',
  'quic',
  'dtls',
  'http',
  'http2',
  'dhcp',
  'dhcpv6',
  'ssh',
  'smb',
  'dce_rpc',
  'kerberos',
  'ntlm',
  'ldap',
  'rdp',
  'ftp',
  'smtp',
  'pop3',
  'imap',
  'telnet',
  'snmp',
  'ntp',
  'ssdp',
  'mqtt',
  'socks',
  'rlogin',
  'rsh',
  'rexec',
  'tftp',
  'sip',
  'radius',
  'syslog',
  'mysql',
  'postgresql',
  'redis',
  'vnc',
  'rtsp',
  'modbus',
  'irc',
  'tds',
  'stun',
  'wireguard',
  'openvpn',
  'ike',
  'l2tp',
  'bittorrent',
  'ws-discovery',
] as const;
export type ApplicationName = Exclude<(typeof APPLICATIONS)[number], ''>;

/** The number of a name, for `FlowCounters.application`. */
export function applicationNumber(name: ApplicationName): number {
  return APPLICATIONS.indexOf(name);
}

/** What stands above the transport. Called synchronously; the bytes are valid during the call only. */
export interface Application {
  /** One UDP payload. @returns the protocol's name when it was one of its messages */
  onDatagram(
    b: Buffer,
    start: number,
    end: number,
    timeUs: number,
    slot: number,
    side: number,
  ): ApplicationName | undefined;
  /**
   * Payload of one TCP segment, in the order of arrival.
   * @param relative sequence number of its first byte, relative to the side's SYN (which is 0)
   * @param settled below this relative number every byte has been seen, or will never be
   */
  onSegment(
    b: Buffer,
    start: number,
    end: number,
    timeUs: number,
    slot: number,
    side: number,
    relative: number,
    settled: number,
  ): ApplicationName | undefined;
  /** Before the flow's record is made and its slot used again. */
  onFlowEnd(slot: number): void;
  /** The flow's sides were turned round. */
  onFlip(slot: number): void;
  tick(timeUs: number): void;
}
