import { readFileSync } from 'node:fs';
import { CodedError } from '../../protocol/base/errors.js';

/**
 * Becomes `user` for good when started by root; else nothing is to do. The socket stays open.
 * @param user name in /etc/passwd
 * @throws CAPTURE_PRIVILEGE when it cannot be given up
 */
export function dropRoot(user: string): void {
  if (process.getuid?.() !== 0) return;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
  if (!(uid > 0 && gid > 0)) throw new CodedError('CAPTURE_PRIVILEGE', `there is no user ${user} to become`);
  try {
    process.setgroups?.([gid]);
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch (cause) {
    throw new CodedError('CAPTURE_PRIVILEGE', `could not become ${user}`, { user }, { cause });
  }
}
