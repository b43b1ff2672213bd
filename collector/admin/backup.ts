import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { BackupStatus } from '../../protocol/api/backup.js';
import { CodedError } from '../../protocol/base/errors.js';
import { sleep } from '../../protocol/base/time.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

const POLL_MS = 500;
const MIB = 2 ** 20;

/** `hinomi-collector backup FOLDER`, of a running collector. */
export function backupCommands(program: Command): void {
  admin<BackupStatus>(
    program,
    'backup <folder>',
    'copy state, records and authority of the running collector into a new folder, and verify the copy',
    (options, folder) => backUp(options.data, resolve(folder)),
    ({ folder, rows, bytes, made }) => [
      `${folder}: ${rows} records as of ${made}, ${Math.ceil((bytes ?? 0) / MIB)} MiB, verified.`,
      'Keys in it are encrypted. What opens them (the key file beside the data folder, or your passphrase) is not in it: keep that elsewhere.',
    ],
  );
}

async function backUp(data: string, folder: string): Promise<BackupStatus> {
  let status = await askCollector<BackupStatus>(data, 'POST', '/backup', { folder });
  while (status.state === 'running') {
    await sleep(POLL_MS);
    status = await askCollector<BackupStatus>(data, 'GET', '/backup');
  }
  if (status.state === 'done' && status.folder === folder) return status;
  throw new CodedError('BACKUP_FAILED', status.reason ?? 'the collector was restarted meanwhile');
}
