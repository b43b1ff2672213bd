import { endpointLine, isEndpointAlarm, metricLine } from './endpoint-lines.js';
import { bytesText, harmless, shortened, spanText, valueText } from './format.js';
import type { Texts } from './texts-ja.js';

export type EventRecord = Record<string, unknown>;

export interface Summary {
  readonly main: string;
  readonly side: string;
}

const MAIN_LENGTH_MAX = 200;
const SIDE_LENGTH_MAX = 300;

/** One line about a record: what matters first, figures behind it. */
export function summaryOf(record: EventRecord, texts: Texts): Summary {
  const { main, side } = lineOf(record, texts);
  return { main: shortened(main, MAIN_LENGTH_MAX), side: shortened(side, SIDE_LENGTH_MAX) };
}

function lineOf(record: EventRecord, texts: Texts): Summary {
  switch (record['event.dataset']) {
    case 'flow':
      return flowLine(record);
    case 'dns':
      return dnsLine(record);
    case 'tls':
      return tlsLine(record);
    case 'http':
      return httpLine(record);
    case 'dhcp':
      return dhcpLine(record);
    case 'session':
      return sessionLine(record);
    case 'asset':
      return assetLine(record);
    case 'health':
      return healthLine(record, texts);
    case 'coverage':
      return coverageLine(record, texts);
    case 'gap':
      return gapLine(record, texts);
    case 'alert':
      return alertLine(record, texts);
    case 'utm':
      return utmLine(record, texts);
    case 'endpoint':
      return endpointLine(record, messageOf(record, texts), texts);
    case 'metric':
      return metricLine(record);
    case 'edr':
      return edrLine(record, texts);
    default:
      return { main: messageOf(record, texts) || restOf(record), side: '' };
  }
}

function flowLine(record: EventRecord): Summary {
  const bytes = `${bytesText(Number(record['source.bytes']))} ↑ ${bytesText(Number(record['destination.bytes']))} ↓`;
  const protocols = [record['network.transport'], record['network.protocol']].map(valueText).filter(Boolean);
  return {
    main: `${endpoint(record, 'source')} → ${endpoint(record, 'destination')}`,
    side: joined([protocols.join('/'), valueText(record['hinomi.flow.state']), bytes]),
  };
}

function dnsLine(record: EventRecord): Summary {
  const answers = Array.isArray(record['dns.answers']) ? record['dns.answers'] : [];
  const data = answers.map((answer: { data?: unknown } | null) => valueText(answer?.data)).filter(Boolean);
  // Announcements of mDNS answer what nobody asked: the first answer stands for the question.
  const asked = (part: 'type' | 'name'): string =>
    valueText(record[`dns.question.${part}`] ?? (answers[0] as Record<string, unknown> | null | undefined)?.[part]);
  return {
    main: joined([asked('type'), asked('name')], ' '),
    side: joined([valueText(record['source.ip']), valueText(record['dns.response_code']) || '—', data.join(', ')]),
  };
}

function tlsLine(record: EventRecord): Summary {
  const name = valueText(record['tls.client.server_name']) || valueText(record['tls.server.subject']);
  return {
    main: name || endpoint(record, 'destination'),
    side: joined([
      valueText(record['source.ip']),
      joined([valueText(record['network.protocol']), valueText(record['tls.version'])], ' '),
      valueText(record['tls.next_protocol']),
      valueText(record['tls.client.ja4']),
    ]),
  };
}

function httpLine(record: EventRecord): Summary {
  const host = valueText(record['url.domain']) || valueText(record['destination.ip']);
  return {
    main: joined([valueText(record['http.request.method']), `${host}${valueText(record['url.original'])}`], ' '),
    side: joined([
      valueText(record['source.ip']),
      valueText(record['http.response.status_code']) || '—',
      valueText(record['http.response.mime_type']),
      valueText(record['user_agent.original']),
    ]),
  };
}

function dhcpLine(record: EventRecord): Summary {
  const what = ['hostname', 'assigned_ip', 'requested_ip', 'vendor_class'].map((name) =>
    valueText(record[`hinomi.dhcp.${name}`]),
  );
  return {
    main: joined([valueText(record['hinomi.dhcp.message_type']), valueText(record['hinomi.dhcp.client_mac'])], ' '),
    side: joined(what),
  };
}

/** What a conversation of a small service is about, when nothing else says so. */
const SERVICE_SUBJECTS = [
  'mqtt.client_id',
  'ssdp.targets',
  'snmp.pdu_types',
  'ntp.modes',
  'modbus.functions',
  'irc.channels',
  'radius.calling_station',
];

function sessionLine(record: EventRecord): Summary {
  const part = (name: string): string => valueText(record[`hinomi.session.${name}`]);
  const user = [record['user.domain'], record['user.name']].map(valueText).filter(Boolean).join('\\');
  const about = ['share', 'service', 'target', 'cookie', 'from', 'database', 'file_names'].map(part);
  about.push(...SERVICE_SUBJECTS.map((name) => valueText(record[`hinomi.${name}`])));
  return {
    main: joined([valueText(record['network.protocol']), user, about.find((text) => text !== '') ?? ''], ' '),
    side: joined([
      `${valueText(record['source.ip'])} → ${endpoint(record, 'destination')}`,
      part('outcome'),
      part('error'),
      part('operations'),
      part('server_software'),
    ]),
  };
}

function assetLine(record: EventRecord): Summary {
  const part = (name: string): string => valueText(record[`hinomi.asset.${name}`]);
  const name = valueText(record['host.name']) || part('chassis_id') || valueText(record['host.mac']);
  return {
    main: joined([name, joined([part('vendor'), part('model')], ' ') || part('description'), part('port_id')]),
    side: joined([
      valueText(record['event.action']),
      part('evidence'),
      valueText(record['host.type']),
      valueText(record['host.ip']),
    ]),
  };
}

