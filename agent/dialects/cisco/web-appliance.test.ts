import { expect, it } from 'vitest';
import { recordOf } from '../record-of.js';

const line = (result: string, tag: string, verdict: string) =>
  `<14>Nov 25 21:00:01 wsa-01 accesslogs: Info: 1795608000.123 35 192.0.2.10 ${result} 4646 GET http://www.example.jp/a hanako DIRECT/www.example.jp text/html ${tag}-DefaultGroup-DefaultGroup-NONE-NONE-NONE-DefaultGroup-NONE ${verdict} -`;

it.each<[string, string, Record<string, unknown>]>([
  [
    'a page',
    line('TCP_MISS/200', 'DEFAULT_CASE_12', '<"IW_news",6.9,1,"-",-,-,-,-,"-">'),
    {
      '@timestamp': '2026-11-25T12:00:00.123Z',
      'observer.vendor': 'Cisco',
      'observer.product': 'Secure Web Appliance',
      'hinomi.event_class': 'url_filter',
      'event.type': ['access', 'allowed'],
      'source.ip': '192.0.2.10',
      'destination.bytes': 4646,
      'http.response.status_code': 200,
      'url.domain': 'www.example.jp',
      'user.name': 'hanako',
      'event.duration': 35e6,
      'rule.category': 'news',
    },
  ],
  [
    'a category',
    line('TCP_DENIED/403', 'BLOCK_WEBCAT_12', '<"IW_gamb",1.0,1,"-",-,-,-,-,"-">'),
    { 'hinomi.event_class': 'url_filter', 'event.type': ['access', 'denied'], 'event.action': 'block_webcat' },
  ],
  [
    'a reputation',
    line('TCP_DENIED/403', 'BLOCK_WBRS_12', '<"-",-8.0,-,"-",-,-,-,-,"-">'),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'malware',
    line('TCP_MISS/200', 'BLOCK_AMW_RESP_12', '<"IW_infr",4.5,26,"Trojan-Example",26,1,1,-,"-">'),
    { 'hinomi.event_class': 'malware', 'event.type': ['denied'], 'threat.software.name': 'Trojan-Example' },
  ],
  [
    'Squid',
    '<14>Nov 25 21:00:01 px-01 (squid-1)[99]: 1795608000.123     35 192.0.2.10 TCP_DENIED/403 3900 CONNECT www.example.jp:443 - HIER_NONE/- text/html',
    { 'observer.vendor': 'Squid', 'event.type': ['access', 'denied'], 'url.domain': 'www.example.jp', 'url.port': 443 },
  ],
])('the web appliance: %s', (_, text, expected) => {
  expect(recordOf(text)).toMatchObject(expected);
});
