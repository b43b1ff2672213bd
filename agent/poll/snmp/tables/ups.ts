import type { DeviceTable } from '../table.js';
import { numberOf } from '../values.js';

// RFC 1628: UPS-MIB.
const UPS = '1.3.6.1.2.1.33.1';
const BATTERY_LOW = 3;
const BATTERY_EMPTY = 4;
const SOURCE_NONE = 2;
const SOURCE_BATTERY = 5;
const TENTH = 0.1;

export const UPS_TABLE: DeviceTable = {
  name: 'ups',
  mark: `${UPS}.2.1.0`,
  scalars: [
    { oid: `${UPS}.1.1.0`, fact: 'observer.vendor' },
    { oid: `${UPS}.1.2.0`, fact: 'observer.product' },
    { oid: `${UPS}.1.3.0`, fact: 'observer.version' },
    {
      oid: `${UPS}.2.1.0`,
      metric: { name: 'ups.battery_status', unit: 'state' },
      trouble: (status) => (status === BATTERY_LOW || status === BATTERY_EMPTY ? 'ups-battery-low' : undefined),
    },
    { oid: `${UPS}.2.2.0`, metric: { name: 'ups.on_battery', unit: 'seconds' } },
    { oid: `${UPS}.2.3.0`, metric: { name: 'ups.runtime', unit: 'minutes' } },
    { oid: `${UPS}.2.4.0`, metric: { name: 'ups.charge', unit: 'percent' } },
    { oid: `${UPS}.2.5.0`, metric: { name: 'ups.battery_voltage', unit: 'volt', scale: TENTH } },
    { oid: `${UPS}.2.7.0`, metric: { name: 'temperature', unit: 'celsius' } },
    {
      oid: `${UPS}.4.1.0`,
      metric: { name: 'ups.output_source', unit: 'state' },
      trouble: (source) =>
        source === SOURCE_BATTERY ? 'ups-on-battery' : source === SOURCE_NONE ? 'ups-trouble' : undefined,
    },
    { oid: `${UPS}.6.1.0`, metric: { name: 'ups.alarms', unit: 'count' } },
  ],
  rows: [
    {
      columns: [`${UPS}.4.4.1.5`, `${UPS}.4.4.1.2`],
      rowsMax: 8,
      read: ([load, voltage], index, findings) => {
        findings.sample('ups.load', 'percent', numberOf(load), index);
        findings.sample('ups.output_voltage', 'volt', numberOf(voltage), index);
      },
    },
  ],
};
