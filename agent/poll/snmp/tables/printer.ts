import type { Varbind } from 'net-snmp';
import type { DeviceTable } from '../table.js';
import { numberOf, textOf } from '../values.js';

// RFC 3805: Printer-MIB; RFC 2790: hrPrinterTable.
const PRINTER = '1.3.6.1.2.1.43';
const HR_PRINTER = '1.3.6.1.2.1.25.3.5.1';
const SUPPLY = `${PRINTER}.11.1.1`;
/** RFC 3805: 3 is filled up by use (waste), 4 is used up. */
const RECEPTACLE = 4;
/** hrPrinterDetectedErrorState: no paper, no toner, door open, jammed, offline, service requested, in bits. */
const ERROR_BITS = 0b0101_1111;

/** @param percentMin of a supply */
export const printerTable = (percentMin: number): DeviceTable => ({
  name: 'printer',
  mark: `${PRINTER}.5.1.1.1.1`,
  scalars: [
    { oid: `${PRINTER}.5.1.1.16.1`, fact: 'observer.product' },
    { oid: `${PRINTER}.5.1.1.17.1`, fact: 'observer.serial_number' },
    { oid: `${PRINTER}.10.2.1.4.1.1`, metric: { name: 'printer.pages', unit: 'count' } },
  ],
  rows: [
    {
      // Class, description, capacity, level.
      columns: [`${SUPPLY}.4`, `${SUPPLY}.6`, `${SUPPLY}.8`, `${SUPPLY}.9`],
      rowsMax: 64,
      read: ([kind, description, capacity, level], index, findings) => {
        const percent = percentOf(capacity, level);
        const label = textOf(description) ?? index;
        findings.sample('printer.supply', 'percent', percent, label);
        // The class of a receptacle is 4: it is full at 100.
        const left = numberOf(kind) === RECEPTACLE && percent !== undefined ? 100 - percent : percent;
        if (left !== undefined && left < percentMin) findings.trouble('supply-low', label);
      },
    },
    {
      columns: [`${HR_PRINTER}.1`, `${HR_PRINTER}.2`],
      rowsMax: 8,
      read: ([status, errors], index, findings) => {
        findings.sample('printer.status', 'state', numberOf(status), index);
        const bits = Buffer.isBuffer(errors?.value) ? (errors.value[0] ?? 0) : 0;
        if ((bits & ERROR_BITS) !== 0) findings.trouble('printer-trouble', `printer ${index}`);
      },
    },
  ],
});

/** Below 0: not known how much. */
function percentOf(capacity: Varbind | undefined, level: Varbind | undefined): number | undefined {
  const [most, now] = [numberOf(capacity), numberOf(level)];
  if (most === undefined || now === undefined || most <= 0 || now < 0 || now > most) return undefined;
  return Math.round((now * 1_000) / most) / 10;
}
