import { expect, test } from 'vitest';
import { isAlarm, summaryOf } from './summary.js';
import { en } from './texts-en.js';
import { ja } from './texts-ja.js';

test('a flow: who, to whom, how and how much', () => {
  const record = {
    'event.dataset': 'flow',
    'source.ip': '192.168.1.10',
    'source.port': 51_000,
    'destination.ip': '2001:db8::1',
    'destination.port': 443,
    'network.transport': 'tcp',
    'network.protocol': 'tls',
    'hinomi.flow.state': 'SF',
    'source.bytes': 1_200,
    'destination.bytes': 34_000,
  };
  expect(summaryOf(record, ja)).toEqual({
    main: '192.168.1.10:51000 → [2001:db8::1]:443',
    side: 'tcp/tls · SF · 1.2 kB ↑ 34.0 kB ↓',
  });
});

test('a question to DNS: what, who asked, what came back', () => {
  const record = {
    'event.dataset': 'dns',
    'dns.question.name': 'www.example.jp',
    'dns.question.type': 'A',
    'source.ip': '192.168.1.10',
    'dns.response_code': 'NOERROR',
    'dns.answers': [{ data: '203.0.113.1' }, { data: '203.0.113.2' }],
  };
  expect(summaryOf(record, ja)).toEqual({
    main: 'A www.example.jp',
    side: '192.168.1.10 · NOERROR · 203.0.113.1, 203.0.113.2',
  });
});

test('an announcement without a question shows what it announces', () => {
  const record = { 'event.dataset': 'dns', 'dns.answers': [{ name: 'printer.local', type: 'A', data: '192.168.1.3' }] };
  expect(summaryOf(record, ja)).toEqual({ main: 'A printer.local', side: '— · 192.168.1.3' });
});

test('DNS answers of any shape do not break the line', () => {
  const record = { 'event.dataset': 'dns', 'dns.question.name': 'a', 'dns.answers': [null, {}, { data: 3 }] };
  expect(summaryOf(record, ja)).toEqual({ main: 'a', side: '— · 3' });
});

test('loss is said in words of the chosen language', () => {
  const record = { 'event.dataset': 'gap', 'hinomi.gap.count': 12, 'hinomi.gap.reason': 'spool_full' };
  expect(summaryOf(record, ja).main).toBe('12 件の記録が失われました');
  expect(summaryOf(record, en)).toEqual({ main: '12 records were lost', side: 'spool_full' });
});

test('a kind that is not known shows its message, or its own fields', () => {
  expect(summaryOf({ message: 'printed', 'hinomi.message_ja': '印刷' }, ja).main).toBe('印刷');
  expect(summaryOf({ message: 'printed', 'hinomi.message_ja': '印刷' }, en).main).toBe('printed');
  expect(summaryOf({ 'event.dataset': 'x', 'vendor.code': 7, 'hinomi.seq': 1 }, ja).main).toBe('code 7');
});

test('hostile names stay one short line', () => {
  const { main } = summaryOf({ 'event.dataset': 'dns', 'dns.question.name': `\u202e\n${'x'.repeat(5_000)}` }, ja);
  expect(main.startsWith('\\u{202e}\\u{a}xxx')).toBe(true);
  expect(main.length).toBeLessThan(210);
});

test.each([
  [
    {
      'event.dataset': 'tls',
      'tls.client.server_name': 'www.example.jp',
      'source.ip': '192.168.1.5',
      'tls.version': '1.3',
      'network.protocol': 'quic',
    },
    'www.example.jp',
    '192.168.1.5 · quic 1.3',
  ],
  [
    {
      'event.dataset': 'http',
      'http.request.method': 'GET',
      'url.domain': 'a.example',
      'url.original': '/x',
      'source.ip': '192.168.1.5',
      'http.response.status_code': 404,
    },
    'GET a.example/x',
    '192.168.1.5 · 404',
  ],
  [
    {
      'event.dataset': 'session',
      'network.protocol': 'smb',
      'user.domain': 'OFFICE',
      'user.name': 'hanako',
      'hinomi.session.share': '\\\\nas\\x',
      'source.ip': '192.168.1.5',
      'destination.ip': '192.168.1.9',
      'destination.port': 445,
      'hinomi.session.outcome': 'failure',
    },
    'smb OFFICE\\hanako \\\\nas\\x',
    '192.168.1.5 → 192.168.1.9:445 · failure',
  ],
  [
    {
      'event.dataset': 'session',
      'network.protocol': 'ssdp',
      'hinomi.ssdp.targets': ['upnp:rootdevice'],
      'source.ip': '192.168.1.5',
      'destination.ip': '239.255.255.250',
      'destination.port': 1900,
    },
    'ssdp upnp:rootdevice',
    '192.168.1.5 → 239.255.255.250:1900',
  ],
  [
    {
      'event.dataset': 'asset',
      'event.action': 'new',
      'host.name': 'sw1',
      'host.type': 'switch',
      'host.ip': ['192.168.1.2'],
      'hinomi.asset.evidence': ['lldp'],
      'hinomi.asset.vendor': 'Generated',
      'hinomi.asset.model': 'GS-8',
      'hinomi.asset.port_id': 'Gi0/3',
    },
    'sw1 · Generated GS-8 · Gi0/3',
    'new · lldp · switch · 192.168.1.2',
  ],
  [
    {
      'event.dataset': 'dhcp',
      'hinomi.dhcp.message_type': 'REQUEST',
      'hinomi.dhcp.client_mac': '02:00:00:00:00:01',
      'hinomi.dhcp.hostname': 'PC1',
    },
    'REQUEST 02:00:00:00:00:01',
    'PC1',
  ],
])('an application is told in one line', (record, main, side) => {
  expect(summaryOf(record, ja)).toEqual({ main, side });
});

