import { told, type ZeekLog } from './zeek-log.js';

/** rdp.log: the cookie; what Zeek reads of the old security's settings is not read here. */
export const RDP_LOG: ZeekLog = {
  name: 'rdp',
  isOurs: (record) => record['network.protocol'] === 'rdp',
  fields: (row, record) =>
    ([['cookie', told(row, 'cookie'), record?.['hinomi.session.cookie']]] as const).filter(
      ([, expected]) => expected !== undefined,
    ),
};
