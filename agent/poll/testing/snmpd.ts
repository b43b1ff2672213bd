import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../../../protocol/base/time.js';

const PROGRAM = '/usr/sbin/snmpd';
export const hasSnmpd = existsSync(PROGRAM);

export const COMMUNITY = 'himitsu-community';
export const AUTH_KEY = 'himitsu-auth-1';
export const PRIVACY_KEY = 'himitsu-privacy-1';
const START_MS_MAX = 5_000;

export interface Snmpd {
  readonly port: number;
  close(): Promise<void>;
}

/** A real agent on loopback, with a user of version 3 and some values of its own. */
export async function startSnmpd(extra: readonly string[] = []): Promise<Snmpd> {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-snmpd-'));
  const port = await freePort();
  const lines = [
    `rocommunity ${COMMUNITY} 127.0.0.1`,
    'rouser watcher priv',
    `createUser watcher SHA "${AUTH_KEY}" AES "${PRIVACY_KEY}"`,
    'sysName box.example',
    'sysLocation the shelf',
    ...extra,
  ];
  writeFileSync(join(folder, 'snmpd.conf'), `${lines.join('\n')}\n`, { mode: 0o600 });
  const args = ['-f', '-Lo', '-C', '-c', join(folder, 'snmpd.conf'), `udp:127.0.0.1:${port}`];
  const child = spawn(PROGRAM, args, { env: { SNMP_PERSISTENT_DIR: folder, MIBS: '' }, stdio: 'ignore' });
  await waitFor(port, child);
  return {
    port,
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGKILL')) await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Somebody has to be bound to the port, which the kernel tells. */
async function waitFor(port: number, child: ChildProcess): Promise<void> {
  const { readFileSync } = await import('node:fs');
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (let ms = 0; ms < START_MS_MAX; ms += 50) {
    if (child.exitCode !== null) throw new Error(`snmpd ended with ${child.exitCode}`);
    if (readFileSync('/proc/net/udp', 'utf8').includes(hex)) return;
    await sleep(50);
  }
  throw new Error('snmpd did not start');
}
