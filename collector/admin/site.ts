import type { Command } from 'commander';
import type { AgentSummary, EnrolmentCode, Site, SiteList } from '../../protocol/api/fleet.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

/** `hinomi-collector site ...` */
export function siteCommands(program: Command): void {
  const site = program.command('site').description('office networks, one box each');
  admin<Site>(
    site,
    'add <name>',
    'add a site',
    (options, name) =>
      askCollector(options.data, 'POST', '/sites', {
        name,
        company: options['company'],
        ...(options['id'] && { id: options['id'] }),
        ...place(options),
      }),
    line,
  )
    .requiredOption('--company <id>', 'the company it belongs to')
    .option('--id <id>', 'its id; default: a random one')
    .option('--prefecture <name>', 'where it is, as 岩手県')
    .option('--provider <name>', 'who connects it to the Internet');
  admin<Site>(
    site,
    'set <site>',
    'change a site; an empty prefecture or provider is taken away',
    (options, id) =>
      askCollector(options.data, 'PATCH', `/sites/${encodeURIComponent(id)}`, {
        ...(options['name'] !== undefined && { name: options['name'] }),
        ...place(options),
      }),
    line,
  )
    .option('--name <name>', 'its name')
    .option('--prefecture <name>', 'where it is')
    .option('--provider <name>', 'who connects it to the Internet');
  admin<{ agentRevoked?: string }>(
    site,
    'remove <site>',
    'remove a site; its box is let in no more, its records stay until their time is over',
    (options, id) => askCollector(options.data, 'DELETE', `/sites/${encodeURIComponent(id)}`),
    ({ agentRevoked }) => (agentRevoked === undefined ? [] : [`removed; its box ${agentRevoked} is revoked`]),
  );
  admin<SiteList>(
    site,
    'list',
    'list sites with their boxes',
    (options) => askCollector(options.data, 'GET', '/sites'),
    ({ sites }) =>
      sites.map(({ id, name, agent }) =>
        [id, name, ...(agent === undefined ? ['never'] : boxColumns(agent))].join('  ').trimEnd(),
      ),
  );
  admin<EnrolmentCode>(
    site,
    'code <site>',
    'make a one-time enrolment code for a box',
    (options, id) => askCollector(options.data, 'POST', `/sites/${encodeURIComponent(id)}/enrolment-codes`),
    ({ code, expires }) => [`${code}  valid until ${expires}`],
  );
}

function boxColumns({ presence, goodbye, lastContact, clockSkewMs }: AgentSummary): string[] {
  const state = presence === 'offline' && goodbye !== undefined ? 'stopped' : presence;
  const clock =
    clockSkewMs === undefined ? '' : `clock ${clockSkewMs < 0 ? '-' : '+'}${skewText(Math.abs(clockSkewMs))}`;
  return [state, lastContact ?? '', clock];
}

function skewText(ms: number): string {
  return ms < 3_600_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 3_600_000).toFixed(1)} h`;
}

/** Sites that share one of these may be gone together. */
function place(options: Record<string, string>): { prefecture?: string; provider?: string } {
  const { prefecture, provider } = options;
  return { ...(prefecture !== undefined && { prefecture }), ...(provider !== undefined && { provider }) };
}

function line({ id, name, prefecture, provider }: Site): string[] {
  return [[id, name, prefecture, provider].filter((part) => part !== undefined).join('  ')];
}
