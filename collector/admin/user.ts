import { type Command, Option } from 'commander';
import {
  type OneTimePassword,
  ROLES,
  type Role,
  type UserChange,
  type UserList,
  type UserView,
} from '../../protocol/api/session.js';
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
    ({ users }) => users.map(line),
  );
  const change = (usage: string, description: string, of: (options: Record<string, string>) => UserChange): Command =>
    admin<UserView>(
      user,
      usage,
      description,
      (options, name) => askCollector(options.data, 'PATCH', `/users/${encodeURIComponent(name)}`, of(options)),
      (view) => [line(view)],
    );
  change('set <name>', 'give a person another role or company; the sessions end', ({ role, company }) => ({
    ...(role !== undefined && { role: role as Role }),
    ...(company !== undefined && { company }),
  }))
    .addOption(new Option('--role <role>', 'what the person may do').choices([...ROLES]))
    .option('--company <id>', 'for the role company: whose data');
  change('disable <name>', 'let a person in no more, nor the tokens made by that one', () => ({ isDisabled: true }));
  change('enable <name>', 'let a disabled person in again', () => ({ isDisabled: false }));
  admin<{ tokensRevoked: number }>(
    user,
    'delete <name>',
    'remove a person, with sessions and tokens',
    (options, name) => askCollector(options.data, 'DELETE', `/users/${encodeURIComponent(name)}`),
    ({ tokensRevoked }) => [`removed; ${tokensRevoked} tokens of that person hold no more`],
  );
  admin<object>(
    user,
    'reset-totp <name>',
    'take away the second step of a person who lost authenticator and recovery codes',
    (options, name) => askCollector(options.data, 'POST', `/users/${encodeURIComponent(name)}/reset-totp`),
    () => [],
  );
  admin<OneTimePassword>(
    user,
    'reset <name>',
    'give a person a new one-time password',
    (options, name) => askCollector(options.data, 'POST', `/users/${encodeURIComponent(name)}/reset`),
    ({ name, password }) => [`${name}  one-time password: ${password}`],
  );
}

function line({ name, role, company, isDisabled, hasTotp, lastSignIn }: UserView): string {
  const facts = [role, company, hasTotp && 'second step', isDisabled && 'disabled', lastSignIn && `last ${lastSignIn}`];
  return [name, ...facts.filter((fact) => typeof fact === 'string')].join('  ');
}
