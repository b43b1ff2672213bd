import type { DeviceTable } from '../table.js';
import { numberOf } from '../values.js';

// FORTINET-CORE-MIB and FORTINET-FORTIGATE-MIB.
const CORE = '1.3.6.1.4.1.12356.100.1.1';
const SYSTEM = '1.3.6.1.4.1.12356.101.4';
const DISK_USED = `${SYSTEM}.1.6.0`;

export const FORTIGATE_TABLE: DeviceTable = {
  name: 'fortigate',
  mark: `${SYSTEM}.1.1.0`,
  facts: { 'observer.vendor': 'Fortinet', 'observer.product': 'FortiGate' },
  scalars: [
    { oid: `${CORE}.1.0`, fact: 'observer.serial_number' },
    { oid: `${SYSTEM}.1.1.0`, fact: 'observer.version' },
    { oid: `${SYSTEM}.1.3.0`, metric: { name: 'cpu.usage', unit: 'percent' } },
    { oid: `${SYSTEM}.1.4.0`, metric: { name: 'memory.usage', unit: 'percent' } },
    { oid: DISK_USED, metric: { name: 'disk.used', unit: 'megabytes' } },
    { oid: `${SYSTEM}.1.7.0`, metric: { name: 'disk.total', unit: 'megabytes' } },
    { oid: `${SYSTEM}.1.8.0`, metric: { name: 'sessions', unit: 'count' } },
    { oid: `${SYSTEM}.1.11.0`, metric: { name: 'sessions.rate', unit: 'per-second' } },
    { oid: '1.3.6.1.4.1.12356.101.12.1.1.0', metric: { name: 'vpn.tunnels_up', unit: 'count' } },
  ],
  rows: [
    {
      // fgProcessorUsage: which core is the busy one.
      columns: [`${SYSTEM}.4.2.1.2`],
      rowsMax: 64,
      read: ([load], index, findings) => findings.sample('cpu.core_usage', 'percent', numberOf(load), index),
    },
  ],
};
