import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type {
  CommandList,
  CommandView,
  SiteConfig,
  SiteConfigHistory,
  SiteConfigVersion,
} from '../../protocol/api/remote.js';
import { CodedError } from '../../protocol/base/errors.js';
import { sleep } from '../../protocol/base/time.js';
import { askCollector, downloadFromCollector } from './client.js';
import { type AdminOptions, admin } from './command.js';
import { mergePairs, parsePairs } from './command-options.js';

type Options = AdminOptions & Record<string, string>;
const POLL_MS = 300;
const ENDED = new Set(['done', 'failed', 'refused', 'expired', 'no-answer']);
const siteAt = (site: string): string => `/sites/${encodeURIComponent(site)}`;

/** `hinomi-collector command SITE [NAME [KEY=VALUE ...]]` */
export function commandCommands(program: Command): void {
  admin<CommandView | CommandList>(
    program,
    'command <site> [name] [arguments...]',
    "have a site's box do something: restart, diagnostics, capture, rescan, log-level; without a name: what was asked",
    (options, site, name, ...rest) =>
      name === undefined
        ? askCollector<CommandList>(options.data, 'GET', `${siteAt(site ?? '')}/commands`)
        : send(options, site ?? '', name, rest.flat()),
    (answer) => ('commands' in answer ? answer.commands.map(commandLine) : [commandLine(answer)]),
  )
    .option('--expires <seconds>', 'until then a box that is not connected may still get it')
    .option('--reason <text>', 'why, for those who read the list and the audit log')
    .option('--wait', 'until the box has said its last word')
    .option('--output <file>', 'with what the box brings: capture, diagnostics; waits for it')
    .addHelpText(
      'after',
      '\nExamples:\n  command head-office capture filter="port 53" seconds=20 --output dns.pcap\n  command head-office log-level level=debug minutes=15\n',
    );
}

async function send(options: Options, site: string, name: string, pairs: string[]): Promise<CommandView> {
  const body = {
    name,
    args: parsePairs(pairs),
    ...(options['expires'] !== undefined && { expiresInS: Number(options['expires']) }),
    ...(options['reason'] !== undefined && { reason: options['reason'] }),
  };
  let command = await askCollector<CommandView>(options.data, 'POST', `${siteAt(site)}/commands`, body);
  const { output } = options;
  if (options['wait'] === undefined && output === undefined) return command;
  const path = `${siteAt(site)}/commands/${command.id}`;
  while (!ENDED.has(command.state)) {
    await sleep(POLL_MS);
    command = await askCollector<CommandView>(options.data, 'GET', path);
  }
  if (command.state !== 'done') throw new CodedError('REMOTE_FAILED', commandLine(command));
  if (output !== undefined) await writeFile(output, await downloadFromCollector(options.data, `${path}/result`));
  return command;
}

function commandLine({ id, name, state, issued, code, message, result, file }: CommandView): string {
  const why = code === undefined ? '' : `${code}: ${message ?? ''}`;
  const what = result === undefined ? '' : JSON.stringify(result);
  return [id, issued, name, state, why, what, file?.name ?? ''].filter((part) => part !== '').join('  ');
}

/** `hinomi-collector config ...` */
export function configCommands(program: Command): void {
  const config = program.command('config').description('what boxes run with, from afar');
  const show = (options: Options, site = ''): Promise<SiteConfig> =>
    askCollector<SiteConfig>(options.data, 'GET', `${siteAt(site)}/config`);
  admin<SiteConfig>(config, 'show <site>', 'what is to differ from the own file of the box', show, ({ desired }) => [
    desired === undefined ? 'nothing was set' : versionLine(desired),
  ]);
  admin<SiteConfig>(config, 'status <site>', 'what became of it', show, statusLines);
  admin<SiteConfigHistory>(
    config,
    'history <site>',
    'all versions, newest first',
    (options, site = '') => askCollector(options.data, 'GET', `${siteAt(site)}/config/history`),
    ({ versions }) => versions.map(versionLine),
  );
  admin<SiteConfig>(
    config,
    'set <site> [settings...]',
    'change settings: KEY=VALUE over those that are set, as sensor.pipeline.flowsMax=32768',
    async (options, site = '', ...pairs) => {
      const settings = await settingsOf(options, site, pairs.flat());
      return askCollector<SiteConfig>(options.data, 'PUT', `${siteAt(site)}/config`, { settings });
    },
    ({ desired }) => (desired === undefined ? [] : [versionLine(desired)]),
  )
    .option('--file <file>', 'JSON that takes the place of all that was set')
    .option('--none', 'nothing from afar any more: the own file of the box')
    .option('--version-of <number>', 'the settings of an earlier version');
}

async function settingsOf(options: Options, site: string, pairs: string[]): Promise<Record<string, unknown>> {
  const over = parsePairs(pairs);
  if (options['none'] !== undefined) return over;
  if (options['file'] !== undefined) return mergePairs(readSettings(options['file']), over);
  const path = `${siteAt(site)}/config/history`;
  const { versions } = await askCollector<SiteConfigHistory>(options.data, 'GET', path);
  const wanted = options['versionOf'];
  const base = wanted === undefined ? versions[0] : versions.find(({ version }) => String(version) === wanted);
  if (base === undefined && wanted !== undefined) throw new CodedError('USAGE', `there is no version ${wanted}`);
  return mergePairs(base?.settings ?? {}, over);
}

function readSettings(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new CodedError('CONFIG_UNREADABLE', `could not read ${file}`, { file }, { cause: error });
  }
}

const versionLine = ({ version, at, by, settings }: SiteConfigVersion): string =>
  `${version}  ${at}  ${by}  ${JSON.stringify(settings)}`;

function statusLines({ desired, box }: SiteConfig): string[] {
  if (box === undefined) return [`wanted: version ${desired?.version ?? 0}; the box has not said anything yet`];
  const { state, running, failed } = box;
  return [
    `wanted: version ${desired?.version ?? 0}; the box runs with version ${running} (${state}, ${box.at})`,
    ...(failed === undefined
      ? []
      : [`version ${failed.version}: ${failed.code} ${failed.message}. ${failed.remedy ?? ''}`]),
  ];
}
