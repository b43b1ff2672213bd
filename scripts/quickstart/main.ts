/**
 * scripts/up: a collector and one agent on this machine, from nothing to the first answer. What exists is kept: a
 * second run changes nothing and starts in seconds.
 */
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { runCommand } from '../../protocol/base/cli.js';
import { CodedError } from '../../protocol/base/errors.js';
import { programPath } from '../../protocol/base/place.js';
import { sleep } from '../../protocol/base/time.js';
import { Lock } from './lock.js';
import { DEMO, isKnownAsDemo, OWN } from './office.js';
import { chooseUser, makeFolder } from './privileges.js';
import { type Program, ProgramFailed, runToEnd, startProgram, stopProgram, type User } from './processes.js';
import { ProgramLog } from './program-log.js';
import { sourceArgs } from './source.js';
import { type Texts, textsFor } from './texts.js';

const COLLECTOR = programPath('collector/main');
const AGENT = programPath('agent/main');
const MAKE_TRAFFIC = programPath('scripts/make-traffic');
const READY_WAIT_MS = 60_000;
const POLL_MS = 100;
const DEMO_MINUTES = 15;

interface Options {
  readonly data: string;
  readonly interface?: string;
  readonly replay?: string;
  readonly demo?: boolean;
  readonly httpPort: string;
  readonly mqttPort: string;
  readonly gatePort: string;
}

interface Listening {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly gateUrl: string;
}

interface Story {
  readonly options: Options;
  readonly data: string;
  readonly texts: Texts;
  readonly user: User | undefined;
  readonly programs: Program[];
  /** Command lines that run now. */
  readonly steps: Set<Promise<unknown>>;
  readonly abort: AbortController;
  isStopping: boolean;
}

function say(text: string): void {
  process.stderr.write(`· ${text}\n`);
}

