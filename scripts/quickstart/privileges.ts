import { spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CodedError } from '../../protocol/base/errors.js';
import type { User } from './processes.js';

const CAPABILITY = 'cap_net_raw+ep';

/**
 * The user that the programs run as when the script was started by root: whoever called sudo, else `nobody`.
 * Undefined when that user could not read the programs or reach the data, or when we are not root.
 */
export function chooseUser(program: string, data: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = sudoUser() ?? nobody();
  if (user === undefined) return undefined;
  const places = JSON.stringify([program, nearest(dirname(data))]);
  // To pass through a folder is the same right as to run a program; a program of ours is only read.
  const script = `const [p, d] = ${places}, f = require('fs'); f.accessSync(p, 4); f.accessSync(d, 1);`;
  const probe = spawnSync(process.execPath, ['-e', script], {
    uid: user.uid,
    gid: user.gid,
    stdio: 'ignore',
  });
  return probe.status === 0 ? user : undefined;
}

/** The folder itself, or the one above that exists. */
function nearest(folder: string): string {
  return existsSync(folder) ? folder : nearest(dirname(folder));
}

function sudoUser(): User | undefined {
  const uid = Number(process.env['SUDO_UID'] ?? 0);
  const gid = Number(process.env['SUDO_GID'] ?? 0);
  return uid > 0 && gid > 0 ? { uid, gid, name: process.env['SUDO_USER'] ?? String(uid) } : undefined;
}

function nobody(): User | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [name, , uid, gid] = line?.split(':') ?? [];
  return name === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) };
}

/** Makes a folder that belongs to the user. */
export function makeFolder(path: string, user: User | undefined): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o750 });
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `could not make ${path}`, { path }, { cause: error });
  }
}

/**
 * A copy of node that may open raw sockets, for the sensor alone: the agent and everything else stay without the
 * privilege. Made by root once; later runs find it.
 * @throws CAPTURE_PRIVILEGE naming the one command to run when it is missing and we are not root.
 */
export function prepareSensor(path: string): string {
  if (isPrepared(path)) return path;
  if (process.getuid?.() !== 0) {
    mkdirSync(dirname(path), { recursive: true });
    copyNode(path);
    if (isPrepared(path)) return path;
    throw new CodedError(
      'CAPTURE_PRIVILEGE',
      `the sensor needs a privilege once. Run: sudo setcap ${CAPABILITY} ${path}`,
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  copyNode(path);
  const setcap = spawnSync('setcap', [CAPABILITY, path], { encoding: 'utf8' });
  if (setcap.status !== 0) {
    throw new CodedError(
      'CAPTURE_PRIVILEGE',
      `setcap failed: ${(setcap.stderr ?? setcap.error?.message ?? '').trim()}`,
    );
  }
  return path;
}

function isPrepared(path: string): boolean {
  if (!existsSync(path) || statSync(path).size !== statSync(process.execPath).size) return false;
  const getcap = spawnSync('getcap', [path], { encoding: 'utf8' });
  return getcap.status === 0 && getcap.stdout.includes('cap_net_raw');
}

function copyNode(path: string): void {
  const fresh = join(dirname(path), `.new-${process.pid}`);
  copyFileSync(process.execPath, fresh);
  renameSync(fresh, path);
}
