import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const line = (type: string, more: Readonly<Record<string, unknown>>) =>
  `<133>Nov 25 21:00:01 ids-01 suricata[5885]: ${JSON.stringify({
    timestamp: '2026-11-25T21:00:00.123456+0900',
    flow_id: 55,
    in_iface: 'eth1',
    event_type: type,
    src_ip: '192.0.2.10',
    src_port: 50123,
    dest_ip: '198.51.100.7',
    dest_port: 80,
    proto: 'TCP',
    ...more,
  })}`;
const ENDS = {
  'source.ip': '192.0.2.10',
  'source.port': 50123,
  'destination.ip': '198.51.100.7',
  'destination.port': 80,
  'network.transport': 'tcp',
};
const alert = (signature: string, category: string, action: string) => ({
  alert: { action, gid: 1, signature_id: 2100498, rev: 7, signature, category, severity: 2 },
});

it.each<[string, string, Record<string, unknown>]>([
  [
    'an alert',
    line('alert', {
      app_proto: 'http',
      vlan: [10],
      ...alert('GPL ATTACK_RESPONSE example', 'Potentially Bad Traffic', 'allowed'),
    }),
    {
      ...ENDS,
      '@timestamp': '2026-11-25T12:00:00.123456Z',
      'observer.vendor': 'OISF',
      'observer.product': 'Suricata',
      'observer.ingress.interface.name': 'eth1',
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['allowed'],
      'rule.id': '2100498',
      'rule.name': 'GPL ATTACK_RESPONSE example',
      'rule.version': '7',
      'event.severity': 50,
      'network.vlan.id': '10',
      'network.protocol': 'http',
    },
  ],
  [
    'an alert that blocked',
    line('alert', alert('x', 'y', 'blocked')),
    { 'event.type': ['denied'], 'event.action': 'blocked' },
  ],
  [
    'a controller',
    line('alert', alert('ET MALWARE example', 'Malware Command and Control Activity Detected', 'allowed')),
    { 'hinomi.event_class': 'c2' },
  ],
  [
    'denial of service',
    line('alert', alert('x', 'Attempted Denial of Service', 'allowed')),
    { 'hinomi.event_class': 'dos' },
  ],
  [
    'a flow',
    line('flow', {
      flow: {
        pkts_toserver: 3,
        pkts_toclient: 4,
        bytes_toserver: 100,
        bytes_toclient: 200,
        start: '2026-11-25T20:59:00.000000+0900',
        end: '2026-11-25T21:00:00.000000+0900',
        reason: 'timeout',
      },
    }),
    {
      ...ENDS,
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'end'],
      'source.bytes': 100,
      'destination.packets': 4,
      'event.start': '2026-11-25T11:59:00.000Z',
    },
  ],
  [
    'a page',
    line('http', {
      http: {
        hostname: 'www.example.jp',
        url: '/a?b=1',
        http_user_agent: 'curl/8',
        http_method: 'GET',
        protocol: 'HTTP/1.1',
        status: 200,
        length: 56,
      },
    }),
    {
      'url.domain': 'www.example.jp',
      'url.path': '/a',
      'url.query': 'b=1',
      'url.full': 'http://www.example.jp/a?b=1',
      'http.request.method': 'GET',
      'http.version': '1.1',
      'http.response.status_code': 200,
    },
  ],
  [
    'a question, version 2',
    line('dns', { dns: { type: 'query', id: 7, rrname: 'www.example.jp', rrtype: 'A' } }),
    { 'dns.question.name': 'www.example.jp', 'dns.question.type': 'A', 'dns.type': 'query' },
  ],
  [
    'an answer, version 3',
    line('dns', {
      dns: {
        type: 'response',
        rcode: 'NOERROR',
        queries: [{ rrname: 'www.example.jp', rrtype: 'A' }],
        answers: [{ rrname: 'www.example.jp', rrtype: 'A', ttl: 60, rdata: '203.0.113.5' }],
      },
    }),
    {
      'dns.question.name': 'www.example.jp',
      'dns.type': 'answer',
      'dns.resolved_ip': ['203.0.113.5'],
      'dns.response_code': 'NOERROR',
    },
  ],
  [
    'TLS',
    line('tls', { tls: { sni: 'www.example.jp', version: 'TLS 1.3', ja3: { hash: 'aa' } } }),
    { 'tls.client.server_name': 'www.example.jp', 'tls.client.ja3': 'aa' },
  ],
  [
    'a file',
    line('fileinfo', { fileinfo: { filename: '/a.exe', size: 56, sha256: 'e3b0', state: 'CLOSED' } }),
    { 'file.name': '/a.exe', 'file.size': 56, 'hinomi.event_class': 'traffic' },
  ],
  [
    'mail',
    line('smtp', { email: { from: 'a@example.net', to: ['hanako@example.jp'], subject: 'hello' } }),
    { 'email.from.address': ['a@example.net'], 'email.to.address': ['hanako@example.jp'] },
  ],
  [
    'an anomaly',
    line('anomaly', { anomaly: { type: 'stream', event: 'stream.pkt_bad_window' } }),
    { 'hinomi.event_class': 'ips', 'event.kind': 'event', 'rule.name': 'stream.pkt_bad_window' },
  ],
  ['a drop', line('drop', { drop: { len: 40 } }), { 'event.type': ['denied'], 'hinomi.event_class': 'ips' }],
  [
    'counters',
    '<133>Nov 25 21:00:01 ids-01 suricata: {"timestamp":"2026-11-25T21:00:00.123456+0900","event_type":"stats","stats":{"uptime":8}}',
    { 'hinomi.event_class': 'system', 'vendor.stats.uptime': '8' },
  ],
])('Suricata: %s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});

const fast = (tag: string, text: string) => `<173>Nov 25 21:00:01 fw-01 ${tag}[99]: ${text}`;

it.each<[string, string, Record<string, unknown>]>([
  [
    'Suricata, one line',
    fast(
      'suricata',
      '[1:2100498:7] GPL ATTACK_RESPONSE example [Classification: Potentially Bad Traffic] [Priority: 2] {TCP} 192.0.2.10:50123 -> 198.51.100.7:80',
    ),
    {
      ...ENDS,
      'observer.product': 'Suricata',
      'hinomi.event_class': 'ips',
      'event.kind': 'alert',
      'event.type': ['allowed'],
      'rule.id': '2100498',
      'rule.name': 'GPL ATTACK_RESPONSE example',
      'event.severity': 50,
    },
  ],
  [
    'Suricata drops, IPv6',
    fast(
      'suricata',
      '[Drop] [**] [1:1:1] x [**] [Classification: A Network Trojan was detected] [Priority: 1] {UDP} 2001:db8::10:50123 -> 2001:db8::7:53',
    ),
    { 'event.type': ['denied'], 'source.ip': '2001:db8::10', 'source.port': 50123, 'destination.port': 53 },
  ],
  [
    'Snort',
    fast(
      'snort',
      '[1:1:1] x [Classification: Attempted Denial of Service] [Priority: 1]: <eth1> {ICMP} 192.0.2.10 -> 198.51.100.7',
    ),
    {
      'observer.product': 'Snort',
      'hinomi.event_class': 'dos',
      'source.ip': '192.0.2.10',
      'network.transport': 'icmp',
      'observer.ingress.interface.name': 'eth1',
    },
  ],
])('%s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});
