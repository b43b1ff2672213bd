import { expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { adviceOnSyslog } from './advice.js';
import { SyslogConfig } from './config.js';

const config = loadConfig(SyslogConfig, {});
/** A machine by what its kernel says. */
const machine = (capabilities: string, rmemMax: number) => (file: string) => {
  if (file.endsWith('rmem_max')) return `${rmemMax}\n`;
  if (file.endsWith('port_start')) return '1024\n';
  return `CapEff:\t${capabilities}\n`;
};
const MAY_BIND = '0000000000000400';
const MAY_NOTHING = '0000000000000000';

test('a machine that has all it needs gets no advice', () => {
  const { text, advice } = adviceOnSyslog(config, ['192.168.1.2'], machine(MAY_BIND, 2 ** 24));
  expect(text).toBe('received at 192.168.1.2: UDP 514 and 5514, TCP 514 and 5514, TLS 6514');
  expect(advice).toEqual([]);
});

test('a port that this user may not have is told with the command that gives it', () => {
  const { advice } = adviceOnSyslog(config, ['192.168.1.2'], machine(MAY_NOTHING, 2 ** 24));
  expect(advice).toHaveLength(1);
  expect(advice[0]).toContain('sysctl -w net.ipv4.ip_unprivileged_port_start=514');
});

test('a small receive buffer is told with the command that makes it larger', () => {
  const { advice } = adviceOnSyslog(config, ['192.168.1.2'], machine(MAY_BIND, 212_992));
  expect(advice[0]).toContain(`net.core.rmem_max=${8 * 2 ** 20}`);
});

test('a machine without a private address is told', () => {
  expect(adviceOnSyslog(config, [], machine(MAY_BIND, 2 ** 24)).advice[0]).toContain('no private address');
});
