import type { DeviceTable } from './table.js';
import { FORTIGATE_TABLE } from './tables/fortigate.js';
import { HOST_TABLE } from './tables/host.js';
import { printerTable } from './tables/printer.js';
import { QNAP_TABLE } from './tables/qnap.js';
import { SOPHOS_TABLE } from './tables/sophos.js';
import { SYNOLOGY_TABLE } from './tables/synology.js';
import { UPS_TABLE } from './tables/ups.js';
import { YAMAHA_TABLE } from './tables/yamaha.js';

/** The kinds of devices that are known. A new one is a file with its OIDs, and a line here. */
export const tablesFor = (supplyPercentMin: number): readonly DeviceTable[] => [
  HOST_TABLE,
  UPS_TABLE,
  printerTable(supplyPercentMin),
  SYNOLOGY_TABLE,
  QNAP_TABLE,
  FORTIGATE_TABLE,
  SOPHOS_TABLE,
  YAMAHA_TABLE,
];
