import type { AnyRecord } from '../../protocol/records/records.js';
import { detailOf, oneOf, told, type ZeekLog } from './zeek-log.js';

/** dce_rpc.log: one row an operation; a record tells those of one interface together. */
export const DCE_RPC_LOG: ZeekLog = {
  name: 'dce_rpc',
  isShared: true,
  isOurs: (record) => record['network.protocol'] === 'dce_rpc',
  fields: (row, record) => {
    const operation = told(row, 'operation');
    return (
      [
        ['named_pipe', told(row, 'named_pipe'), pipeOf(record)],
        ['endpoint', told(row, 'endpoint'), record?.['hinomi.session.service']],
        ['operation', operation, oneOf(record, 'hinomi.session.operations', operation)],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

/** Over TCP Zeek shows the port that the server names. */
function pipeOf(record: AnyRecord | undefined): unknown {
  return record?.['hinomi.session.pipe'] ?? detailOf(record, 'address');
}
