import { Command, InvalidArgumentError, Option } from 'commander';
import type { Company, CompanyList, EnrolmentCode, Site, SiteList } from '../protocol/api/fleet.js';
import {
  type CreatedToken,
  type OneTimePassword,
  ROLES,
  type TokenList,
  type UserList,
} from '../protocol/api/session.js';
import { runCommand } from '../protocol/base/cli.js';
import { loadConfig, maskSecrets } from '../protocol/base/config.js';
import { createLogger } from '../protocol/base/log.js';
import { runUntilStopped } from '../protocol/base/run.js';
import { systemClock } from '../protocol/base/time.js';
import { askCollector } from './admin-client.js';

const NAME = 'hinomi-collector';
const DATA_DEFAULT = 'var/collector';

interface RunOptions {
  config?: string;
  data?: string;
  host?: string;
  httpPort?: number;
  mqttPort?: number;
  check?: boolean;
}
interface AdminOptions {
  data: string;
  json?: boolean;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('a port is 0 to 65535.');
  return value;
}

async function run(options: RunOptions): Promise<void> {
  const { CollectorConfig } = await import('./config.js');
  const config = loadConfig(CollectorConfig, {
    file: options.config,
    overrides: {
      data: options.data,
      http: { host: options.host, port: options.httpPort },
      broker: { host: options.host, port: options.mqttPort },
    },
  });
  if (options.check === true) {
    process.stdout.write(`${JSON.stringify(maskSecrets(config), null, 2)}\n`);
    return;
  }
  const log = createLogger(NAME, config.logLevel);
  const { startCollector } = await import('./compose.js');
  await runUntilStopped(() => startCollector(config, { clock: systemClock, random: Math.random, log }), log);
  // The engine keeps threads of its own.
  process.exit();
}

const program = new Command(NAME).description('the monitoring centre');

program
  .command('run')
  .description('run the collector in the foreground')
  .option('--config <file>', 'configuration as JSON')
  .option('--data <folder>', `where everything is kept (default: ${DATA_DEFAULT})`)
  .option('--host <address>', 'listen on this address (default: 127.0.0.1)')
  .option('--http-port <port>', 'console and API (default: 8080)', port)
  .option('--mqtt-port <port>', 'agents (default: 8883)', port)
  .option('--check', 'print the configuration with its defaults, and end')
  .action((options: RunOptions) => runCommand(NAME, () => run(options)));

/** A command that asks the running collector and prints its answer as JSON or as lines for people. */
function admin<T>(
  parent: Command,
  usage: string,
  description: string,
  ask: (options: AdminOptions & Record<string, string>, ...args: string[]) => Promise<T>,
  show: (answer: T) => string[],
): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--data <folder>', "the collector's data folder", DATA_DEFAULT)
    .option('--json', 'print JSON')
    .action((...all: unknown[]) =>
      runCommand(NAME, async () => {
        const command = all.at(-1) as Command;
        const options = command.opts() as AdminOptions & Record<string, string>;
        const answer = await ask(options, ...(command.processedArgs as string[]));
        const text = options.json === true ? JSON.stringify(answer) : show(answer).join('\n');
        if (text !== '') process.stdout.write(`${text}\n`);
      }),
    );
}

const company = program.command('company').description('customers');
admin<Company>(
  company,
  'add <name>',
  'add a company',
  (options, name) =>
    askCollector(options.data, 'POST', '/companies', { name, ...(options['id'] && { id: options['id'] }) }),
  ({ id, name }) => [`${id}  ${name}`],
).option('--id <id>', 'its id; default: a random one');
admin<CompanyList>(
  company,
  'list',
  'list companies',
  (options) => askCollector(options.data, 'GET', '/companies'),
  ({ companies }) => companies.map(({ id, name }) => `${id}  ${name}`),
);

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
  ({ tokens }) => tokens.map(({ id, name, role, expires }) => `${id}  ${name}  ${role}  until ${expires}`),
);
admin<object>(
  token,
  'revoke <id>',
  'end a token at once',
  (options, id) => askCollector(options.data, 'DELETE', `/tokens/${encodeURIComponent(id)}`),
  () => [],
);

await program.parseAsync();
