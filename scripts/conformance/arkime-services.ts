import { subjectLength } from '../../agent/sensor/wire/mail-header.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { ArkimeBody, Field } from './arkime-field.js';

type Group = 'email' | 'ftp' | 'snmp' | 'ntp' | 'mqtt';
const OURS: Readonly<Record<Group, string>> = { email: 'smtp', ftp: 'ftp', snmp: 'snmp', ntp: 'ntp', mqtt: 'mqtt' };

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
];

function field(group: Group, key: string, actual: (record: AnyRecord) => unknown): Field {
  return {
    suite: `arkime ${group}`,
    field: key,
    expected: (body) => of(body, group, key),
    actual: (record) =>
      record['network.protocol'] === OURS[group] && record['event.dataset'] === 'session' ? actual(record) : undefined,
  };
}

/** Mailboxes that are read have letters, too: of those we tell the login alone. */
function of(body: ArkimeBody, group: Group, key: string): readonly unknown[] | undefined {
  return group === 'email' && body.protocol?.includes('imap') === true ? undefined : body[group]?.[key];
}
