import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lock } from './lock.js';

let folder: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'up.pid');
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const child of children.splice(0)) child.kill();
  rmSync(folder, { recursive: true });
});

/** Another process that lives until the test ends. */
function otherPid(): number {
  const child = spawn('sleep', ['60']);
  children.push(child);
  return child.pid!;
}

test('is taken and given back', () => {
  const lock = new Lock(path);
  lock.take();
  expect(Number.parseInt(readFileSync(path, 'utf8'), 10)).toBe(process.pid);
  lock.release();
  expect(existsSync(path)).toBe(false);
});

test('of a running process it is refused, and stays', () => {
  const pid = otherPid();
  writeFileSync(path, `${pid}\n`);
  const lock = new Lock(path);
  expect(() => lock.take()).toThrow(`process ${pid}`);
  lock.release();
  expect(existsSync(path)).toBe(true);
});

test('of a process that belongs to somebody else it is refused as well', () => {
  writeFileSync(path, `${otherPid()}\n`);
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  });
  expect(() => new Lock(path).take()).toThrow('running already');
});

test('of a process that is gone it is taken over, even if another has its number now', () => {
  for (const left of ['', 'nonsense', '4194305\n', '0\n', '-1\n', `${otherPid()} 1\n`]) {
    writeFileSync(path, left);
    const lock = new Lock(path);
    lock.take();
    lock.release();
  }
});

test('a folder that cannot be written is said', () => {
  expect(() => new Lock(join(folder, 'nowhere', 'up.pid')).take()).toThrow('could not write');
});
