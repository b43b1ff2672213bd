import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const START_WAIT_MS = 10_000;
const OUTPUT_CHARACTERS_MAX = 2 ** 20;
/** What a command may take unless it says otherwise. */
const RUN_S = 15;
const READY_WAIT_MS = 15_000;
const USER_ID_MIN = 5_001;

/**
 * A machine of its own: namespaces for network, processes, mounts and name, held by one process. Whatever is started in
 * it dies with that process, and that process dies with ours, however ours ends; then the kernel removes the rest.
 */
export class Host {
  readonly name: string;
  /** Where what programs said is written down, for whoever looks for a mistake. */
  log: ((text: string) => void) | undefined;
  /** Of the process that holds the namespaces, as seen from outside. */
  pid = 0;
  #holder: ChildProcess | undefined;
  #users = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** @param hosts lines for `/etc/hosts` */
  async start(hosts: string): Promise<void> {
    const holder = spawn('setpriv', ['--pdeathsig', 'KILL', ...UNSHARE, 'sh', '-c', INIT, 'sh', this.name, hosts], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    this.#holder = holder;
    await within(START_WAIT_MS, `the namespaces of ${this.name}`, (done) => holder.stdout.once('data', done));
    this.pid = childOf(holder.pid ?? 0);
  }

  /** Runs a command to its end, at most `seconds`. It is never an error: whoever asks looks at the code. */
  async run(command: readonly string[], options: RunOptions = {}): Promise<Output> {
    const seconds = options.seconds ?? RUN_S;
    const child = this.#spawn(['timeout', '--kill-after=1', String(seconds), ...command], options);
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
    const text = gather(child);
    const code = await ended(child);
    this.log?.(`${this.name}$ ${command.join(' ')}\n${text.stdout}${text.stderr}-> ${code}\n\n`);
    return { code, ...text };
  }

  /** Runs a command that has to succeed. @returns what it printed @throws Error with its words */
  async must(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, options);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${(stderr || stdout).slice(-500)}`);
    return stdout;
  }

  /** Starts a server and waits until it is ready. It ends with the host. */
  async serve(command: readonly string[], ready: Ready, options: RunOptions = {}): Promise<void> {
    const child = this.#spawn(command, options, 'ignore');
    const text = gather(child);
    const end = performance.now() + READY_WAIT_MS;
    while (!(await this.#isReady(ready, text))) {
      const words = `${command[0]} said: ${(text.stderr + text.stdout).slice(-800)}`;
      if (performance.now() > end) throw new Error(`${command[0]} was not ready in time; ${words}`);
      // A daemon may leave its first process; only a failure is the end.
      if (child.exitCode !== null && child.exitCode !== 0) throw new Error(words);
      await new Promise((wait) => setTimeout(wait, 40));
    }
    child.once('close', () => this.log?.(`${this.name}$ ${command.join(' ')} &\n${text.stdout}${text.stderr}\n\n`));
  }

  #isReady(ready: Ready, text: { stdout: string; stderr: string }): boolean | Promise<boolean> {
    if (ready instanceof RegExp) return ready.test(text.stdout + text.stderr);
    if (typeof ready === 'function') return ready();
    return ready.every((port) => isBound(this.pid, port));
  }

  /** Makes an account of this host alone. */
  async addUser(name: string, password: string): Promise<void> {
    const hash = (await this.must(['openssl', 'passwd', '-6', password])).trim();
    const id = USER_ID_MIN + this.#users++;
    // The machine may have one of that name. The files cannot be replaced, only written: they are mounted.
    const script = 'kept=$(grep -v "^$1:" "$2"); printf "%s\\n" "$kept" "$3" >"$2"';
    const put = (file: string, line: string): Promise<string> =>
      this.must(['sh', '-c', script, 'sh', name, file, line], { user: 'root' });
    await put('/etc/group', `${name}:x:${id}:`);
    await put('/etc/passwd', `${name}:x:${id}:${id}::/tmp:/bin/bash`);
    await put('/etc/shadow', `${name}:${hash}:20000:0:99999:7:::`);
  }

  /** Whether a program of that name runs here. */
  async isRunning(name: string): Promise<boolean> {
    return (await this.run(['pgrep', '-x', name])).code === 0;
  }

  /** Of its one interface. */
  async mac(): Promise<string> {
    const words = await this.must(['ip', '-o', 'link', 'show', 'dev', 'eth0']);
    return /ether ([0-9a-f:]+)/.exec(words)?.[1] ?? '';
  }

  /** Ends everything on this host. */
  async close(): Promise<void> {
    const holder = this.#holder;
    if (holder === undefined || holder.exitCode !== null || holder.signalCode !== null) return;
    holder.kill('SIGKILL');
    await ended(holder);
  }

  /** @param stdin a server must not find a socket there: smbd would take it for a client */
  #spawn(command: readonly string[], options: RunOptions, stdin: 'pipe' | 'ignore' = 'pipe'): ChildProcess {
    const { user = 'nobody', env = {} } = options;
    const drop = user === 'root' ? [] : ['setpriv', `--reuid=${user}`, '--regid=nogroup', '--clear-groups'];
    const where = options.folder === undefined ? [] : [`--wd=${options.folder}`];
    const enter = ['--target', String(this.pid), '--net', '--pid', '--mount', '--uts', '--ipc', ...where, '--'];
    return spawn('nsenter', [...enter, ...drop, ...command], {
      stdio: [stdin, 'pipe', 'pipe'],
      // Some daemons end their whole process group: it must not be ours.
      detached: true,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: '/tmp', ...env },
    });
  }
}

export interface RunOptions {
  /** As whom: `nobody` unless it has to be `root`. */
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly seconds?: number;
  readonly folder?: string;
}

export interface Output {
  /** Exit code, or the signal's name. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ports that are bound (`tcp/80`, `udp/53`), a line that is printed, or a question. */
export type Ready = readonly string[] | RegExp | (() => boolean | Promise<boolean>);

const UNSHARE = ['unshare', '--net', '--pid', '--mount', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc'];

/** Its own /run, so that no daemon meets the machine's; its own people, so that scenarios may add some; every port is open to everybody, so that few need root. */
const INIT = `set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 1777 /run/lock /run/shm /run/x11
mkdir -p /tmp/.X11-unix && mount --bind /run/x11 /tmp/.X11-unix
hostname "$1"
printf '%s\\n' "$2" >/run/hosts
cp -p /etc/passwd /etc/group /etc/shadow /run
for name in hosts passwd group shadow; do mount --bind /run/$name /etc/$name; done
ip link set lo up
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
echo '0 2147483647' >/proc/sys/net/ipv4/ping_group_range
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
echo ready
exec sleep infinity`;

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
}

/** Whether something listens, told by the kernel's own tables of that network namespace. */
function isBound(pid: number, port: string): boolean {
  const [transport = '', number = ''] = port.split('/');
  const hex = Number(number).toString(16).toUpperCase().padStart(4, '0');
  const state = transport === 'tcp' ? '0A' : '07';
  const line = new RegExp(`^ *\\d+: [0-9A-F]+:${hex} [0-9A-F]+:[0-9A-F]+ ${state} `, 'm');
  return [transport, `${transport}6`].some((table) => line.test(readFileSync(`/proc/${pid}/net/${table}`, 'utf8')));
}

function gather(child: ChildProcess): { stdout: string; stderr: string } {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (more: string) => {
      if (text[name].length < OUTPUT_CHARACTERS_MAX) text[name] += more;
    });
  }
  return text;
}

function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((done) => {
    child.once('error', () => done(-1));
    child.once('close', (code, signal) => done(signal ?? code ?? -1));
  });
}

function within(ms: number, what: string, start: (done: () => void) => void): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`did not happen in time: ${what}`)), ms);
    start(() => {
      clearTimeout(timer);
      done();
    });
  });
}
