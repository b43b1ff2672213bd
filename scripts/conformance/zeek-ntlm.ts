import { detailOf, told, type ZeekLog } from './zeek-log.js';

/** ntlm.log: a login by NTLM inside of another protocol. */
export const NTLM_LOG: ZeekLog = {
  name: 'ntlm',
  isOurs: (record) => record['network.protocol'] === 'ntlm',
  fields: (row, record) => {
    const outcome = record?.['hinomi.session.outcome'];
    return (
      [
        ['username', told(row, 'username'), record?.['user.name']],
        ['hostname', told(row, 'hostname'), record?.['host.name']],
        ['domainname', told(row, 'domainname'), record?.['user.domain']],
        ['server_nb_computer_name', told(row, 'server_nb_computer_name'), detailOf(record, 'server_netbios_name')],
        ['server_dns_computer_name', told(row, 'server_dns_computer_name'), record?.['hinomi.session.server_name']],
        ['server_tree_name', told(row, 'server_tree_name'), detailOf(record, 'server_forest')],
        ['success', told(row, 'success'), outcome === 'success' ? 'T' : outcome === 'failure' ? 'F' : undefined],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};
