import type { DeviceTable } from '../table.js';
import { numberOf } from '../values.js';

// RFC 2790: HOST-RESOURCES-MIB. Sophos, Linux and most NAS tell their load by it.
const HOST = '1.3.6.1.2.1.25';

export const HOST_TABLE: DeviceTable = {
  name: 'host',
  mark: `${HOST}.1.1.0`,
  scalars: [{ oid: `${HOST}.1.6.0`, metric: { name: 'processes', unit: 'count' } }],
  rows: [
    {
      columns: [`${HOST}.3.3.1.2`],
      rowsMax: 64,
      read: ([load], index, findings) => findings.sample('cpu.usage', 'percent', numberOf(load), index),
    },
  ],
};
