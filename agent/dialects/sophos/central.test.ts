import { describe, expect, test } from 'vitest';
import { Dialects } from '../dialects.js';
import { expectJunkKept } from '../testing/mutated.js';

const RECEIVED = Date.parse('2026-06-08T00:00:00Z');
const record = (line: string) => new Dialects({ zone: 'Asia/Tokyo' }).record(line, RECEIVED);

const json = (type: string, name: string, more: Record<string, unknown> = {}) =>
  `<14>Jun  7 17:33:20 box sophos: ${JSON.stringify({
    severity: 'medium',
    type,
    name,
    when: '2026-06-07T08:33:19.456Z',
    created_at: '2026-06-07T08:33:20.000Z',
    id: '00000000-0000-4000-8000-000000000009',
    endpoint_id: '00000000-0000-4000-8000-000000000001',
    endpoint_type: 'computer',
    source_info: { ip: '192.0.2.10' },
    location: 'PC-01',
    source: 'EXAMPLE\\hanako',
    ...more,
  })}`;
const cef = (type: string, name: string, severity: number, rest: string) =>
  `<14>Jun  7 17:33:20 box CEF:0|sophos|sophos central|1.0|${type}|${name}|${severity}|source_info_ip=192.0.2.10 customer_id=c endpoint_id=e1 endpoint_type=computer id=i1 datastream=event suser=EXAMPLE\\\\hanako rt=2026-06-07T08:33:20.123Z end=2026-06-07T08:33:19.456Z dhost=PC-01 ${rest}`;

const CASES: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  [
    'malware that was cleaned up, by CEF',
    cef(
      'Event::Endpoint::Threat::CleanedUp',
      'EICAR-AV-Test',
      8,
      'threat=EICAR-AV-Test filePath=C:\\\\Users\\\\hanako\\\\eicar.com',
    ),
    {
      '@timestamp': '2026-06-07T08:33:19.456Z',
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['denied'],
      'event.code': 'Event::Endpoint::Threat::CleanedUp',
      'event.severity': 80,
      'threat.software.name': 'EICAR-AV-Test',
      'file.path': 'C:\\Users\\hanako\\eicar.com',
      'host.name': 'PC-01',
      'host.ip': ['192.0.2.10'],
      'host.id': 'e1',
      'user.name': 'hanako',
      'user.domain': 'EXAMPLE',
    },
  ],
  [
    'malware that was found, by JSON',
    json('Event::Endpoint::Threat::Detected', "Malware detected: 'ML/PE-A' at 'C:\\x\\y.exe'", {
      threat: 'ML/PE-A',
      appSha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    }),
    {
      'hinomi.event_class': 'malware',
      'event.kind': 'alert',
      'event.type': ['info'],
      'file.path': 'C:\\x\\y.exe',
      'file.hash.sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'event.severity': 50,
    },
  ],
  [
    'malware that could not be cleaned',
    json('Event::Endpoint::Threat::CleanupFailed', "Manual cleanup required: 'X' at 'C:\\x'"),
    { 'hinomi.event_class': 'malware', 'event.type': ['allowed'] },
  ],
  [
    'an exploit',
    json('Event::Endpoint::HmpaExploitPrevented', "'CodeCave' exploit prevented in Example"),
    { 'hinomi.event_class': 'ips', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'a callback',
    json('Event::Endpoint::Threat::CommandAndControlDetected', "Malicious traffic detected: 'C2/Generic-A'"),
    { 'hinomi.event_class': 'c2', 'event.kind': 'alert' },
  ],
  [
    'a site blocked by category',
    json('Event::Endpoint::WebControlViolation', "'http://games.example.jp/' blocked due to category 'Games'"),
    { 'hinomi.event_class': 'url_filter', 'event.kind': 'event', 'event.type': ['access', 'denied'] },
  ],
  [
    'a bad site',
    json('Event::Endpoint::WebFilteringBlocked', "Access was blocked to 'bad.example.jp' because of 'Mal/HTMLGen-A'"),
    { 'hinomi.event_class': 'web_block', 'event.kind': 'alert', 'event.type': ['denied'] },
  ],
  [
    'an application',
    json('Event::Endpoint::Application::Blocked', "Controlled application blocked: 'Example'"),
    { 'hinomi.event_class': 'app_control', 'event.type': ['connection', 'denied'] },
  ],
  [
    'a leak',
    json(
      'Event::Endpoint::DataLossPreventionUserAllowed',
      'An "allow transfer on acceptance by user" action was taken.',
    ),
    { 'hinomi.event_class': 'dlp', 'event.type': ['allowed'] },
  ],
  [
    'an update',
    json('Event::Endpoint::UpdateSuccess', 'Update succeeded'),
    { 'hinomi.event_class': 'endpoint', 'event.kind': 'event', 'event.outcome': 'success' },
  ],
  [
    'an update that failed, by key=value',
    '<14>Jun  7 17:33:20 box 2026-06-07T08:33:19.456Z rt="2026-06-07T08:33:20.123Z"; severity="medium"; type="Event::Endpoint::UpdateFailure"; name="Update failed"; dhost="PC-01"; suser="n/a"; end="2026-06-07T08:33:19.456Z";',
    { 'hinomi.event_class': 'endpoint', 'event.outcome': 'failure', 'host.name': 'PC-01' },
  ],
];

describe('Sophos Central', () => {
  test.each(CASES)('%s', (_name, text, expected) => {
    const got = record(text);
    expect(got).toMatchObject({ 'observer.vendor': 'Sophos', 'observer.product': 'Sophos Central', ...expected });
    expect(got['event.original']).toBe(text);
  });

  test('a mutated line is one record of the same text', () =>
    expectJunkKept(
      record,
      CASES.map(([, text]) => text),
      500,
    ));
});
