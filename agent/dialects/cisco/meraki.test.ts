import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const line = (text: string) => `<134>1 1795608000.834663913 office_mx ${text}`;
const MX = { 'observer.vendor': 'Cisco', 'observer.product': 'Meraki MX', 'observer.name': 'office_mx' };

it.each<[string, string, Record<string, unknown>]>([
  [
    'a request',
    line(
      "urls src=192.0.2.10:50123 dst=198.51.100.7:80 mac=00:00:5E:00:53:23 agent='curl/8' request: GET http://www.example.jp/a",
    ),
    {
      ...MX,
      '@timestamp': '2026-11-25T12:00:00.834663Z',
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'allowed'],
      'source.ip': '192.0.2.10',
      'source.port': 50123,
      'destination.port': 80,
      'source.mac': '00-00-5E-00-53-23',
      'http.request.method': 'GET',
      'url.domain': 'www.example.jp',
      'user_agent.original': 'curl/8',
    },
  ],
  [
    'an encrypted one',
    line('urls src=192.0.2.10:50123 dst=198.51.100.7:443 request: UNKNOWN https://www.example.jp/...'),
    { 'url.domain': 'www.example.jp', 'hinomi.event_class': 'url_filter' },
  ],
  [
    'what a rule let in',
    line('flows src=192.0.2.10 dst=198.51.100.7 protocol=udp sport=50123 dport=53 pattern: 0 all'),
    {
      ...MX,
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'allowed'],
      'network.transport': 'udp',
      'destination.port': 53,
    },
  ],
  [
    'what a rule kept out',
    line('flows src=198.51.100.7 dst=192.0.2.10 protocol=udp sport=50123 dport=53 pattern: 1 all'),
    { 'event.type': ['connection', 'denied'], 'event.action': 'deny' },
  ],
  [
    'flows with a word',
    line('flows deny src=192.0.2.10 dst=198.51.100.7 mac=00:00:5E:00:53:23 protocol=tcp sport=50123 dport=8080'),
    { 'event.type': ['connection', 'denied'], 'source.port': 50123 },
  ],
  [
    'the firewall of newer firmware',
    line('firewall src=192.0.2.10 dst=198.51.100.7 protocol=tcp sport=50123 dport=443 pattern: deny all'),
    { 'hinomi.event_class': 'traffic', 'event.type': ['connection', 'denied'] },
  ],
  [
    'the firewall of the VPN',
    line('vpn_firewall src=192.0.2.10 dst=198.51.100.7 protocol=icmp type=8 pattern: allow all'),
    { 'hinomi.event_class': 'traffic', 'event.type': ['connection', 'allowed'], 'network.transport': 'icmp' },
  ],
  [
    'the beginning of a flow',
    line(
      'ip_flow_start src=192.0.2.10 dst=198.51.100.7 protocol=udp sport=50123 dport=53 translated_src_ip=203.0.113.5 translated_port=10001',
    ),
    { 'event.type': ['connection', 'start', 'allowed'], 'source.nat.ip': '203.0.113.5', 'source.nat.port': 10001 },
  ],
  [
    'an application that layer 7 blocks',
    line('l7_firewall src=192.0.2.10 dst=198.51.100.7 protocol=tcp sport=50123 dport=443 decision=blocked'),
    { 'hinomi.event_class': 'app_control', 'event.type': ['connection', 'denied'] },
  ],
  [
    'an intrusion',
    line(
      'security_event ids_alerted signature=1:28423:1 priority=1 timestamp=1795608000.5 dhost=00:00:5E:00:53:23 direction=ingress protocol=tcp/ip src=198.51.100.7:80 dst=192.0.2.10:50123 message: EXPLOIT-KIT example kit',
    ),
    {
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'rule.id': '1:28423:1',
      'rule.name': 'EXPLOIT-KIT example kit',
      'event.severity': 90,
      'source.ip': '198.51.100.7',
      'destination.mac': '00-00-5E-00-53-23',
      'network.transport': 'tcp',
    },
  ],
  [
    'an intrusion that was blocked',
    line(
      'security_event ids_alerted signature=1:1:1 priority=2 direction=ingress protocol=tcp/ip src=198.51.100.7:80 dst=192.0.2.10:50123 decision=blocked message: x',
    ),
    { 'hinomi.event_class': 'ips', 'event.type': ['denied'], 'event.action': 'blocked' },
  ],
  [
    'an intrusion, older',
    line(
      'ids-alerts signature=129:4:1 priority=3 timestamp=1795608000.5 direction=ingress protocol=tcp/ip src=198.51.100.7:80',
    ),
    { 'hinomi.event_class': 'ips', 'event.severity': 50 },
  ],
  [
    'a bad file',
    line(
      "security_event security_filtering_file_scanned url=http://files.example.jp/e.com src=192.0.2.10:50123 dst=198.51.100.7:80 mac=00:00:5E:00:53:23 name='EICAR:Test' sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 disposition=malicious action=block",
    ),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'url.domain': 'files.example.jp',
      'file.hash.sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'rule.name': 'EICAR:Test',
    },
  ],
  [
    'a clean file',
    line(
      'security_event security_filtering_file_scanned url=http://files.example.jp/a src=192.0.2.10:50123 dst=198.51.100.7:80 disposition=clean action=allow',
    ),
    { 'event.kind': 'event', 'event.type': ['allowed'] },
  ],
  [
    'a file that was found bad later',
    line(
      'security_event security_filtering_disposition_change name=x sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 disposition=malicious action=allow',
    ),
    { 'hinomi.event_class': 'malware', 'event.type': ['allowed'] },
  ],
  [
    'a site by category',
    line(
      "events content_filtering_block url='https://games.example.jp/' category0='Gambling' server='198.51.100.7:443' client_mac='00:00:5E:00:53:23'",
    ),
    {
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'denied'],
      'url.domain': 'games.example.jp',
      'destination.ip': '198.51.100.7',
      'rule.category': 'Gambling',
    },
  ],
  [
    'a site because it is bad',
    line(
      "events content_filtering_block url='https://bad.example.jp/' category0='Malware Sites' server='198.51.100.7:443'",
    ),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert' },
  ],
  [
    'a user of the VPN',
    line("events client_vpn_connect user id 'hanako@example.jp' local ip 192.0.2.50 connected from 198.51.100.20"),
    {
      'hinomi.event_class': 'vpn',
      'user.name': 'hanako@example.jp',
      'source.ip': '198.51.100.20',
      'event.outcome': 'success',
    },
  ],
  [
    'the VPN between sites',
    line(
      "events type=vpn_connectivity_change vpn_type='site-to-site' peer_contact='198.51.100.20:51856' connectivity='false'",
    ),
    { 'hinomi.event_class': 'vpn', 'source.ip': '198.51.100.20', 'event.outcome': 'failure' },
  ],
  [
    'Wi-Fi 802.1X',
    line("events type=8021x_eap_failure radio='0' vap='1' identity='hanako'"),
    {
      'observer.product': 'Meraki MR',
      'hinomi.event_class': 'auth',
      'event.outcome': 'failure',
      'user.name': 'hanako',
    },
  ],
  [
    'a strange access point, with a blank behind `type=`',
    line(
      "airmarshal_events type= rogue_ssid_detected ssid='free' bssid='00:00:5E:00:53:24' src='00:00:5E:00:53:25' dst='FF:FF:FF:FF:FF:FF' channel='11'",
    ),
    {
      'observer.product': 'Meraki MR',
      'hinomi.event_class': 'ips',
      'event.action': 'rogue_ssid_detected',
      'source.mac': '00-00-5E-00-53-25',
    },
  ],
  [
    'a port of a switch, behind a relay',
    '<134>Nov 25 21:00:01 relay 1 1795608000.1 office_ms events port 3 status changed from 100fdx to down',
    { 'observer.product': 'Meraki MS', 'hinomi.event_class': 'system', '@timestamp': '2026-11-25T12:00:00.100Z' },
  ],
  [
    'a lease',
    line(
      'events dhcp lease of ip 192.0.2.10 from server mac 00:00:5E:00:53:01 for client mac 00:00:5E:00:53:23 from router 192.0.2.1',
    ),
    { ...MX, 'hinomi.event_class': 'system' },
  ],
])('Meraki: %s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});
