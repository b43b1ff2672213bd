import type { AnyRecord } from '../../protocol/records/records.js';
import { oneOf, told, type ZeekLog } from './zeek-log.js';

const ofProtocol =
  (name: string) =>
  (record: AnyRecord): boolean =>
    record['network.protocol'] === name && record['event.dataset'] === 'session';
const given = (list: readonly (readonly [string, unknown, unknown])[]): [string, unknown, unknown][] =>
  list.filter(([, expected]) => expected !== undefined).map(([field, expected, actual]) => [field, expected, actual]);

const outcomeOf = (cell: string | undefined): string | undefined =>
  cell === undefined ? undefined : cell === 'T' || cell === 'success' ? 'success' : 'failure';

/** mysql.log: of its rows the logins. What is asked of a database is not kept. */
export const MYSQL_LOG: ZeekLog = {
  name: 'mysql',
  isOurs: ofProtocol('mysql'),
  isSkipped: (row) => row['cmd'] !== 'login',
  fields: (row, record) =>
    given([
      ['user', told(row, 'arg'), record?.['user.name']],
      ['success', outcomeOf(told(row, 'success')), record?.['hinomi.session.outcome']],
    ]),
};

/** postgresql.log: who is behind each row. */
export const POSTGRESQL_LOG: ZeekLog = {
  name: 'postgresql',
  isShared: true,
  isOurs: ofProtocol('postgresql'),
  fields: (row, record) =>
    given([
      ['user', told(row, 'user'), record?.['user.name']],
      ['database', told(row, 'database'), record?.['hinomi.session.database']],
      ['application_name', told(row, 'application_name'), record?.['hinomi.session.client_software']],
    ]),
};

/** radius.log. */
export const RADIUS_LOG: ZeekLog = {
  name: 'radius',
  isOurs: ofProtocol('radius'),
  fields: (row, record) => {
    const result = told(row, 'result');
    return given([
      ['username', told(row, 'username'), record?.['user.name']],
      ['mac', told(row, 'mac'), macOf(record?.['hinomi.radius.calling_station'])],
      ['framed_addr', told(row, 'framed_addr'), record?.['hinomi.radius.framed_ip']],
      ['connect_info', told(row, 'connect_info'), record?.['hinomi.radius.connect_info']],
      ['reply_msg', told(row, 'reply_msg'), record?.['hinomi.radius.reply']],
      ['result', result === 'unknown' ? result : outcomeOf(result), record?.['hinomi.session.outcome']],
    ]);
  },
};

/** `00-14-22-E9-54-5E`, `0014.22e9.545e` and `00:14:22:e9:54:5e` are one. */
function macOf(station: unknown): string | undefined {
  const digits = String(station ?? '')
    .replaceAll(/[^0-9a-f]/gi, '')
    .toLowerCase();
  return digits.length === 12 ? digits.replaceAll(/(..)(?=.)/g, '$1:') : undefined;
}

/** redis.log: of its rows the commands. */
export const REDIS_LOG: ZeekLog = {
  name: 'redis',
  isShared: true,
  isOurs: ofProtocol('redis'),
  isSkipped: (row) => told(row, 'cmd.name') === undefined,
  fields: (row, record) => {
    const command = told(row, 'cmd.name')?.toUpperCase();
    return [['cmd.name', command, oneOf(record, 'hinomi.session.commands', command)]];
  },
};

/** modbus.log: of its rows the functions and what was refused. */
export const MODBUS_LOG: ZeekLog = {
  name: 'modbus',
  isShared: true,
  isOurs: ofProtocol('modbus'),
  fields: (row, record) => {
    const name = told(row, 'func')?.replace('_EXCEPTION', '').toLowerCase().replaceAll('_', '-') ?? '';
    const number = /^unknown-(\d+)$/.exec(name)?.[1];
    const wanted = number === undefined ? name : `function-${Number(number) & 0x7f}`;
    const exception = told(row, 'exception')?.toLowerCase().replaceAll('_', '-');
    const unit = told(row, 'unit');
    return given([
      ['func', wanted, oneOf(record, 'hinomi.modbus.functions', wanted)],
      ['unit', unit, oneOf(record, 'hinomi.modbus.units', unit)],
      ['exception', exception, oneOf(record, 'hinomi.modbus.exceptions', exception)],
    ]);
  },
};
