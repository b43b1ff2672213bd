import { DHCP, DHCPV6 } from './dhcp.js';
import { DNS } from './dns.js';
import { DTLS } from './dtls.js';
import { FTP } from './ftp.js';
import { HTTP } from './http.js';
import { HTTP2 } from './http2.js';
import { KERBEROS } from './kerberos.js';
import type { Scenario } from './lab/scenario.js';
import { LDAP } from './ldap.js';
import { MAILBOX } from './mailbox.js';
import { LLMNR, MDNS } from './names.js';
import { FRAGMENTS, KERNEL_TUNNELS, PING, SOCAT_TUNNELS } from './network.js';
import { CONNECT, SOCKS } from './proxies.js';
import { BROWSER, QUIC } from './quic.js';
import { RDP, TELNET } from './remote.js';
import { LLDP, MQTT, NTP, SNMP, SSDP } from './services.js';
import { NBNS, RPC, SMB } from './smb.js';
import { SMTP } from './smtp.js';
import { SSH } from './ssh.js';
import { ERSPAN, SWITCH, SWITCH_TUNNELS } from './switch.js';
import { TLS } from './tls.js';

/** Every scenario, in the order of the report. Its place is its number, and so its network. */
export const SCENARIOS: readonly Scenario[] = [
  ...[DNS, MDNS, LLMNR, NBNS, HTTP, HTTP2, TLS, DTLS, QUIC, DHCP, DHCPV6, SSH, SMB, RPC, KERBEROS, LDAP, RDP],
  ...[FTP, SMTP, MAILBOX, TELNET, SOCKS, CONNECT, SNMP, NTP, SSDP, MQTT, LLDP],
  ...[PING, FRAGMENTS, SWITCH, SWITCH_TUNNELS, ERSPAN, ...KERNEL_TUNNELS, ...SOCAT_TUNNELS, BROWSER],
];
