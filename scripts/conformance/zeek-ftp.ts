import type { AnyRecord } from '../../protocol/records/records.js';
import { told, type ZeekLog } from './zeek-log.js';

const FILES = /^(RETR|STOR|STOU|APPE|DELE)$/;

/** ftp.log: a row for each command of interest; ours is one record for all of a conversation. */
export const FTP_LOG: ZeekLog = {
  name: 'ftp',
  isShared: true,
  isOurs: (record) => record['network.protocol'] === 'ftp' && record['event.dataset'] === 'session',
  fields: (row, record) => {
    const command = told(row, 'command');
    const user = told(row, 'user', (text) => (text === '<unknown>' ? '-' : text));
    const code = told(row, 'reply_code');
    const file = command !== undefined && FILES.test(command) ? told(row, 'arg') : undefined;
    return (
      [
        ['user', user === '-' ? undefined : user, record?.['user.name']],
        ['command', command === '<init>' ? undefined : command, oneOf(record, 'hinomi.session.commands', command)],
        ['reply_code', code, oneOf(record, 'hinomi.session.reply_codes', code)],
        // Zeek makes a whole address of it.
        ['arg', file, fileOf(record, file)],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

function oneOf(record: AnyRecord | undefined, field: string, value: string | undefined): string | undefined {
  const list = (record?.[field] ?? []) as readonly string[];
  return list.find((each) => each === value);
}

function fileOf(record: AnyRecord | undefined, address: string | undefined): string | undefined {
  const list = (record?.['hinomi.session.file_names'] ?? []) as readonly string[];
  return list.some((name) => address?.endsWith(name) === true) ? address : list[0];
}
