import type { DeviceTable } from '../table.js';

// SFOS-FIREWALL-MIB of Sophos Firewall 18 and newer. Its load is in HOST-RESOURCES-MIB.
const SFOS = '1.3.6.1.4.1.2604.5.1';

export const SOPHOS_TABLE: DeviceTable = {
  name: 'sophos',
  mark: `${SFOS}.1.3.0`,
  facts: { 'observer.vendor': 'Sophos' },
  scalars: [
    { oid: `${SFOS}.1.2.0`, fact: 'observer.product' },
    { oid: `${SFOS}.1.3.0`, fact: 'observer.version' },
    { oid: `${SFOS}.1.4.0`, fact: 'observer.serial_number' },
    { oid: `${SFOS}.2.4.1.0`, metric: { name: 'disk.total', unit: 'megabytes' } },
    { oid: `${SFOS}.2.4.2.0`, metric: { name: 'disk.usage', unit: 'percent' } },
    { oid: `${SFOS}.2.5.2.0`, metric: { name: 'memory.usage', unit: 'percent' } },
    { oid: `${SFOS}.2.5.4.0`, metric: { name: 'swap.usage', unit: 'percent' } },
    { oid: `${SFOS}.2.6.0`, metric: { name: 'users', unit: 'count' } },
    // Counted up by the device; told as it counts.
    { oid: `${SFOS}.2.7.0`, metric: { name: 'http.hits', unit: 'count' } },
  ],
};
