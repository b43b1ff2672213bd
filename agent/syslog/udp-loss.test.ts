import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kernelName, readUdpDrops } from './udp-loss.js';

const HEAD =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';

test('drops are the last column, added up for sockets of one name', () => {
  const line = (local: string, drops: number): string =>
    `  617: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 18 2 0 ${drops}`;
  const files: Record<string, string> = {
    '/proc/net/udp': [HEAD, line('0100007F:158A', 3), line('0100007F:158A', 4), line('00000000:0202', 0), ''].join(
      '\n',
    ),
    '/proc/net/udp6': 'nonsense\nmore nonsense\n',
  };
  const drops = readUdpDrops((file) => files[file] ?? '');
  expect(Object.fromEntries(drops)).toEqual({ '0100007F:158A': 7, '00000000:0202': 0 });
});

test.each(['127.0.0.1', '::1'])('a socket at %s is found under its name in what the kernel says', async (address) => {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((bound) => socket.bind(0, address, bound));
  const name = kernelName(address, socket.address().port);
  const text = readFileSync('/proc/net/udp', 'latin1') + readFileSync('/proc/net/udp6', 'latin1');
  socket.close();
  expect(text).toContain(name);
});
