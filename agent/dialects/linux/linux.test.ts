import { testLines } from '../lines/cases.js';

const AT = 'Nov 25 19:00:00 srv1';
const auth = { 'hinomi.event_class': 'auth', 'event.category': ['authentication'] };
const ok = { ...auth, 'event.outcome': 'success' };
const failed = { ...auth, 'event.outcome': 'failure' };

testLines({ 'observer.vendor': 'Linux' }, [
  [
    'sshd accepts',
    `<38>${AT} sshd[1234]: Accepted publickey for taro from 192.0.2.5 port 50022 ssh2: ED25519 SHA256:x`,
    {
      ...ok,
      'user.name': 'taro',
      'source.ip': '192.0.2.5',
      'source.port': 50022,
      'process.name': 'sshd',
      'process.pid': 1234,
      'observer.product': 'OpenSSH',
    },
  ],
  [
    'sshd refuses',
    `<38>${AT} sshd[1234]: Failed password for invalid user admin from 203.0.113.66 port 40022 ssh2`,
    { ...failed, 'user.name': 'admin', 'source.ip': '203.0.113.66' },
  ],
  [
    'sshd, newer name',
    `<38>${AT} sshd-session[1234]: Failed password for root from 2001:db8::66 port 40022 ssh2`,
    { ...failed, 'user.name': 'root', 'source.ip': '2001:db8::66' },
  ],
  [
    'sshd: an invalid user',
    `<38>${AT} sshd[1234]: Invalid user test from 203.0.113.66 port 40023`,
    { ...failed, 'user.name': 'test' },
  ],
  [
    'sshd: gone',
    `<38>${AT} sshd[1234]: Disconnected from user taro 192.0.2.5 port 50022`,
    { ...auth, 'event.type': ['end'], 'user.name': 'taro' },
  ],
  [
    'RFC 5424',
    '<86>1 2026-11-25T19:00:00+09:00 srv1 sshd 1234 - - Accepted password for taro from 192.0.2.5 port 50022 ssh2',
    { ...ok, 'user.name': 'taro' },
  ],
  [
    'PAM',
    `<86>${AT} sshd[1234]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.66  user=root`,
    { ...failed, 'user.name': 'root', 'source.ip': '203.0.113.66' },
  ],
  [
    'PAM of another program',
    `<86>${AT} gdm3[1]: pam_unix(gdm3:session): session opened for user taro(uid=1000) by (uid=0)`,
    { ...ok, 'user.name': 'taro' },
  ],
  [
    'sudo',
    `<85>${AT} sudo:     taro : TTY=pts/0 ; PWD=/home/taro ; USER=root ; COMMAND=/usr/bin/apt update`,
    {
      'hinomi.event_class': 'auth',
      'event.outcome': 'success',
      'user.name': 'taro',
      'user.target.name': 'root',
      'process.command_line': '/usr/bin/apt update',
    },
  ],
  [
    'sudo refused',
    `<81>${AT} sudo:     taro : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/home/taro ; USER=root ; COMMAND=/bin/su`,
    { ...failed, 'user.name': 'taro' },
  ],
  ['su', `<86>${AT} su[99]: (to root) taro on pts/0`, { ...ok, 'user.name': 'taro', 'user.target.name': 'root' }],
  [
    'su, RFC 3164',
    "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for taro on /dev/pts/8",
    { ...failed, 'user.name': 'taro' },
  ],
  [
    'login',
    `<86>${AT} login[9]: FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure`,
    { ...failed, 'user.name': 'root' },
  ],
  [
    'a new account',
    `<86>${AT} useradd[9]: new user: name=jiro, UID=1001, GID=1001, home=/home/jiro, shell=/bin/bash`,
    { 'hinomi.event_class': 'admin_change', 'event.category': ['iam'], 'user.name': 'jiro' },
  ],
  [
    'cron',
    `<78>${AT} CRON[777]: (root) CMD (/usr/local/bin/backup)`,
    { 'hinomi.event_class': 'system', 'user.name': 'root', 'process.command_line': '/usr/local/bin/backup' },
  ],
  [
    'cron by its path, without a host',
    '<78>Nov 25 19:00:00 /usr/sbin/cron[777]: (root) CMD (/usr/libexec/atrun)',
    { 'hinomi.event_class': 'system', 'process.name': 'cron' },
  ],
  [
    'systemd',
    `<30>${AT} systemd[1]: Started Daily apt upgrade.`,
    { 'hinomi.event_class': 'system', 'event.action': 'started' },
  ],
  [
    'systemd fails',
    `<27>${AT} systemd[1]: Failed to start nginx.service.`,
    { 'hinomi.event_class': 'system', 'event.type': ['error'] },
  ],
  [
    'iptables',
    `<4>${AT} kernel: [ 123.456789] INPUT-DROP: IN=eth0 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=203.0.113.9 DST=192.0.2.1 LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID=1 DF PROTO=TCP SPT=40123 DPT=23 WINDOW=64240 RES=0x00 SYN URGP=0`,
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'event.action': 'drop',
      'rule.name': 'INPUT-DROP',
      'source.ip': '203.0.113.9',
      'destination.port': 23,
      'observer.product': 'netfilter',
      'vendor.tcp_flags': 'SYN',
    },
  ],
  [
    'UFW',
    `<4>${AT} kernel: [UFW BLOCK] IN=eth0 OUT= MAC= SRC=2001:db8::66 DST=2001:db8::1 LEN=72 TC=0 HOPLIMIT=50 FLOWLBL=0 PROTO=UDP SPT=5353 DPT=5353 LEN=32`,
    {
      'event.type': ['connection', 'denied'],
      'observer.product': 'UFW',
      'network.type': 'ipv6',
      'network.transport': 'udp',
      'network.bytes': 72,
    },
  ],
  [
    'an ICMP error holds another packet',
    `<4>${AT} kernel: LOG IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.1 LEN=88 PROTO=ICMP TYPE=3 CODE=3 [SRC=192.0.2.1 DST=203.0.113.9 LEN=60 PROTO=UDP SPT=1 DPT=2 ]`,
    { 'source.ip': '203.0.113.9', 'network.transport': 'icmp', 'vendor.TYPE': '3' },
  ],
  [
    'dnsmasq',
    `<30>${AT} dnsmasq-dhcp[55]: DHCPACK(br0) 192.0.2.50 00:00:5e:00:53:05 pc-01`,
    {
      'hinomi.event_class': 'system',
      'event.action': 'dhcpack',
      'host.ip': ['192.0.2.50'],
      'source.mac': '00-00-5E-00-53-05',
      'host.name': 'pc-01',
    },
  ],
  [
    'dnsmasq: a query',
    `<30>${AT} dnsmasq[55]: query[A] www.example.jp from 192.0.2.50`,
    {
      'hinomi.event_class': 'traffic',
      'dns.question.name': 'www.example.jp',
      'dns.question.type': 'A',
      'source.ip': '192.0.2.50',
    },
  ],
  [
    'dhcpd',
    `<30>${AT} dhcpd[55]: DHCPACK on 192.0.2.51 to 00:00:5e:00:53:06 (pc-02) via eth1`,
    {
      'event.action': 'dhcpack',
      'source.ip': '192.0.2.51',
      'host.mac': ['00-00-5E-00-53-06'],
      'host.name': 'pc-02',
      'vendor.interface': 'eth1',
    },
  ],
  [
    'named',
    `<30>${AT} named[55]: client @0x7f0c74087120 192.0.2.52#61568 (www.example.jp): query: www.example.jp IN AAAA + (192.0.2.1)`,
    { 'dns.question.name': 'www.example.jp', 'source.ip': '192.0.2.52', 'source.port': 61568 },
  ],
  [
    'openvpn',
    `<29>${AT} openvpn[55]: 203.0.113.7:50000 [taro] Peer Connection Initiated with [AF_INET]203.0.113.7:50000`,
    { 'hinomi.event_class': 'vpn', 'event.outcome': 'success', 'source.ip': '203.0.113.7' },
  ],
  [
    'strongSwan',
    `<29>${AT} charon[55]: 05[IKE] <office|3> IKE_SA office[3] established between 192.0.2.1[gw.example.jp]...203.0.113.7[taro@example.jp]`,
    { 'hinomi.event_class': 'vpn', 'source.ip': '203.0.113.7', 'user.name': 'taro@example.jp', 'rule.name': 'office' },
  ],
  [
    'postfix',
    `<20>${AT} postfix/smtpd[55]: warning: unknown[203.0.113.66]: SASL LOGIN authentication failed: x`,
    { ...failed, 'source.ip': '203.0.113.66', 'observer.product': 'Postfix' },
  ],
  [
    'fail2ban',
    `<29>${AT} fail2ban.actions[55]: NOTICE [sshd] Ban 203.0.113.66`,
    { 'hinomi.event_class': 'ips', 'rule.name': 'sshd', 'source.ip': '203.0.113.66' },
  ],
]);
