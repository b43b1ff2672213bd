import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runCommand } from '../protocol/base/cli.js';
import { loadConfig, maskSecrets } from '../protocol/base/config.js';
import { endWithInput } from '../protocol/base/end-with-input.js';
import { createLogger } from '../protocol/base/log.js';
import { runUntilStopped } from '../protocol/base/run.js';
import { systemClock } from '../protocol/base/time.js';
import { agentCommands } from './admin/agent.js';
import { auditCommands } from './admin/audit.js';
import { backupCommands } from './admin/backup.js';
import { DATA_DEFAULT, NAME } from './admin/command.js';
import { companyCommands } from './admin/company.js';
import { connectorCommands, isolateCommands } from './admin/connector.js';
import { deadLetterCommands } from './admin/dead-letter.js';
import { commandCommands, configCommands } from './admin/remote.js';
import { siteCommands } from './admin/site.js';
import { tokenCommands } from './admin/token.js';
import { userCommands } from './admin/user.js';

interface RunOptions {
  config?: string;
  data?: string;
  host?: string;
  httpHost?: string;
  httpPort?: number;
  mqttPort?: number;
  gatePort?: number;
  check?: boolean;
  endWithInput?: boolean;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('a port is 0 to 65535.');
  return value;
}

/** A passphrase from the environment, or a credential of systemd (systemd.exec(5), LoadCredential=). */
function secretFrom(environment: NodeJS.ProcessEnv): { passphrase?: string; passphraseFile?: string } {
  const { HINOMI_PASSPHRASE: passphrase, CREDENTIALS_DIRECTORY: folder } = environment;
  if (passphrase !== undefined) return { passphrase };
  const passphraseFile = folder === undefined ? undefined : join(folder, 'hinomi-passphrase');
  return passphraseFile !== undefined && existsSync(passphraseFile) ? { passphraseFile } : {};
}

async function run(options: RunOptions): Promise<void> {
  const { CollectorConfig } = await import('./config.js');
  const config = loadConfig(CollectorConfig, {
    file: options.config,
    overrides: {
      data: options.data,
      http: { host: options.httpHost ?? options.host, port: options.httpPort },
      broker: { host: options.host, port: options.mqttPort },
      gate: { host: options.host, port: options.gatePort },
      fleet: secretFrom(process.env),
    },
  });
  if (options.check === true) {
    process.stdout.write(`${JSON.stringify(maskSecrets(config), null, 2)}\n`);
    return;
  }
  if (options.endWithInput === true) endWithInput();
  const log = createLogger(NAME, config.logLevel);
  const { startCollector } = await import('./compose.js');
  await runUntilStopped(() => startCollector(config, { clock: systemClock, random: Math.random, log }), log);
  // The engine keeps threads of its own.
  process.exit();
}

async function restoreFrom(backup: string, options: { data: string; config?: string }): Promise<void> {
  const { CollectorConfig } = await import('./config.js');
  const config = loadConfig(CollectorConfig, { file: options.config, overrides: { data: options.data } });
  const { restoreCollector } = await import('./compose-restore.js');
  const world = { clock: systemClock, random: Math.random, log: createLogger(NAME, 'warn') };
  const data = resolve(config.data);
  const { rows, made } = await restoreCollector(backup, data, config, world);
  process.stdout.write(`${data}: ${rows} records as of ${made}.\n`);
  process.stdout.write(`Before the collector is started: put its key file at ${data}.key, or name its passphrase.\n`);
  process.exit();
}

const program = new Command(NAME).description('the monitoring centre');

program
  .command('run')
  .description('run the collector in the foreground')
  .option('--config <file>', 'configuration as JSON')
  .option('--data <folder>', `where everything is kept (default: ${DATA_DEFAULT})`)
  .option('--host <address>', 'listen on this address (default: 127.0.0.1)')
  .option('--http-host <address>', 'listen on this address for the console and API alone')
  .option('--http-port <port>', 'console and API (default: 8080)', port)
  .option('--mqtt-port <port>', 'agents (default: 8883)', port)
  .option('--gate-port <port>', 'where boxes enrol and renew (default: 8443)', port)
  .option('--end-with-input', 'end when standard input ends, as it does when whoever started this is gone')
  .option('--check', 'print the configuration with its defaults, and end')
  .action((options: RunOptions) => runCommand(NAME, () => run(options)));

program
  .command('restore <backup>')
  .description('make a data folder from a backup; what is there already is refused')
  .option('--data <folder>', 'the new data folder', DATA_DEFAULT)
  .option('--config <file>', 'configuration as JSON')
  .action((backup: string, options: { data: string; config?: string }) =>
    runCommand(NAME, () => restoreFrom(resolve(backup), options)),
  );

backupCommands(program);
companyCommands(program);
siteCommands(program);
deadLetterCommands(program);
agentCommands(program);
userCommands(program);
tokenCommands(program);
auditCommands(program);
commandCommands(program);
configCommands(program);
connectorCommands(program);
isolateCommands(program);

await program.parseAsync();