async function up(options: Options): Promise<void> {
  const texts = textsFor(process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG']);
  const data = resolve(options.data);
  const user = chooseUser(COLLECTOR, data);
  makeFolder(data, user);
  const lock = new Lock(join(data, 'up.pid'));
  lock.take();
  const abort = new AbortController();
  const story: Story = { options, data, texts, user, programs: [], steps: new Set(), abort, isStopping: false };
  const stop = onInterrupt(story);
  try {
    if (process.getuid?.() === 0) say(user === undefined ? texts.runningAsRoot : texts.runningAs(user.name));
    await tell(story, stop);
  } finally {
    await stopAll(story);
    lock.release();
  }
}

/** Resolves at the first Ctrl-C or SIGTERM, or when the terminal is closed. */
function onInterrupt(story: Story): Promise<'stop'> {
  return new Promise((done) => {
    const interrupt = (): void => {
      if (story.isStopping) return;
      story.isStopping = true;
      done('stop');
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
    // A terminal that is gone cannot be told anything; what runs has to be ended all the same.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  });
}

async function tell(story: Story, stop: Promise<'stop'>): Promise<void> {
  if (isKnownAsDemo(join(story.data, 'agent'), story.options.demo === true)) say(story.texts.knownAsDemo);
  const sensor = await unlessStopped(
    sourceArgs(story.options, story.data, () => demoRecording(story)),
    stop,
  );
  if (sensor === undefined) return;
  const listening = await unlessStopped(startCollector(story), stop);
  if (listening === undefined) return;
  const password = await unlessStopped(firstAdministrator(story), stop);
  if (story.isStopping) return;
  await unlessStopped(enrolBox(story, listening), stop);
  if (story.isStopping) return;
  await unlessStopped(startAgent(story, sensor), stop);
  if (story.isStopping) return;
  summary(story, listening, password);
  await Promise.race([stop, ...story.programs.map((program) => failWhenEnded(program, story))]);
}

async function unlessStopped<T>(work: Promise<T>, stop: Promise<'stop'>): Promise<T | undefined> {
  work.catch(() => {});
  const result = await Promise.race([work, stop]);
  return result === 'stop' ? undefined : (result as T);
}

/** The agent ends with 75 when it is to be started again: a restart that was asked for from afar. */
const RESTART = 'exit 75';

async function failWhenEnded(program: Program, story: Story): Promise<never> {
  const { ended, log, again } = program;
  const status = await ended;
  if (story.isStopping) return new Promise<never>(() => {});
  if (status === RESTART && again !== undefined) {
    story.programs.splice(story.programs.indexOf(program), 1);
    return failWhenEnded(again(), story);
  }
  throw new ProgramFailed(log.lastWords || story.texts.ended(log.path, status));
}

/** @param again starts it anew when it asks for that */
function start(story: Story, name: string, args: readonly string[], again?: () => Program): Program {
  const log = new ProgramLog(name, join(story.data, `${name}.log`), say);
  const program = { ...startProgram(args, story.user, log), ...(again && { again }) };
  story.programs.push(program);
  return program;
}

async function startCollector(story: Story): Promise<Listening> {
  const { texts, options } = story;
  const data = join(story.data, 'collector');
  makeFolder(data, story.user);
  say(texts.startingCollector);
  const listeningFile = join(data, 'listening.json');
  rmSync(listeningFile, { force: true });
  const ports = ['--http-port', options.httpPort, '--mqtt-port', options.mqttPort, '--gate-port', options.gatePort];
  const args = ['run', '--data', data, ...ports];
  const begin = performance.now();
  const program = start(story, 'hinomi-collector', [COLLECTOR, ...args]);
  await Promise.race([waitFor(() => existsSync(listeningFile)), failWhenEnded(program, story)]);
  say(texts.collectorReady(performance.now() - begin));
  return JSON.parse(readFileSync(listeningFile, 'utf8')) as Listening;
}

/** @throws ProgramFailed */
async function step(story: Story, args: readonly string[]): Promise<string> {
  const work = runToEnd(args, story.user, story.abort.signal);
  story.steps.add(work);
  return work.finally(() => story.steps.delete(work));
}

async function collectorCommand(story: Story, ...args: string[]): Promise<unknown> {
  return JSON.parse(await step(story, [COLLECTOR, ...args, '--data', join(story.data, 'collector'), '--json']));
}

/** The one-time password of the first administrator, or undefined when there is one already. */
async function firstAdministrator(story: Story): Promise<string | undefined> {
  await needToken(story);
  const { users } = (await collectorCommand(story, 'user', 'list')) as { users: unknown[] };
  if (users.length > 0) return undefined;
  const made = (await collectorCommand(story, 'user', 'add', 'admin', '--role', 'admin')) as { password: string };
  say(story.texts.madeAdmin);
  return made.password;
}

/** For scripts/hinomi. Whatever interrupted an earlier run, there is one afterwards. */
async function needToken(story: Story): Promise<void> {
  const file = join(story.data, 'token');
  if (existsSync(file)) return;
  const { token } = (await collectorCommand(story, 'token', 'add', 'scripts/hinomi', '--role', 'soc')) as {
    token: string;
  };
  writeFileSync(`${file}.new`, `${token}\n`, { mode: 0o600 });
  if (story.user !== undefined) chownSync(`${file}.new`, story.user.uid, story.user.gid);
  renameSync(`${file}.new`, file);
}

async function enrolBox(story: Story, listening: Listening): Promise<void> {
  const data = join(story.data, 'agent');
  makeFolder(data, story.user);
  if (existsSync(join(data, 'identity', 'identity.json'))) return;
  const names = story.options.demo === true ? DEMO : OWN;
  const { companies } = (await collectorCommand(story, 'company', 'list')) as { companies: { id: string }[] };
  if (!companies.some((company) => company.id === names.company)) {
    await collectorCommand(story, 'company', 'add', names.companyName, '--id', names.company);
  }
  const { sites } = (await collectorCommand(story, 'site', 'list')) as { sites: { id: string }[] };
  if (!sites.some((site) => site.id === names.site)) {
    await collectorCommand(story, 'site', 'add', names.siteName, '--company', names.company, '--id', names.site);
    say(story.texts.madeSite(names.companyName, names.siteName));
  }
  const { code } = (await collectorCommand(story, 'site', 'code', names.site)) as { code: string };
  await step(story, [AGENT, 'enrol', '--collector', listening.gateUrl, '--code', code, '--data', data]);
  say(story.texts.enrolled);
}

async function demoRecording(story: Story): Promise<string> {
  const file = join(story.data, 'demo-office.pcap');
  if (existsSync(file)) return file;
  say(story.texts.generatingDemo);
  const fresh = join(story.data, 'demo-office.new.pcap');
  await step(story, [MAKE_TRAFFIC, 'office', '--out', fresh, '--minutes', String(DEMO_MINUTES)]);
  renameSync(fresh, file); // Half a recording would be taken for a whole one by the next run.
  return file;
}

async function startAgent(story: Story, sensor: readonly string[]): Promise<void> {
  const { texts } = story;
  const data = join(story.data, 'agent');
  say(texts.startingAgent(sensor.filter((arg) => !arg.startsWith('--')).at(0) ?? 'default route'));
  const run = (): Program => start(story, 'hinomi-agent', [AGENT, 'run', '--data', data, ...sensor], run);
  const program = run();
  const statusFile = join(data, 'status.json');
  rmSync(statusFile, { force: true });
  const isReady = (): boolean => {
    const status = readStatus(statusFile);
    const failure = status?.sensor?.failure;
    if (failure !== undefined) throw new ProgramFailed(`${failure.message} (${failure.code})`);
    return status?.publisher?.state === 'connected' && status.sensor?.last !== undefined;
  };
  await Promise.race([waitFor(isReady), failWhenEnded(program, story)]);
  say(texts.agentConnected);
}

interface AgentStatus {
  readonly publisher?: { readonly state?: string };
  readonly sensor?: { readonly failure?: { readonly code: string; readonly message: string }; readonly last?: object };
}

function readStatus(file: string): AgentStatus | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as AgentStatus;
  } catch {
    return undefined;
  }
}

async function waitFor(isThere: () => boolean): Promise<void> {
  const end = performance.now() + READY_WAIT_MS;
  while (!isThere()) {
    if (performance.now() > end) throw new CodedError('SETUP_STEP_FAILED', `not ready after ${READY_WAIT_MS / 1000} s`);
    await sleep(POLL_MS);
  }
}

function summary(story: Story, listening: Listening, password: string | undefined): void {
  const { texts } = story;
  const collectorData = join(story.options.data, 'collector');
  const lines = [
    '',
    `  ${texts.console}: ${listening.httpUrl}`,
    `  ${password === undefined ? `${texts.passwordUnchanged} ${collectorData}` : texts.oneTimePassword(password)}`,
    `  ${texts.example}: ./scripts/hinomi query 'event.dataset:dns' --from now-15m --limit 20`,
    `  ${texts.logs}: ${join(story.options.data, '*.log')}`,
    `  ${texts.stopHint}`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A program's own words need none of ours. */
function onFailure(error: unknown): void {
  if (!(error instanceof ProgramFailed)) throw error;
  process.stderr.write(`scripts/up: ${error.message}\n`);
  process.exitCode = 1;
}

async function stopAll(story: Story): Promise<void> {
  story.isStopping = true;
  story.abort.abort();
  await Promise.allSettled(story.steps);
  if (story.programs.length === 0) return;
  say(story.texts.stopping);
  for (const program of story.programs.reverse()) await stopProgram(program);
  say(`${story.texts.stopped} ${story.data}`);
}

const program = new Command('scripts/up')
  .description(`${textsFor(process.env['LANG']).usage}`)
  .option('--interface <name>', 'watch this interface; default: the one of the default route')
  .option('--replay <file>', 'replay a recording in a loop instead of watching an interface')
  .option('--demo', 'replay a generated office: no privileges and no network needed')
  .option('--data <folder>', 'where everything is kept', 'var')
  .option('--http-port <port>', "the console's port on 127.0.0.1", '8080')
  .option('--mqtt-port <port>', "the agents' port on 127.0.0.1", '8883')
  .option('--gate-port <port>', 'where boxes enrol and renew, on 127.0.0.1', '8443')
  .action((options: Options) => runCommand('scripts/up', () => up(options).catch(onFailure)));
await program.parseAsync();
// Timers of a step that was raced by Ctrl-C would hold the process for no purpose.
process.exit();
