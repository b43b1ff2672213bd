import { type Command, Option } from 'commander';
import { type CreatedToken, ROLES, type TokenList } from '../../protocol/api/session.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

/** `hinomi-collector token ...` */
export function tokenCommands(program: Command): void {
  const token = program.command('token').description('API tokens of programs');
  admin<CreatedToken>(
    token,
    'add <name>',
    'make a token; it is shown once',
    (options, name) =>
      askCollector(options.data, 'POST', '/tokens', {
        name,
        role: options['role'],
        expiresInDays: Number(options['days']),
        ...(options['company'] && { company: options['company'] }),
      }),
    ({ id, token: text, expires }) => [`${id}  ${text}  valid until ${expires}`],
  )
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).makeOptionMandatory())
    .option('--company <id>', 'for the role company: whose data')
    .option('--days <days>', 'how long it holds', '90');
  admin<TokenList>(
    token,
    'list',
    'list tokens',
    (options) => askCollector(options.data, 'GET', '/tokens'),
    ({ tokens }) =>
      tokens.map(
        ({ id, name, role, company, owner, expires, lastUsed }) =>
          `${id}  ${name}  ${role}${company === undefined ? '' : `  ${company}`}  by ${owner}  until ${expires}  last used ${lastUsed ?? 'never'}`,
      ),
  );
  admin<object>(
    token,
    'revoke <id>',
    'end a token at once',
    (options, id) => askCollector(options.data, 'DELETE', `/tokens/${encodeURIComponent(id)}`),
    () => [],
  );
}
