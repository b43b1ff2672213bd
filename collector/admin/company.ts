import type { Command } from 'commander';
import type { Company, CompanyList } from '../../protocol/api/fleet.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

/** `hinomi-collector company ...` */
export function companyCommands(program: Command): void {
  const company = program.command('company').description('customers');
  admin<Company>(
    company,
    'add <name>',
    'add a company',
    (options, name) =>
      askCollector(options.data, 'POST', '/companies', { name, ...(options['id'] && { id: options['id'] }) }),
    ({ id, name }) => [`${id}  ${name}`],
  ).option('--id <id>', 'its id; default: a random one');
  admin<Company>(
    company,
    'set <id> <name>',
    'give a company another name',
    (options, id, name) => askCollector(options.data, 'PATCH', `/companies/${encodeURIComponent(id)}`, { name }),
    ({ id, name }) => [`${id}  ${name}`],
  );
  admin<object>(
    company,
    'remove <id>',
    'remove a company that has no sites, people and tokens; its records stay until their time is over',
    (options, id) => askCollector(options.data, 'DELETE', `/companies/${encodeURIComponent(id)}`),
    () => [],
  );
  admin<CompanyList>(
    company,
    'list',
    'list companies',
    (options) => askCollector(options.data, 'GET', '/companies'),
    ({ companies }) => companies.map(({ id, name }) => `${id}  ${name}`),
  );
}
