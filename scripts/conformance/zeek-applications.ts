import type { AnyRecord } from '../../protocol/records/records.js';
import { conversationKey, pairUp } from './match.js';
import type { Tally } from './tally.js';
import { DCE_RPC_LOG } from './zeek-dce-rpc.js';
import { FTP_LOG } from './zeek-ftp.js';
import { HTTP_LOG } from './zeek-http.js';
import { KERBEROS_LOG } from './zeek-kerberos.js';
import { LDAP_LOG, LDAP_SEARCH_LOG } from './zeek-ldap.js';
import type { ZeekLog, ZeekRow } from './zeek-log.js';
import { MODBUS_LOG, MYSQL_LOG, POSTGRESQL_LOG, RADIUS_LOG, REDIS_LOG } from './zeek-logins.js';
import { MQTT_CONNECT_LOG, MQTT_PUBLISH_LOG, MQTT_SUBSCRIBE_LOG } from './zeek-mqtt.js';
import { NTLM_LOG } from './zeek-ntlm.js';
import { QUIC_LOG } from './zeek-quic.js';
import { RDP_LOG } from './zeek-rdp.js';
import { SMB_FILES_LOG, SMB_MAPPING_LOG } from './zeek-smb.js';
import { SMTP_LOG } from './zeek-smtp.js';
import { SOCKS_LOG } from './zeek-socks.js';
import { SSH_LOG } from './zeek-ssh.js';
import { SSL_LOG } from './zeek-ssl.js';

const LOGS: readonly ZeekLog[] = [
  SSL_LOG,
  QUIC_LOG,
  HTTP_LOG,
  SSH_LOG,
  KERBEROS_LOG,
  NTLM_LOG,
  SMB_MAPPING_LOG,
  SMB_FILES_LOG,
  DCE_RPC_LOG,
  LDAP_LOG,
  LDAP_SEARCH_LOG,
  RDP_LOG,
  FTP_LOG,
  SMTP_LOG,
  SOCKS_LOG,
  MQTT_CONNECT_LOG,
  MQTT_PUBLISH_LOG,
  MQTT_SUBSCRIBE_LOG,
  MYSQL_LOG,
  POSTGRESQL_LOG,
  RADIUS_LOG,
  REDIS_LOG,
  MODBUS_LOG,
];

export function zeekLogOf(path: string): ZeekLog | undefined {
  return LOGS.find(({ name }) => path.endsWith(`/${name}.log`));
}

/** One row is one of our records of the same two ends. */
export function compareZeekApplication(
  log: ZeekLog,
  test: string,
  rows: readonly ZeekRow[],
  records: readonly AnyRecord[],
  needs: string | undefined,
  tally: Tally,
): void {
  const suite = `zeek ${log.name}`;
  const wanted = rows.filter((row) => log.isSkipped?.(row) !== true);
  const agreement = (row: ZeekRow, record: AnyRecord): number =>
    log.fields(row, record).filter(([, expected, actual]) => `${expected}` === `${actual}`).length;
  const ours = records.filter(log.isOurs);
  const pairs =
    log.isShared === true
      ? wanted.map((row) => [row, bestOf(row, ours, agreement)] as const)
      : pairUp(wanted, ours, keyOfRow, keyOfRecord, agreement).pairs;
  for (const [row, record] of pairs) {
    const subject = `${test} ${row['id.orig_h']}:${row['id.orig_p']} > ${row['id.resp_h']}:${row['id.resp_p']}`;
    const common = { suite, subject, needs, context: { ...row, ours: record } };
    tally.add({ ...common, field: 'found', expected: true, actual: record !== undefined });
    for (const [field, expected, actual] of log.fields(row, record)) tally.add({ ...common, field, expected, actual });
  }
}

function bestOf(
  row: ZeekRow,
  ours: readonly AnyRecord[],
  agreement: (row: ZeekRow, record: AnyRecord) => number,
): AnyRecord | undefined {
  const candidates = ours
    .filter((record) => keyOfRecord(record) === keyOfRow(row))
    .map((record) => ({ record, points: agreement(row, record) }));
  return candidates.sort((a, b) => b.points - a.points)[0]?.record;
}

function keyOfRow(row: ZeekRow): string {
  return conversationKey('', row['id.orig_h']!, Number(row['id.orig_p']), row['id.resp_h']!, Number(row['id.resp_p']));
}

function keyOfRecord(record: AnyRecord): string {
  const [a, b] = [String(record['source.ip']), String(record['destination.ip'])];
  return conversationKey('', a, Number(record['source.port'] ?? 0), b, Number(record['destination.port'] ?? 0));
}
