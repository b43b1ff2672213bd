import { type Command, Option } from 'commander';
import { type OneTimePassword, ROLES, type UserList } from '../../protocol/api/session.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

/** `hinomi-collector user ...` */
export function userCommands(program: Command): void {
  const user = program.command('user').description('people');
  admin<OneTimePassword>(
    user,
    'add <name>',
    'add a person with a one-time password',
    (options, name) =>
      askCollector(options.data, 'POST', '/users', {
        name,
        role: options['role'],
        ...(options['company'] && { company: options['company'] }),
      }),
    ({ name, password }) => [`${name}  one-time password: ${password}`],
  )
    .addOption(new Option('--role <role>', 'what the person may do').choices([...ROLES]).makeOptionMandatory())
    .option('--company <id>', 'for the role company: whose data');
  admin<UserList>(
    user,
    'list',
    'list people',
    (options) => askCollector(options.data, 'GET', '/users'),
    ({ users }) => users.map(({ name, role, company: whose }) => `${name}  ${role}  ${whose ?? ''}`),
  );
  admin<OneTimePassword>(
    user,
    'reset <name>',
    'give a person a new one-time password',
    (options, name) => askCollector(options.data, 'POST', `/users/${encodeURIComponent(name)}/reset`),
    ({ name, password }) => [`${name}  one-time password: ${password}`],
  );
}
