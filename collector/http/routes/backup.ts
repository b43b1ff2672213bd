import { BackupRequest, BackupStatus } from '../../../protocol/api/backup.js';
import { CodedError } from '../../../protocol/base/errors.js';
import { type Access, ADMIN, accessOf } from '../identity.js';
import type { Routes } from '../types.js';

export interface BackupPort {
  readonly status: BackupStatus;
  begin(folder: string): Promise<BackupStatus>;
}

/** Backups, for whoever is on the collector's own machine: a folder there is named. */
export const backupRoutes: Routes<{ backup: BackupPort }> = (app, { backup, audit }) => {
  app.post(
    '/backup',
    {
      schema: { tags: ['backup'], body: BackupRequest, response: { 202: BackupStatus } },
      config: { roles: ADMIN },
    },
    async (request, reply) => {
      const access = localOnly(accessOf(request));
      const { folder } = request.body;
      const status = await backup.begin(folder);
      await audit.change(access, 'backup', { detail: folder });
      return reply.code(202).send(status);
    },
  );
  app.get(
    '/backup',
    { schema: { tags: ['backup'], response: { 200: BackupStatus } }, config: { roles: ADMIN, isUnaudited: true } },
    () => backup.status,
  );
};

/** @throws AUTH_FORBIDDEN */
function localOnly(access: Access): Access {
  if (access.address === undefined) return access;
  throw new CodedError('AUTH_FORBIDDEN', 'backups are made on the machine of the collector: hinomi-collector backup');
}
