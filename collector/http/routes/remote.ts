import type { FileHandle } from 'node:fs/promises';
import { Type } from 'typebox';
import { Id } from '../../../protocol/api/common.js';
import {
  CommandList,
  CommandView,
  NewCommand,
  NewSiteConfig,
  SettingList,
  SiteConfig,
  SiteConfigHistory,
  type SiteConfigVersion,
} from '../../../protocol/api/remote.js';
import type { Role } from '../../../protocol/api/session.js';
import { CodedError } from '../../../protocol/base/errors.js';
import { fieldsOfSettings } from '../../../protocol/remote-settings.js';
import { ADMIN, accessOf, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';

export interface RemotePort {
  /** @returns the site's company @throws FLEET_NOT_FOUND */
  mustSee(companies: readonly string[] | undefined, site: string): Promise<string>;
  readonly commands: {
    add(site: string, request: NewCommand, by: string): Promise<CommandView>;
    list(site: string): Promise<CommandView[]>;
    get(site: string, id: string): Promise<CommandView>;
  };
  readonly configs: {
    of(site: string): Promise<SiteConfig>;
    history(site: string): Promise<SiteConfigVersion[]>;
    set(site: string, settings: Record<string, unknown>, by: string): Promise<SiteConfig>;
  };
  readonly results: { read(place: { site: string; id: string }): Promise<FileHandle> };
}

const SiteParam = Type.Object({ id: Id });
const CommandParam = Type.Object({ id: Id, command: Id });
/** Who may have a box do something. */
const HANDS: readonly Role[] = ['admin', 'support'];
const tags = ['remote'];
const FIELDS = fieldsOfSettings();

/** What is asked of a site's box from afar. A company's people see what was asked of theirs. */
export const remoteRoutes: Routes<{ remote: RemotePort }> = (app, { remote, audit }) => {
  app.get(
    '/sites/:id/commands',
    { schema: { tags, params: SiteParam, response: { 200: CommandList } }, config: { roles: EVERYBODY } },
    async (request) => {
      await remote.mustSee(accessOf(request).companies, request.params.id);
      return { commands: await remote.commands.list(request.params.id) };
    },
  );

  app.post(
    '/sites/:id/commands',
    {
      schema: { tags, params: SiteParam, body: NewCommand, response: { 200: CommandView } },
      config: { roles: HANDS },
    },
    async (request) => {
      const access = accessOf(request);
      const { id } = request.params;
      const company = await remote.mustSee(access.companies, id);
      const command = await remote.commands.add(id, request.body, access.who);
      const why = command.reason === undefined ? '' : ` (${command.reason})`;
      const detail = `${id} ${command.name} ${command.id} ${JSON.stringify(command.args)}${why}`;
      await audit.change(access, 'command', { company, detail });
      return command;
    },
  );

  app.get(
    '/sites/:id/commands/:command',
    { schema: { tags, params: CommandParam, response: { 200: CommandView } }, config: { roles: EVERYBODY } },
    async (request) => {
      await remote.mustSee(accessOf(request).companies, request.params.id);
      return remote.commands.get(request.params.id, request.params.command);
    },
  );

  app.get(
    '/sites/:id/commands/:command/result',
    { schema: { tags, params: CommandParam }, config: { roles: EVERYBODY } },
    async (request, reply) => {
      const access = accessOf(request);
      const { id, command } = request.params;
      const company = await remote.mustSee(access.companies, id);
      const { file, name } = await remote.commands.get(id, command);
      if (file === undefined) throw new CodedError('REMOTE_NO_RESULT', 'this command has no file');
      await audit.change(access, 'result taken', { company, detail: `${id} ${name} ${command}` });
      const handle = await remote.results.read({ site: id, id: command });
      reply.header('content-disposition', `attachment; filename="${file.name}"`).header('content-length', file.bytes);
      reply.type('application/octet-stream');
      return reply.send(handle.createReadStream());
    },
  );

  app.get(
    '/settings',
    { schema: { tags, response: { 200: SettingList } }, config: { roles: EVERYBODY, isUnaudited: true } },
    async () => ({ settings: FIELDS }),
  );

  app.get(
    '/sites/:id/config',
    { schema: { tags, params: SiteParam, response: { 200: SiteConfig } }, config: { roles: EVERYBODY } },
    async (request) => {
      await remote.mustSee(accessOf(request).companies, request.params.id);
      return remote.configs.of(request.params.id);
    },
  );

  app.get(
    '/sites/:id/config/history',
    { schema: { tags, params: SiteParam, response: { 200: SiteConfigHistory } }, config: { roles: EVERYBODY } },
    async (request) => {
      await remote.mustSee(accessOf(request).companies, request.params.id);
      return { versions: await remote.configs.history(request.params.id) };
    },
  );

  app.put(
    '/sites/:id/config',
    {
      schema: { tags, params: SiteParam, body: NewSiteConfig, response: { 200: SiteConfig } },
      config: { roles: ADMIN },
    },
    async (request) => {
      const access = accessOf(request);
      const { id } = request.params;
      const company = await remote.mustSee(access.companies, id);
      const config = await remote.configs.set(id, request.body.settings, access.who);
      const detail = `${id} version ${config.desired?.version} ${JSON.stringify(request.body.settings)}`;
      await audit.change(access, 'configuration set', { company, detail });
      return config;
    },
  );
};
