import { type Programs, type Running, until } from '../../test/support/programs.js';

/** Longest wait for anything; a machine that is busy with a fault and with other work takes its time. */
export const PATIENCE_MS = 240_000;

export interface RunOptions {
  /** In front of the program, such as `env NAME=value`. */
  readonly prefix?: readonly string[];
}

/** One of our long-running programs through all its runs. */
export class Member {
  readonly programs: Programs;
  readonly #program: string;
  readonly #runs: Running[] = [];

  constructor(programs: Programs, program: string) {
    this.programs = programs;
    this.#program = program;
  }

  get running(): Running | undefined {
    const last = this.#runs.at(-1);
    return last?.isRunning ? last : undefined;
  }

  /** Of the run that is under way. @throws Error when there is none */
  get pid(): number {
    const pid = this.running?.child.pid;
    if (pid === undefined) throw new Error(`${this.#program} does not run; it said: ${this.log.slice(-2_000)}`);
    return pid;
  }

  /** What it logged, all runs together. */
  get log(): string {
    return this.#runs.map((run) => run.stderr).join('');
  }

  /** What it logged since a moment: `const since = member.mark()`, then `member.since(since)`. */
  mark(): number {
    return this.log.length;
  }

  since(mark: number): string {
    return this.log.slice(mark);
  }

  get starts(): number {
    return this.#runs.length;
  }

  /** Waits until it has said something, in this run or an earlier one. */
  untilLog(words: string, mark = 0): Promise<void> {
    return until(`it says: ${words}`, () => this.since(mark).includes(words), this.running, PATIENCE_MS);
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  async kill(): Promise<void> {
    await this.running?.kill();
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  protected launch(args: readonly string[], prefix: readonly string[] = []): Running {
    const command = [...prefix, process.execPath, ...this.programs.commandOf(this.#program, args)];
    const [file = '', ...rest] = command;
    const run = this.programs.startOther(file, rest);
    this.#runs.push(run);
    return run;
  }
}
