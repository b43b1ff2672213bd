import { subjectLength } from '../../agent/sensor/wire/mail-header.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { ArkimeBody, Field } from './arkime-field.js';

type Group = 'email' | 'ftp' | 'snmp' | 'ntp' | 'mqtt' | 'mysql' | 'postgresql' | 'radius' | 'sip' | 'tftp' | 'irc';
/** Where our name is another one. */
const OURS: Readonly<Partial<Record<Group, string>>> = { email: 'smtp' };

/** What Arkime says of small services, beside our session records. */
export const SERVICE_FIELDS: readonly Field[] = [
  field('email', 'src', (record) => record['hinomi.session.from']),
  field('email', 'dst', (record) => record['hinomi.session.to']),
  field('email', 'filename', (record) => record['hinomi.session.attachments']),
  // Arkime writes it in lower case.
  field('email', 'smtpHello', (record) => (record['host.name'] as string | undefined)?.toLowerCase()),
  {
    ...field('email', 'subject', (record) => record['hinomi.session.subject_length']),
    // The words of a mail are not kept.
    expected: (body) => of(body, 'email', 'subject')?.map((text) => subjectLength(String(text))),
  },
  field('ftp', 'banner', (record) => record['hinomi.session.server_software']),
  field('ftp', 'command', (record) => record['hinomi.session.commands']),
  field('ftp', 'responseCode', (record) => record['hinomi.session.reply_codes']),
  {
    suite: 'arkime session',
    field: 'user',
    expected: ({ user, protocol }) => (protocol?.some((name) => name === 'smtp' || name === 'ftp') ? user : undefined),
    actual: (record) => (record['event.dataset'] === 'session' ? record['user.name'] : undefined),
  },
  {
    suite: 'arkime socks',
    field: 'target',
    expected: ({ socks }) =>
      socks?.['port'] === undefined ? undefined : [`${socks['host'] ?? socks['ip']}:${socks['port']}`],
    actual: (record) => record['hinomi.session.target'],
  },
  {
    suite: 'arkime socks',
    field: 'user',
    expected: ({ socks }) => (socks?.['user'] === undefined ? undefined : [socks['user']]),
    actual: (record) => (record['network.protocol'] === 'socks' ? record['user.name'] : undefined),
  },
  field('snmp', 'version', (record) => ({ '1': 1, '2c': 2, '3': 3 })[String(record['hinomi.session.version'])]),
  {
    ...field('snmp', 'type', (record) => record['hinomi.snmp.pdu_types']),
    expected: (body) =>
      of(body, 'snmp', 'type')?.map((name) =>
        String(name)
          .replace(/(?<=[a-z])(?=[A-Z])/g, '-')
          .toLowerCase(),
      ),
  },
  field('snmp', 'trapOid', (record) => record['hinomi.snmp.traps']),
  {
    ...field('snmp', 'error', (record) => record['hinomi.session.error']),
  },
  field('ntp', 'version', (record) => Number(record['hinomi.session.version'])),
  field('ntp', 'mode', (record) => record['hinomi.ntp.modes']),
  field('ntp', 'refId', (record) => record['hinomi.ntp.reference_id']),
  field('mqtt', 'version', (record) => record['hinomi.session.version']),
  field('mqtt', 'clientId', (record) => record['hinomi.mqtt.client_id']),
  field('mqtt', 'willTopic', (record) => record['hinomi.mqtt.will_topic']),
  field('mqtt', 'topic', (record) => [
    ...((record['hinomi.mqtt.published'] ?? []) as string[]),
    ...((record['hinomi.mqtt.received'] ?? []) as string[]),
  ]),
  field('mysql', 'user', (record) => record['user.name']),
  field('mysql', 'version', (record) => String(record['hinomi.session.server_software']).replace(/^\w+ /, '')),
  field('postgresql', 'user', (record) => record['user.name']),
  field('postgresql', 'db', (record) => record['hinomi.session.database']),
  field('postgresql', 'app', (record) => record['hinomi.session.client_software']),
  field('radius', 'user', (record) => record['user.name']),
  field('radius', 'framedIp', (record) => record['hinomi.radius.framed_ip']),
  field('radius', 'nasIp', (record) => record['hinomi.radius.nas_ip']),
  field('sip', 'method', (record) => record['hinomi.session.commands']),
  {
    ...field('sip', 'statuscode', (record) => record['hinomi.session.reply_codes']),
    expected: (body) => of(body, 'sip', 'statuscode')?.map(String),
  },
  field('sip', 'useragent', (record) => record['hinomi.session.client_software']),
  field('tftp', 'filename', (record) => record['hinomi.session.file_names']),
  field('irc', 'nick', (record) => record['user.name']),
  {
    ...field('irc', 'channel', (record) => record['hinomi.irc.channels']),
    expected: (body) => of(body, 'irc', 'channel')?.flatMap((names) => String(names).split(',')),
  },
];

function field(group: Group, key: string, actual: (record: AnyRecord) => unknown): Field {
  return {
    suite: `arkime ${group}`,
    field: key,
    expected: (body) => of(body, group, key),
    actual: (record) =>
      record['network.protocol'] === (OURS[group] ?? group) && record['event.dataset'] === 'session'
        ? actual(record)
        : undefined,
  };
}

/** Mailboxes that are read have letters, too: of those we tell the login alone. */
function of(body: ArkimeBody, group: Group, key: string): readonly unknown[] | undefined {
  if (group === 'email' && body.protocol?.includes('imap') === true) return undefined;
  // Some are lists, some are not.
  const value = (body as unknown as Record<string, Record<string, unknown> | undefined>)[group]?.[key];
  return value === undefined || Array.isArray(value) ? value : [value];
}
