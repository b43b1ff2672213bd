import type { DeviceTable } from '../table.js';
import { numberOf, textOf } from '../values.js';

// NAS-MIB of QNAP: numbers are texts with their unit (`37 C/98 F`).
const QNAP = '1.3.6.1.4.1.24681.1.2';
/** RFC 6933 entPhysicalFirmwareRev of the first entity. */
const FIRMWARE = '1.3.6.1.2.1.47.1.1.1.1.9.1';
/** HdStatus: 0 ready, -5 no disk, -6 invalid, -9 read or write error, -4 unknown. */
const NO_DISK = -5;
const DISK_INVALID = -6;
const DISK_ERROR = -9;

export const QNAP_TABLE: DeviceTable = {
  name: 'qnap',
  mark: `${QNAP}.12.0`,
  facts: { 'observer.vendor': 'QNAP' },
  scalars: [
    { oid: `${QNAP}.1.0`, metric: { name: 'cpu.usage', unit: 'percent' } },
    { oid: `${QNAP}.2.0`, metric: { name: 'memory.total', unit: 'megabytes' } },
    { oid: `${QNAP}.3.0`, metric: { name: 'memory.free', unit: 'megabytes' } },
    { oid: `${QNAP}.6.0`, metric: { name: 'temperature', unit: 'celsius' } },
    { oid: `${QNAP}.12.0`, fact: 'observer.product' },
    { oid: FIRMWARE, fact: 'observer.version' },
  ],
  rows: [
    {
      // Description, temperature, status, S.M.A.R.T.
      columns: [`${QNAP}.11.1.2`, `${QNAP}.11.1.3`, `${QNAP}.11.1.4`, `${QNAP}.11.1.7`],
      rowsMax: 64,
      read: ([description, temperature, status, smart], index, findings) => {
        const label = textOf(description) ?? index;
        const state = numberOf(status);
        if (state === NO_DISK) return;
        findings.sample('disk.status', 'state', state, label);
        findings.sample('disk.temperature', 'celsius', numberOf(temperature), label);
        const isBad = /abnormal|warning|error|fail|bad/i.test(textOf(smart) ?? '');
        if (isBad || state === DISK_INVALID || state === DISK_ERROR) findings.trouble('disk-failed', label);
      },
    },
    {
      columns: [`${QNAP}.17.1.2`, `${QNAP}.17.1.6`],
      rowsMax: 64,
      read: ([description, status], index, findings) => {
        if (/degraded|failed|error|unmounted|not active/i.test(textOf(status) ?? ''))
          findings.trouble('volume-degraded', textOf(description) ?? index);
      },
    },
  ],
};
