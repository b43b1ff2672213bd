import type { AnyRecord } from '../../protocol/records/records.js';
import type { Tally } from './tally.js';
import { type Compared, type ZeekRow, zeekVector } from './zeek-log.js';

const SUITE = 'zeek x509';

/** x509.log: certificates of hosts. A record tells the first that a server sent, so the others of a chain are not looked at. */
export function compareZeekX509(
  test: string,
  rows: readonly ZeekRow[],
  records: readonly AnyRecord[],
  needs: string | undefined,
  tally: Tally,
): void {
  for (const row of rows) {
    if (row['host_cert'] !== 'T' || row['client_cert'] === 'T') continue;
    const ours = records.find(
      (record) => String(record['tls.server.hash.sha256']).toLowerCase() === row['fingerprint'],
    );
    const common = { suite: SUITE, subject: `${test} ${row['certificate.subject']}`, needs, context: row };
    tally.add({ ...common, field: 'found', expected: true, actual: ours !== undefined });
    for (const [field, expected, actual] of fieldsOf(row, ours)) tally.add({ ...common, field, expected, actual });
  }
}

function fieldsOf(row: ZeekRow, record: AnyRecord | undefined): Compared[] {
  const names = [...zeekVector(row['san.dns'] ?? '-'), ...zeekVector(row['san.ip'] ?? '-')];
  return [
    ['subject', text(row['certificate.subject']), record?.['tls.server.subject']],
    ['issuer', text(row['certificate.issuer']), record?.['tls.server.issuer']],
    ['not_before', instant(row['certificate.not_valid_before']), record?.['tls.server.not_before']],
    ['not_after', instant(row['certificate.not_valid_after']), record?.['tls.server.not_after']],
    ['san', names, record?.['hinomi.tls.subject_alternative_names'] ?? []],
  ];
}

function instant(seconds: string | undefined): string {
  return new Date(Number(seconds) * 1000).toISOString();
}

/** Zeek doubles each backslash. */
function text(cell: string | undefined): string {
  return (cell ?? '').replaceAll('\\\\', '\\');
}
