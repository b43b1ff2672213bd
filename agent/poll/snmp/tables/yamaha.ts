import type { DeviceTable } from '../table.js';

// YAMAHA-RT-HARDWARE and YAMAHA-RT-FIRMWARE (Yamaha, private MIB of the RT series).
const HARDWARE = '1.3.6.1.4.1.1182.2.1';
const FIRMWARE = '1.3.6.1.4.1.1182.2.2';

export const YAMAHA_TABLE: DeviceTable = {
  name: 'yamaha',
  mark: `${FIRMWARE}.3.0`,
  facts: { 'observer.vendor': 'Yamaha' },
  scalars: [
    { oid: `${HARDWARE}.4.0`, metric: { name: 'memory.usage', unit: 'percent' } },
    // Five seconds, a minute, five minutes: the minute is what a poll a minute asks for.
    { oid: `${HARDWARE}.6.0`, metric: { name: 'cpu.usage', unit: 'percent' } },
    { oid: `${HARDWARE}.15.0`, metric: { name: 'temperature', unit: 'celsius' } },
    { oid: `${FIRMWARE}.3.0`, fact: 'observer.version' },
  ],
};