test('an alert is its message, in the language of the reader', () => {
  const alert = {
    'event.dataset': 'alert',
    'hinomi.alert.state': 'raised',
    'rule.id': 'coverage-loss',
    message: 'Check the cable.',
    'hinomi.message_ja': 'ケーブルを確かめてください。',
  };
  expect(summaryOf(alert, ja)).toEqual({ main: 'ケーブルを確かめてください。', side: '発生 · coverage-loss' });
  expect(summaryOf(alert, en)).toEqual({ main: 'Check the cable.', side: 'raised · coverage-loss' });
  expect(isAlarm(alert)).toBe(true);
  expect(isAlarm({ ...alert, 'hinomi.alert.state': 'recovered' })).toBe(false);
});

test('what a UTM says: class, deed and subject first, the device and the ends behind', () => {
  const record = {
    'event.dataset': 'utm',
    'event.kind': 'alert',
    'hinomi.event_class': 'malware',
    'event.action': 'blocked',
    'threat.indicator.name': 'EICAR_TEST_FILE',
    'observer.product': 'FortiGate',
    'source.ip': '192.0.2.10',
    'source.port': 51_000,
    'destination.ip': '198.51.100.7',
    'destination.port': 80,
  };
  expect(summaryOf(record, ja)).toEqual({
    main: 'malware · blocked EICAR_TEST_FILE',
    side: 'FortiGate · 192.0.2.10:51000 → 198.51.100.7:80',
  });
  expect(isAlarm(record)).toBe(true);
  expect(isAlarm({ ...record, 'event.kind': 'event' })).toBe(false);
});

test('a message that no dialect knows is shown as it is', () => {
  const record = {
    'event.dataset': 'utm',
    'hinomi.event_class': 'unknown',
    message: 'fan 2 stopped',
    'log.syslog.hostname': 'sw1',
  };
  expect(summaryOf(record, ja)).toEqual({ main: 'unknown · fan 2 stopped', side: 'sw1' });
});

test('a device that does not answer is said in words, and is an alarm until it is back', () => {
  const down = {
    'event.dataset': 'endpoint',
    'event.kind': 'alert',
    'event.reason': 'timeout',
    message: 'NAS is down.',
    'hinomi.message_ja': '「NAS」が止まっています。',
    'hinomi.endpoint.name': 'NAS',
    'hinomi.endpoint.probe': 'smb',
    'hinomi.endpoint.state': 'down',
    'hinomi.endpoint.loss': 1,
  };
  expect(summaryOf(down, ja)).toEqual({ main: '「NAS」が止まっています。', side: 'smb · timeout · 損失 100%' });
  expect(isAlarm(down)).toBe(true);
  expect(isAlarm({ ...down, 'hinomi.endpoint.state': 'up' })).toBe(false);
  const { message: _en, 'hinomi.message_ja': _ja, ...quiet } = { ...down, 'event.kind': 'metric' };
  expect(summaryOf(quiet, en).main).toBe('NAS · down');
  expect(isAlarm(quiet)).toBe(false);
});

test('a figure is told with its unit and its range', () => {
  const metric = {
    'event.dataset': 'metric',
    'hinomi.endpoint.name': 'UPS',
    'hinomi.metric.name': 'ups.load',
    'hinomi.metric.unit': 'percent',
    'hinomi.metric.avg': 12.345,
    'hinomi.metric.min': 10,
    'hinomi.metric.max': 15,
  };
  expect(summaryOf(metric, en)).toEqual({ main: 'UPS · ups.load', side: '12.35 percent · 10–15' });
});
