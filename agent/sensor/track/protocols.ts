import type { Protocol } from './session.js';
import { DCE_RPC } from './sessions/dce-rpc.js';
import { DHCP, DHCPV6 } from './sessions/dhcp.js';
import { DTLS } from './sessions/dtls.js';
import { FTP } from './sessions/ftp.js';
import { GOOGLE_QUIC } from './sessions/gquic.js';
import { HTTP } from './sessions/http.js';
import { HTTP2 } from './sessions/http2.js';
import { IRC } from './sessions/irc.js';
import { KERBEROS_TCP, KERBEROS_UDP } from './sessions/kerberos.js';
import { CLDAP, LDAP } from './sessions/ldap.js';
import { IMAP, POP3 } from './sessions/mailbox.js';
import { MODBUS } from './sessions/modbus.js';
import { MQTT } from './sessions/mqtt.js';
import { MYSQL } from './sessions/mysql.js';
import {
  BITTORRENT,
  BITTORRENT_DHT,
  IKE,
  L2TP,
  STUN,
  SYSLOG,
  SYSLOG_TCP,
  WIREGUARD,
  WS_DISCOVERY,
} from './sessions/noticed.js';
import { NTP } from './sessions/ntp.js';
import { OPENVPN, OPENVPN_TCP } from './sessions/openvpn.js';
import { POSTGRESQL } from './sessions/postgresql.js';
import { QUIC } from './sessions/quic.js';
import { RADIUS } from './sessions/radius.js';
import { RDP } from './sessions/rdp.js';
import { REDIS } from './sessions/redis.js';
import { REXEC, RLOGIN, RSH } from './sessions/remote-shell.js';
import { RFB } from './sessions/rfb.js';
import { RTSP } from './sessions/rtsp.js';
import { SIP, SIP_TCP } from './sessions/sip.js';
import { SMB } from './sessions/smb.js';
import { SMTP } from './sessions/smtp.js';
import { SNMP } from './sessions/snmp.js';
import { SOCKS } from './sessions/socks.js';
import { SSDP } from './sessions/ssdp.js';
import { SSH } from './sessions/ssh.js';
import { SSL2 } from './sessions/ssl2.js';
import { TDS } from './sessions/tds.js';
import { TELNET } from './sessions/telnet.js';
import { TFTP } from './sessions/tftp.js';
import { TLS } from './sessions/tls.js';

/** Every application protocol but DNS, in the order in which they are asked: those that are surest first. */
export const PROTOCOLS: readonly Protocol[] = [
  TLS,
  SSL2,
  HTTP2,
  HTTP,
  SSH,
  SMB,
  DCE_RPC,
  LDAP,
  RDP,
  SMTP,
  FTP,
  POP3,
  IMAP,
  KERBEROS_TCP,
  MQTT,
  TELNET,
  RFB,
  MYSQL,
  POSTGRESQL,
  SIP_TCP,
  RTSP,
  REDIS,
  IRC,
  TDS,
  BITTORRENT,
  SOCKS,
  RLOGIN,
  RSH,
  REXEC,
  SYSLOG_TCP,
  OPENVPN_TCP,
  MODBUS,
  QUIC,
  GOOGLE_QUIC,
  CLDAP,
  SNMP,
  KERBEROS_UDP,
  DTLS,
  NTP,
  SSDP,
  DHCP,
  DHCPV6,
  STUN,
  WIREGUARD,
  SIP,
  TFTP,
  RADIUS,
  SYSLOG,
  IKE,
  OPENVPN,
  L2TP,
  BITTORRENT_DHT,
  WS_DISCOVERY,
];
