import { detailOf, told, type ZeekLog } from './zeek-log.js';

/** Whether the login succeeded: a guess from the sizes of packets, Zeek's as ours. */
const OUTCOMES: Readonly<Record<string, string>> = { T: 'success', F: 'failure' };

export const SSH_LOG: ZeekLog = {
  name: 'ssh',
  isOurs: (record) => record['network.protocol'] === 'ssh',
  fields: (row, record) => {
    const detail = (name: string): string | undefined => detailOf(record, name);
    return (
      [
        ['version', told(row, 'version'), record?.['hinomi.session.version']],
        ['client', told(row, 'client'), record?.['hinomi.session.client_software']],
        ['server', told(row, 'server'), record?.['hinomi.session.server_software']],
        ['cipher_alg', told(row, 'cipher_alg'), record?.['hinomi.session.cipher']],
        ['mac_alg', told(row, 'mac_alg'), detail('mac')],
        ['compression_alg', told(row, 'compression_alg'), detail('compression')],
        ['kex_alg', told(row, 'kex_alg'), detail('kex')],
        ['host_key_alg', told(row, 'host_key_alg'), detail('host_key')],
        ['auth_success', OUTCOMES[told(row, 'auth_success') ?? ''], record?.['hinomi.session.outcome']],
        ['host_key', told(row, 'host_key'), record?.['hinomi.session.host_key']],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};
