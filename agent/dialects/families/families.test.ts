import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const head = '<134>Nov 25 21:00:01 host-01 ';
const cef = (maker: string, id: string, name: string, more = '') =>
  `${head}CEF:0|${maker}|1.0|${id}|${name}|7|rt=1795608000000 src=192.0.2.10 spt=50123 dst=198.51.100.7 dpt=443 proto=TCP ${more}`;
const ENDS = {
  'source.ip': '192.0.2.10',
  'source.port': 50123,
  'destination.ip': '198.51.100.7',
  'destination.port': 443,
};

it.each<[vendor: string, product: string, eventClass: string, line: string, more?: Record<string, unknown>]>([
  [
    'CrowdStrike',
    'Falcon',
    'malware',
    cef('CrowdStrike|FalconHost', 'Malware', 'NGAV Malware', 'act=blocked'),
    { ...ENDS, 'event.type': ['denied'], '@timestamp': '2026-11-25T12:00:00.000Z' },
  ],
  [
    'CrowdStrike',
    'Falcon',
    'malware',
    `${head}{"metadata": {"eventType": "DetectionSummaryEvent"}, "event": {"ComputerName": "PC-01", "DetectName": "NGAV", "FileName": "e.exe", "SeverityName": "High", "LocalIP": "192.0.2.10"}}`,
    { 'host.name': 'PC-01', 'file.name': 'e.exe', 'event.severity': 75 },
  ],
  [
    'BlackBerry',
    'Cylance',
    'malware',
    `${head}CylancePROTECT: Event Type: Threat, Event Name: threat_quarantined, Device Name: PC-01, IP Address: (192.0.2.10, 192.0.2.11), File Name: e.exe, SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`,
    { 'host.name': 'PC-01', 'source.ip': '192.0.2.10' },
  ],
  [
    'VMware',
    'Carbon Black App Control',
    'endpoint',
    `${head}Carbon Black App Control event:  text="File would have blocked" type="Policy Enforcement" subtype="Execution block" hostname="EX\\PC" username="hanako" ip_address="192.0.2.10"`,
    { 'source.ip': '192.0.2.10', 'user.name': 'hanako' },
  ],
  ['SentinelOne', 'Singularity', 'malware', cef('SentinelOne|Mgmt', '19', 'New Malware threat')],
  [
    'Symantec',
    'Endpoint Protection',
    'malware',
    `${head}SymantecServer: Virus found,IP Address: 192.0.2.10,Computer name: PC-01,Source: Auto-Protect scan,Risk name: EICAR Test String,Occurrences: 1,Actual action: Quarantined`,
    { 'source.ip': '192.0.2.10', 'event.type': ['denied'], 'host.name': 'PC-01' },
  ],
  [
    'Symantec',
    'Data Loss Prevention',
    'dlp',
    `${head}Application_Name=”N/A” Blocked=”Passed” Destination_IP=”198.51.100.7 ” Machine_IP=”192.0.2.10” Policy_Name=”my numbers”`,
    { 'source.ip': '192.0.2.10', 'rule.name': 'my numbers' },
  ],
  [
    'Symantec',
    'ProxySG',
    'url_filter',
    `<134>1 2026-11-25T12:00:00Z px-01 bluecoat - splunk_format - c-ip=192.0.2.10 cs-bytes=100 cs-categories="News" cs-host=www.example.jp cs-method=GET cs-username=hanako sc-bytes=200 sc-filter-result=OBSERVED sc-status=200 x-bluecoat-appliance-name="px-01"`,
    {
      'source.ip': '192.0.2.10',
      'source.bytes': 100,
      'destination.bytes': 200,
      'event.type': ['access', 'allowed'],
      'url.domain': 'www.example.jp',
      'user.name': 'hanako',
    },
  ],
  [
    'Trellix',
    'Web Gateway',
    'web_block',
    `${head}mwg: status="403/80" srcip="192.0.2.10" user="-" dhost="files.example.jp" urlp="80" proto="HTTP/http" mtd="GET" urlc="News" mlwr="BehavesLike.Example" rule="Block"`,
    { 'source.ip': '192.0.2.10', 'event.kind': 'alert', 'destination.port': 80 },
  ],
  [
    'Trellix',
    'Network Security Platform',
    'admin_change',
    `${head}SyslogFwd: audit_action="Policy change" audit_result="succeeded" user="taro" category="Admin Domain"`,
    { 'user.name': 'taro' },
  ],
  [
    'Trellix',
    'ePolicy Orchestrator',
    'endpoint',
    `<29>1 2026-11-25T12:00:00Z epo EPOEvents - EventFwd [agentInfo@3401 tenantId="1"] <?xml version="1.0"?><EPOevent><MachineInfo><MachineName>PC-01</MachineName></MachineInfo></EPOevent>`,
  ],
  [
    'Kaspersky',
    'Endpoint Security',
    'malware',
    '<29>1 2026-11-25T12:00:00Z ksc KES|11.0.0.0 - GNRL_EV_VIRUS_FOUND [event@23668 p1="x" hip="192.0.2.10" etdn="Malicious object detected" hdn="PC-01"] x',
  ],
  [
    'Forcepoint',
    'Web Security',
    'url_filter',
    `${head}vendor=Forcepoint product=Security action=blocked category=Games src_port=50123 dst_ip=198.51.100.7 dst_port=443 bytes_out=100 url=https://games.example.jp/`,
    { 'destination.ip': '198.51.100.7', 'event.type': ['access', 'denied'] },
  ],
  [
    'F5',
    'BIG-IP',
    'system',
    `${head}warning tmm[23068]: 01260013:4: SSL Handshake failed for TCP 192.0.2.10:50123 -> 198.51.100.7:443`,
    { ...ENDS, 'network.transport': 'tcp' },
  ],
  [
    'F5',
    'BIG-IP ASM',
    'ips',
    cef('F5|ASM', '200021069', 'Automated client access', 'act=blocked'),
    { ...ENDS, 'event.type': ['denied'] },
  ],
  [
    'Imperva',
    'SecureSphere',
    'ips',
    cef('Imperva Inc.|SecureSphere', 'Signature', 'Sql Signature Violation', 'act=Block'),
    { ...ENDS, 'event.kind': 'alert' },
  ],
  [
    'Barracuda',
    'Web Application Firewall',
    'ips',
    '<134>2026-11-25T12:00:00.000+0000  waf-01 WF ALER PRE_1_0_REQUEST 192.0.2.10 50123 198.51.100.7 80 global GLOBAL LOG NONE [POST /index.cgi]',
  ],
  [
    'Zscaler',
    'Internet Access',
    'web_block',
    `${head}2026-11-25 12:00:00\treason=Malware\tevent_id=1\tprotocol=HTTPS\taction=Blocked\tvendor=Zscaler\tproduct=NSS\tClientIP=192.0.2.10\tuser=hanako@example.jp\turl="bad.example.jp/"\tthreatname=Example.Trojan`,
    { 'source.ip': '192.0.2.10', 'event.type': ['denied'], 'url.domain': 'bad.example.jp' },
  ],
  [
    'Zscaler',
    'Internet Access',
    'url_filter',
    `${head}reason=Allowed\taction=Allowed\tvendor=Zscaler\tproduct=NSS\tClientIP=192.0.2.10\turl=www.example.jp/\tthreatname=None`,
    { 'event.type': ['access', 'allowed'] },
  ],
  [
    'Proofpoint',
    'Protection Server',
    'mail_spam',
    `${head}filter_instance1[123]: rprt s=2abc m=1 x=2abc-1 mod=spam cmd=run rule=notspam`,
  ],
  [
    'Cisco',
    'Secure Email Gateway',
    'mail_malware',
    `${head}mail_logs: Info: MID 12 antivirus positive 'EICAR' virus found`,
  ],
  [
    'Cisco',
    'ISE',
    'auth',
    `${head}CISE_Passed_Authentications 0001 1 0 2026-11-25 21:00:00.000 +09:00 1 5200 NOTICE Passed-Authentication: Authentication succeeded, UserName=hanako, NAS-IP-Address=192.0.2.1`,
    { 'event.outcome': 'success', 'user.name': 'hanako' },
  ],
  [
    'FireEye',
    'CMS',
    'c2',
    cef('FireEye|CMS', 'MC', 'malware-callback', 'act=notified'),
    { ...ENDS, 'event.type': ['connection', 'allowed'] },
  ],
  ['Trellix', 'Endpoint Security (HX)', 'malware', cef('fireeye|hx', 'x', 'Malware alert')],
  [
    'Tanium',
    'Tanium',
    'endpoint',
    '<14>1 2026-11-25T12:00:00Z tan Tanium 2324 - [droid@017472 Computer-Name="PC-01" IPv4-Address="192.0.2.10"] x',
    { 'host.name': 'PC-01', 'source.ip': '192.0.2.10' },
  ],
  ['Varonis', 'DatAdvantage', 'admin_change', cef('Varonis Inc.|DatAdvantage', '6001', 'User added')],
  [
    'CyberArk',
    'Vault',
    'auth',
    cef('Cyber-Ark|Vault', '7', 'Logon', 'suser=hanako act="Logon"'),
    { 'user.name': 'hanako', 'event.outcome': 'success' },
  ],
  ['Vectra', 'X Series', 'ips', cef('Vectra Networks|X Series', 'smb', 'SMB Brute-Force'), ENDS],
  [
    'Darktrace',
    'Darktrace',
    'ips',
    `${head}darktrace {"name":"anomalous-attack","ip_address":"192.0.2.10","priority_level":"medium"}`,
    { 'source.ip': '192.0.2.10' },
  ],
  [
    'NETSCOUT',
    'Arbor Edge Defense',
    'dos',
    cef('NETSCOUT|Arbor Edge Defense', 'x', 'Blocked Host'),
    { ...ENDS, 'event.kind': 'alert' },
  ],
  [
    'Radware',
    'DefensePro',
    'ips',
    `${head}M_20000: 2 attacks of type "Intrusions" started. Source IP: 192.0.2.10; Destination IPs: 198.51.100.7; Action: drop.`,
    { 'source.ip': '192.0.2.10', 'destination.ip': '198.51.100.7', 'event.type': ['denied'] },
  ],
  [
    'Ivanti',
    'Connect Secure',
    'vpn',
    '<14>1 2026-11-25T12:00:00Z ive PulseSecure: - - - ive | 2026-11-25 21:00:00 | AUT24414 | info | 192.0.2.1 | vpn | 198.51.100.20 | hanako | Users | VPN Tunneling session started',
  ],
  [
    'Wazuh',
    'OSSEC',
    'auth',
    `${head}ossec: Alert Level: 3; Rule: 5715 - Login success.; Location: srv->/var/log/secure;`,
    { 'event.outcome': 'success' },
  ],
  [
    'Palo Alto Networks',
    'Cortex XDR',
    'malware',
    cef('Palo Alto Networks|Cortex XDR', 'XDR Agent', 'WildFire Malware', 'act=Prevented (Blocked)'),
    { ...ENDS, 'event.type': ['denied'] },
  ],
  [
    'Juniper',
    'Junos',
    'system',
    `${head}mib2d: SNMP_TRAP_LINK_DOWN: ifIndex 584, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/45`,
  ],
  [
    'NETSCOUT',
    'x',
    'dos',
    `${head}LEEF:1.0|NETSCOUT|x|1|flood|src=192.0.2.10\tdst=198.51.100.7\tsrcPort=50123\tdstPort=443\tsev=7`,
    { ...ENDS, 'event.severity': 70 },
  ],
])('%s %s: %s', (vendor, product, eventClass, line, more = {}) => {
  expect(recordOf(line)).toMatchObject({
    'observer.vendor': vendor,
    'observer.product': product,
    'hinomi.event_class': eventClass,
    ...more,
  });
});

it('knows nobody by the words of a letter', () => {
  expect(recordOf(`${head}app[1]: hello world`)['observer.vendor']).not.toBe('F5');
});