function healthLine(record: EventRecord, texts: Texts): Summary {
  return {
    main: texts.healthLine(
      valueText(record['hinomi.health.version']),
      spanText(Number(record['hinomi.health.uptime_s'] ?? 0), texts),
    ),
    side: texts.healthSide(
      Number(record['hinomi.health.spool_batches'] ?? 0),
      bytesText(Number(record['hinomi.health.memory_bytes'])),
      Number(record['hinomi.health.sensor_restarts'] ?? 0),
    ),
  };
}

function coverageLine(record: EventRecord, texts: Texts): Summary {
  const drops =
    Number(record['hinomi.coverage.kernel_drops'] ?? 0) + Number(record['hinomi.coverage.interface_drops'] ?? 0);
  const bytes = bytesText(Number(record['hinomi.coverage.bytes']));
  return {
    main: texts.coverageLine(Number(record['hinomi.coverage.packets'] ?? 0), bytes, drops),
    side: joined([texts.coverageSide(Number(record['hinomi.coverage.flows'] ?? 0)), ...sightParts(record, texts)]),
  };
}

/** Of a coverage record: what is not as it should be comes to the eye, the rest stays short. */
function sightParts(record: EventRecord, texts: Texts): string[] {
  const share = (name: string): number | undefined => {
    const value = record[`hinomi.coverage.${name}_share`];
    return typeof value === 'number' ? value : undefined;
  };
  const halfSeen = share('tcp_half_seen');
  const kept = record['hinomi.coverage.kept_share'];
  return [
    halfSeen === undefined ? '' : texts.bothWays(`${Math.floor((1 - halfSeen) * 100)}%`),
    typeof kept === 'number' && kept < 1 ? texts.keptShare(`${Math.round(kept * 1_000) / 10}%`) : '',
  ];
}

function alertLine(record: EventRecord, texts: Texts): Summary {
  const state = valueText(record['hinomi.alert.state']);
  return {
    main: messageOf(record, texts) || valueText(record['rule.name']),
    side: joined([texts.alertStates[state] ?? state, valueText(record['rule.id']), valueText(record['source.ip'])]),
  };
}

/** What it is about, what was done, and to whom; the message itself when nobody could read it. */
function utmLine(record: EventRecord, texts: Texts): Summary {
  const subjects = [
    'threat.indicator.name',
    'url.domain',
    'url.original',
    'file.name',
    'network.application',
    'rule.name',
  ];
  const subject = subjects.map((name) => valueText(record[name])).find((text) => text !== '') ?? '';
  const ends =
    record['source.ip'] === undefined ? '' : `${endpoint(record, 'source')} → ${endpoint(record, 'destination')}`;
  const about = joined([valueText(record['event.action']), subject], ' ');
  const said = messageOf(record, texts) || valueText(record['event.original']);
  return {
    main: joined([valueText(record['hinomi.event_class']), about || said]),
    side: joined([
      valueText(record['observer.product']) || valueText(record['log.syslog.hostname']),
      ends,
      valueText(record['user.name']) || valueText(record['source.user.name']),
      about === '' ? '' : said,
    ]),
  };
}

/** The endpoint, what was found or how it is, and who it is about. */
function edrLine(record: EventRecord, texts: Texts): Summary {
  const part = (name: string): string => valueText(record[name]);
  const what = part('hinomi.edr.kind') === 'endpoint' ? '' : part('threat.indicator.name') || part('event.action');
  return {
    main: joined([part('host.name'), part('hinomi.event_class'), what || messageOf(record, texts)]),
    side: joined([
      part('observer.product'),
      part('hinomi.edr.health'),
      part('hinomi.edr.isolation'),
      part('user.name'),
      what === '' ? '' : messageOf(record, texts),
    ]),
  };
}

/** Whether somebody should look at it now. */
export function isAlarm(record: EventRecord): boolean {
  if (record['event.dataset'] === 'utm' || record['event.dataset'] === 'edr') return record['event.kind'] === 'alert';
  const isRaised = record['event.dataset'] === 'alert' && record['hinomi.alert.state'] !== 'recovered';
  return isRaised || isEndpointAlarm(record);
}

function gapLine(record: EventRecord, texts: Texts): Summary {
  const count = record['hinomi.gap.count'];
  return {
    main: texts.gapLine(typeof count === 'number' ? count : undefined),
    side: joined([valueText(record['hinomi.gap.reason']), valueText(record['hinomi.gap.lane'])]),
  };
}

function messageOf(record: EventRecord, texts: Texts): string {
  return valueText(texts.isJapanese ? (record['hinomi.message_ja'] ?? record['message']) : record['message']);
}

function endpoint(record: EventRecord, side: string): string {
  const ip = valueText(record[`${side}.ip`]) || '?';
  const port = record[`${side}.port`];
  if (port === undefined) return ip;
  return ip.includes(':') ? `[${ip}]:${valueText(port)}` : `${ip}:${valueText(port)}`;
}

const COMMON = /^(@timestamp|event\.|hinomi\.(company|site|agent|epoch|lane|seq|row)$)/;

function restOf(record: EventRecord): string {
  return Object.entries(record)
    .filter(([key]) => !COMMON.test(key))
    .map(([key, value]) => `${harmless(key.split('.').at(-1) ?? '')} ${valueText(value)}`)
    .join(' · ');
}

function joined(parts: readonly string[], sign = ' · '): string {
  return parts.filter((part) => part !== '').join(sign);
}
