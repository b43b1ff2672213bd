import { detailOf, told, type ZeekLog } from './zeek-log.js';

/** rdp.log: the cookie, and what a client says of itself; what Zeek reads of the old security's settings is not read here. */
export const RDP_LOG: ZeekLog = {
  name: 'rdp',
  isOurs: (record) => record['network.protocol'] === 'rdp',
  fields: (row, record) => {
    const detail = (name: string): string | undefined => detailOf(record, name);
    const [width, height] = detail('desktop')?.split('x') ?? [];
    return (
      [
        ['cookie', told(row, 'cookie'), record?.['hinomi.session.cookie']],
        ['client_name', told(row, 'client_name'), record?.['host.name']],
        ['client_channels', told(row, 'client_channels'), detail('channels')],
        ['client_dig_product_id', told(row, 'client_dig_product_id'), detail('product_id')],
        ['desktop_width', told(row, 'desktop_width'), width],
        ['desktop_height', told(row, 'desktop_height'), height],
        ['refused', refusal(told(row, 'result')), record?.['hinomi.session.error']],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

const refusal = (result: string | undefined): string | undefined =>
  result === 'Success' || result === 'encrypted' ? undefined : result;
