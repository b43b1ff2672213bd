import { told, type ZeekLog, type ZeekRow } from './zeek-log.js';

const VERSIONS: Readonly<Record<string, string>> = {
  SSLv2: 'ssl 2.0',
  SSLv3: 'ssl 3.0',
  TLSv10: 'tls 1.0',
  TLSv11: 'tls 1.1',
  TLSv12: 'tls 1.2',
  TLSv13: 'tls 1.3',
  DTLSv10: 'dtls 1.0',
  DTLSv12: 'dtls 1.2',
  DTLSv13: 'dtls 1.3',
};

/** ssl.log: a handshake. What a test adds to the log or takes from it is not looked at. */
export const SSL_LOG: ZeekLog = {
  name: 'ssl',
  isOurs: (record) => record['event.dataset'] === 'tls',
  fields: (row, record) =>
    (
      [
        ['version', told(row, 'version', (text) => VERSIONS[text] ?? text), versionOf(record)],
        ['cipher', told(row, 'cipher'), record?.['tls.cipher']],
        ['curve', told(row, 'curve'), record?.['tls.curve']],
        ['server_name', told(row, 'server_name'), record?.['tls.client.server_name']],
        ['resumed', bool(row, 'resumed'), record?.['tls.resumed']],
        ['established', bool(row, 'established'), record?.['tls.established']],
        ['next_protocol', told(row, 'next_protocol'), record?.['tls.next_protocol']],
        ['subject', told(row, 'subject'), record?.['tls.server.subject']],
        ['issuer', told(row, 'issuer'), record?.['tls.server.issuer']],
        ['last_alert', told(row, 'last_alert'), record?.['hinomi.tls.alert']],
        ['cert_chain_fps', told(row, 'cert_chain_fps')?.split(',')[0], lower(record?.['tls.server.hash.sha256'])],
        ['client_subject', told(row, 'client_subject'), record?.['tls.client.subject']],
      ] as const
    ).filter(([, expected]) => expected !== undefined),
};

function bool(row: ZeekRow, field: string): boolean | undefined {
  const cell = row[field];
  return cell === 'T' ? true : cell === 'F' ? false : undefined;
}

const lower = (text: unknown): unknown => (typeof text === 'string' ? text.toLowerCase() : text);

function versionOf(record: Record<string, unknown> | undefined): string | undefined {
  const version = record?.['tls.version'];
  return version === undefined ? undefined : `${record?.['tls.version_protocol']} ${version}`;
}
