import { describe, expect, it } from 'vitest';
import { defaultInterfaceOf } from './default-interface.js';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
const route4 = (name: string, destination: string, flags: string, metric: number, mask = '00000000'): string =>
  `${name}\t${destination}\t0102A8C0\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0\n`;
const ZERO = '0'.repeat(32);
const route6 = (name: string, length: string, flags: string): string =>
  `${ZERO} ${length} ${ZERO} 00 ${ZERO} 00000400 00000001 00000000 ${flags}     ${name}\n`;

describe('the interface of the default route', () => {
  it('is the one with the smallest metric', () => {
    const table = HEAD + route4('wlan0', '00000000', '0003', 600) + route4('eth0', '00000000', '0003', 100);
    expect(defaultInterfaceOf(table, '')).toBe('eth0');
  });

  it('is no route to a network, and none that is down', () => {
    const table = HEAD + route4('tun0', '00000000', '0001', 0, '00000080') + route4('eth1', '00000000', '0002', 0);
    expect(defaultInterfaceOf(table, '')).toBeUndefined();
  });

  it('is that of IPv6 where there is no other', () => {
    const table = route6('lo', '00', '00200200') + route6('eth0', '40', '00000001') + route6('eth2', '00', '00000003');
    expect(defaultInterfaceOf(HEAD, table)).toBe('eth2');
  });

  it('is unknown without routes', () => {
    expect(defaultInterfaceOf('', '')).toBeUndefined();
  });
});
