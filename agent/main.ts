import { Command } from 'commander';
import { runCommand } from '../protocol/base/cli.js';
import type { AgentOptions } from './config.js';

const NAME = 'hinomi-agent';
const DATA_DEFAULT = 'var/agent';
const list = (text: string): string[] => text.split(',').filter((part) => part !== '');

// Each command loads only what it needs, so that `replay` starts fast.
const program = new Command(NAME).description('the box in the office');

program
  .command('run')
  .description('watch the network and send records to the collector')
  .option('--config <file>', 'JSON; what is missing has a default')
  .option('--data <folder>', `identity, spool and status (default: ${DATA_DEFAULT})`)
  .option('--interface <name>', 'where to listen (default: the default route)')
  .option('--replay <file>', 'a recording in place of an interface')
  .option('--loop', 'with --replay: begin again at the end')
  .option('--paced', 'with --replay: as fast as it was recorded, not as fast as possible')
  .option('--sensor-executable <file>', 'a copy of node that may open raw sockets, for the sensor alone')
  .option('--end-with-input', 'end when standard input ends, as it does when whoever started this is gone')
  .option('--check', 'check and print the configuration, then end')
  .action((options: AgentOptions & { check?: boolean; endWithInput?: boolean }) =>
    runCommand(NAME, async () => {
      const { loadAgentConfig } = await import('./config.js');
      if (options.check) return printConfig(loadAgentConfig(options));
      if (options.endWithInput) (await import('../protocol/base/end-with-input.js')).endWithInput();
      const { run } = await import('./run.js');
      await run(NAME, options);
    }),
  );

program
  .command('replay')
  .description('print the records of a recording as NDJSON')
  .argument('<file>', 'pcap or pcapng, gzip or not; - is standard input')
  .option(
    '--datasets <list>',
    'record kinds, separated by commas (default: flow,dns,tls,http,dhcp,session,asset)',
    list,
  )
  .option('--local <list>', "the office's networks, separated by commas (default: private addresses)", list)
  .option('--checksums', 'drop packets whose checksums do not hold')
  .action((file: string, options: { datasets?: string[]; local?: string[]; checksums?: boolean }) =>
    runCommand(NAME, async () => {
      const { replay } = await import('./replay.js');
      await replay({ file, ...options, dropBadChecksums: options.checksums ?? false });
    }),
  );

program
  .command('parse')
  .description('print the records of syslog messages, one a line of standard input, as NDJSON')
  .option('--zone <name>', 'the zone of times that say none', 'Asia/Tokyo')
  .option('--received <time>', 'when the messages arrived, ISO 8601 (default: now)')
  .action((options: { zone: string; received?: string }) =>
    runCommand(NAME, async () => {
      const { parse } = await import('./parse.js');
      await parse(options);
    }),
  );

program
  .command('enrol')
  .description('make this box known to its collector')
  .requiredOption('--collector <url>', "the collector's gate, https://host[:port] (default port: 8443)")
  .requiredOption('--code <code>', 'the one-time code of the site')
  .option('--data <folder>', 'where the identity is kept', DATA_DEFAULT)
  .option('--force', 'replace an identity that exists')
  .action((options: { collector: string; code: string; data: string; force?: boolean }) =>
    runCommand(NAME, async () => {
      const { enrol } = await import('./enrol/enrol.js');
      const { data: dataFolder, force = false, ...rest } = options;
      if (rest.collector.startsWith('http:'))
        process.stderr.write('enrolling without TLS: only on this machine itself\n');
      const identity = await enrol({ ...rest, dataFolder, force, nowMs: Date.now() });
      process.stdout.write(`enrolled as ${identity.agent} of site ${identity.site}\n`);
    }),
  );

program
  .command('status')
  .description('what the agent on this box is doing')
  .option('--data <folder>', "the agent's folder", DATA_DEFAULT)
  .option('--json', 'for programs')
  .action((options: { data: string; json?: boolean }) =>
    runCommand(NAME, async () => {
      const { describeStatus, readStatus } = await import('./status.js');
      const status = await readStatus(options.data, Date.now());
      process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : describeStatus(status));
    }),
  );

const secret = program.command('secret').description("passwords of the office's devices, for probes");
secret
  .command('set')
  .description('keep a secret under a name; its value is read from standard input')
  .argument('<name>', 'lower-case letters, digits and -')
  .option('--data <folder>', "the agent's folder", DATA_DEFAULT)
  .action((name: string, options: { data: string }) =>
    runCommand(NAME, async () => {
      const { setSecret } = await import('./secrets/command.js');
      await setSecret(options.data, name, process.stdin);
      process.stdin.destroy();
      process.stderr.write(`the secret ${name} is kept\n`);
    }),
  );
secret
  .command('list')
  .description('the names of what is kept')
  .option('--data <folder>', "the agent's folder", DATA_DEFAULT)
  .action((options: { data: string }) =>
    runCommand(NAME, async () => {
      const { Secrets } = await import('./secrets/secrets.js');
      for (const name of new Secrets(options.data).names()) process.stdout.write(`${name}\n`);
    }),
  );
secret
  .command('remove')
  .description('forget a secret')
  .argument('<name>')
  .option('--data <folder>', "the agent's folder", DATA_DEFAULT)
  .action((name: string, options: { data: string }) =>
    runCommand(NAME, async () => {
      const { Secrets } = await import('./secrets/secrets.js');
      const wasThere = new Secrets(options.data).remove(name);
      process.stderr.write(wasThere ? `the secret ${name} is forgotten\n` : `there is no secret ${name}\n`);
    }),
  );

program
  .command('doctor')
  .description('check everything that the agent needs')
  .option('--config <file>', 'the configuration that run gets')
  .option('--data <folder>', `the agent's folder (default: ${DATA_DEFAULT})`)
  .option('--interface <name>', 'where it listens')
  .action((options: AgentOptions) =>
    runCommand(NAME, async () => {
      const { loadAgentConfig } = await import('./config.js');
      const { examine } = await import('./doctor.js');
      const findings = await examine(loadAgentConfig(options), Date.now());
      for (const { isGood, text } of findings) process.stdout.write(`${isGood ? 'good ' : 'WRONG'} ${text}\n`);
      if (findings.some((finding) => !finding.isGood)) process.exitCode = 1;
    }),
  );

await program.parseAsync();

async function printConfig(config: object): Promise<void> {
  const { maskSecrets } = await import('../protocol/base/config.js');
  process.stdout.write(`${JSON.stringify(maskSecrets(config), undefined, 2)}\n`);
}
