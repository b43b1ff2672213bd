import type { Command } from 'commander';
import type { EnrolmentCode, Site, SiteList } from '../../protocol/api/fleet.js';
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
      }),
    ({ id, name }) => [`${id}  ${name}`],
  )
    .requiredOption('--company <id>', 'the company it belongs to')
    .option('--id <id>', 'its id; default: a random one');
  admin<SiteList>(
    site,
    'list',
    'list sites with their boxes',
    (options) => askCollector(options.data, 'GET', '/sites'),
    ({ sites }) =>
      sites.map(({ id, name, agent }) => `${id}  ${name}  ${agent?.presence ?? 'never'}  ${agent?.lastContact ?? ''}`),
  );
  admin<EnrolmentCode>(
    site,
    'code <site>',
    'make a one-time enrolment code for a box',
    (options, id) => askCollector(options.data, 'POST', `/sites/${encodeURIComponent(id)}/enrolment-codes`),
    ({ code, expires }) => [`${code}  valid until ${expires}`],
  );
}
