import type { DeviceTable } from '../table.js';
import { numberOf, textOf } from '../values.js';

// SYNOLOGY-SYSTEM-MIB, -DISK-MIB, -RAID-MIB (Synology DiskStation MIB Guide).
const SYNOLOGY = '1.3.6.1.4.1.6574';
const NORMAL = 1;
/** Disk: 1 normal, 2 initialized, 3 not initialized; 4 system partition failed, 5 crashed. */
const DISK_FAILED = 4;
/** RAID: 11 degraded, 12 crashed; the others are work under way. */
const RAID_DEGRADED = 11;
const RAID_CRASHED = 12;

const fault = (status: number) => (status === NORMAL ? undefined : ('system-trouble' as const));

export const SYNOLOGY_TABLE: DeviceTable = {
  name: 'synology',
  mark: `${SYNOLOGY}.1.1.0`,
  facts: { 'observer.vendor': 'Synology' },
  scalars: [
    { oid: `${SYNOLOGY}.1.1.0`, trouble: fault },
    { oid: `${SYNOLOGY}.1.2.0`, metric: { name: 'temperature', unit: 'celsius' } },
    { oid: `${SYNOLOGY}.1.3.0`, trouble: fault },
    { oid: `${SYNOLOGY}.1.4.1.0`, trouble: fault },
    { oid: `${SYNOLOGY}.1.4.2.0`, trouble: fault },
    { oid: `${SYNOLOGY}.1.5.1.0`, fact: 'observer.product' },
    { oid: `${SYNOLOGY}.1.5.2.0`, fact: 'observer.serial_number' },
    { oid: `${SYNOLOGY}.1.5.3.0`, fact: 'observer.version' },
  ],
  rows: [
    {
      columns: [`${SYNOLOGY}.2.1.1.2`, `${SYNOLOGY}.2.1.1.5`, `${SYNOLOGY}.2.1.1.6`],
      rowsMax: 64,
      read: ([id, status, temperature], index, findings) => {
        const label = textOf(id) ?? index;
        const state = numberOf(status);
        findings.sample('disk.status', 'state', state, label);
        findings.sample('disk.temperature', 'celsius', numberOf(temperature), label);
        if (state !== undefined && state >= DISK_FAILED) findings.trouble('disk-failed', label);
      },
    },
    {
      columns: [`${SYNOLOGY}.3.1.1.2`, `${SYNOLOGY}.3.1.1.3`, `${SYNOLOGY}.3.1.1.4`, `${SYNOLOGY}.3.1.1.5`],
      rowsMax: 64,
      read: ([name, status, free, total], index, findings) => {
        const label = textOf(name) ?? index;
        const state = numberOf(status);
        const [left, all] = [numberOf(free), numberOf(total)];
        findings.sample('volume.status', 'state', state, label);
        if (left !== undefined && all !== undefined && all > 0 && left <= all)
          findings.sample('volume.usage', 'percent', ((all - left) / all) * 100, label);
        if (state === RAID_DEGRADED || state === RAID_CRASHED) findings.trouble('volume-degraded', label);
      },
    },
  ],
};
