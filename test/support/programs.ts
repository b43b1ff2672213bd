import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const READY_WAIT_MS = 60_000;
const END_WAIT_MS = 20_000;

/** Starts our programs, from the sources or as they were built, as a test's own processes, and ends them by their ids. */
export class Programs {
  readonly folder = mkdtempSync(join(tmpdir(), 'hinomi-test-'));
  readonly #children = new Set<ChildProcess>();
  readonly #prefix: readonly string[];
  readonly #form: 'sources' | 'built';

  /**
   * @param prefix in front of every command, such as `ip netns exec NAME`
   * @param form `built` starts much faster, and needs `scripts/setup run` to have been run
   */
  constructor(prefix: readonly string[] = [], form: 'sources' | 'built' = 'sources') {
    this.#prefix = prefix;
    this.#form = form;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** A folder below the test's own. */
  makeFolder(name: string): string {
    mkdirSync(this.path(name), { recursive: true });
    return this.path(name);
  }

  /**
   * @param program such as `collector/main.ts`, relative to the repository
   * @param nodeArgs for Node itself
   */
  start(program: string, args: readonly string[], nodeArgs: readonly string[] = []): Running {
    return this.#spawn(program, [process.execPath, ...nodeArgs, ...this.commandOf(program, args)]);
  }

  /** Starts a program that is not ours. */
  startOther(command: string, args: readonly string[]): Running {
    return this.#spawn(command, [command, ...args]);
  }

  /** What Node is given to run one of our programs. */
  commandOf(program: string, args: readonly string[]): string[] {
    if (this.#form === 'built') return [join(ROOT, 'dist', program.replace(/\.ts$/, '.js')), ...args];
    return ['--import', 'tsx', join(ROOT, program), ...args];
  }

  /** Runs a command to its end, whatever its exit code. */
  async run(
    program: string,
    args: readonly string[],
    options: { input?: string; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Output> {
    const [file = '', ...rest] = [...this.#prefix, process.execPath, ...this.commandOf(program, args)];
    const child = spawn(file, rest, {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    this.#children.add(child);
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    const running = new Running(program, child);
    const code = await running.ended;
    this.#children.delete(child);
    return { code, stdout: running.stdout, stderr: running.stderr };
  }

  #spawn(name: string, command: readonly string[]): Running {
    const [file = '', ...rest] = [...this.#prefix, ...command];
    const child = spawn(file, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    const running = new Running(name, child);
    void running.ended.then(() => this.#children.delete(child));
    return running;
  }

  /** Ends what is left and removes the folder. */
  async close(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends what is left. */
  async end(): Promise<void> {
    const alive = [...this.#children].filter((child) => child.exitCode === null && child.signalCode === null);
    const ends = alive.map((child) => new Promise((done) => child.once('exit', done)));
    for (const child of alive) child.kill('SIGKILL');
    await Promise.all(ends);
  }
}

export interface Output {
  /** Exit code, or the signal's name. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

const OUTPUT_MAX = 4 * 2 ** 20;

export class Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;
  stdout = '';
  stderr = '';

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (this.stdout.length < OUTPUT_MAX) this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.stderr.length < OUTPUT_MAX) this.stderr += text;
    });
    this.ended = new Promise((done) => child.once('close', (code, signal) => done(signal ?? code ?? -1)));
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** SIGTERM, and SIGKILL after 20 s. Returns the exit code or the signal's name. */
  async stop(): Promise<number | string> {
    if (this.isRunning) this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END_WAIT_MS);
    const code = await this.ended;
    clearTimeout(timer);
    return code;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Waits for a condition, 60 s at most unless said otherwise. @throws Error naming what did not happen, with the program's last words */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  program?: Running,
  waitMs = READY_WAIT_MS,
): Promise<void> {
  const end = performance.now() + waitMs;
  while (!(await isTrue())) {
    const words = program === undefined ? '' : `; ${program.name} said: ${program.stderr.slice(-2_000)}`;
    if (performance.now() > end) throw new Error(`did not happen in ${waitMs / 1000} s: ${what}${words}`);
    if (program !== undefined && !program.isRunning) throw new Error(`${program.name} ended before: ${what}${words}`);
    await new Promise((wait) => setTimeout(wait, 50));
  }
}

export function readJson<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
