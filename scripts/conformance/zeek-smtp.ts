import { subjectLength } from '../../agent/sensor/wire/mail-header.js';
import { detailOf, told, type ZeekLog, zeekVector } from './zeek-log.js';

/** smtp.log: a row for each mail. Of its words we keep the length of the subject. */
export const SMTP_LOG: ZeekLog = {
  name: 'smtp',
  isOurs: (record) => record['network.protocol'] === 'smtp' && record['event.dataset'] === 'session',
  fields: (row, record) => {
    const to = zeekVector(row['rcptto'] ?? '-');
    return (
      [
        ['helo', told(row, 'helo'), record?.['host.name']],
        ['mailfrom', told(row, 'mailfrom'), record?.['hinomi.session.from']],
        [
          'rcptto',
          to.length === 0 ? undefined : to.sort(),
          [...((record?.['hinomi.session.to'] ?? []) as string[])].sort(),
        ],
        [
          'subject',
          told(row, 'subject', (text) => String(subjectLength(text))),
          lengthOf(record?.['hinomi.session.subject_length']),
        ],
        ['tls', told(row, 'tls'), detailOf(record, 'starttls') === 'yes' ? 'T' : 'F'],
        ['last_reply', outcomeOf(told(row, 'last_reply')), record?.['hinomi.session.outcome']],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

const lengthOf = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** Of the last reply we tell whether it took the mail. */
function outcomeOf(reply: string | undefined): string | undefined {
  if (reply === undefined) return undefined;
  return reply.startsWith('2') ? 'success' : 'failure';
}
