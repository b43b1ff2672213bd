import type { AnyRecord } from '../../protocol/records/records.js';
import { told, type ZeekLog } from './zeek-log.js';

/** quic.log: a client's first packet and what it led to. A Retry is a row of its own there. */
export const QUIC_LOG: ZeekLog = {
  name: 'quic',
  isOurs: (record) => record['network.protocol'] === 'quic',
  isSkipped: (row) => /^ISr?$/.test(row['history'] ?? '') && row['server_scid'] === '-',
  fields: (row, record) => [
    ['version', versionOf(row['version'] ?? ''), record?.['hinomi.quic.version']],
    ['client_initial_dcid', told(row, 'client_initial_dcid'), record?.['hinomi.quic.client_initial_id']],
    ['client_scid', told(row, 'client_scid'), record?.['hinomi.quic.client_id']],
    ['server_scid', told(row, 'server_scid'), record?.['hinomi.quic.server_id']],
    ['server_name', told(row, 'server_name'), record?.['tls.client.server_name']],
    ['client_protocol', told(row, 'client_protocol'), firstOf(record)],
  ],
};

function versionOf(text: string): string {
  return text.replace('quicv', '').replace('unknown-', '0x');
}

function firstOf(record: AnyRecord | undefined): unknown {
  return (record?.['hinomi.tls.alpn'] as string[] | undefined)?.[0];
}
