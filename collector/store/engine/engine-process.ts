import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inheritedExecArgs, programPath } from '../../../protocol/base/place.js';
import type { Request, Word } from './messages.js';

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last words on standard error, or why it could not be started. */
  readonly said: string;
}

export interface EngineProcessDeps {
  onWord(word: Word): void;
  /** Called once. */
  onExit(exit: EngineExit): void;
}

const SAID_MAX = 2_000;
/** proc(5): pages of /proc/PID/statm. */
const PAGE_BYTES = 4_096;

/** One run of the engine process. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #deps: EngineProcessDeps;
  #said = '';
  #isOver = false;

  /** @param program for tests: another one in place of the engine */
  constructor(argument: object, deps: EngineProcessDeps, program = programPath('collector/store/engine/main')) {
    this.#deps = deps;
    this.#child = spawn(process.execPath, [...inheritedExecArgs(program), program, JSON.stringify(argument)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-SAID_MAX);
    });
    this.#child.on('message', (word) => {
      if (!this.#isOver) deps.onWord(word as Word);
    });
    this.#child.on('error', (error) => this.#over({ code: null, signal: null, said: error.message }));
    this.#child.on('exit', (code, signal) => this.#over({ code, signal, said: this.#said.trim() }));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resident memory, 0 when it is not known. */
  get residentBytes(): number {
    try {
      return Number(readFileSync(`/proc/${this.#child.pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    } catch {
      return 0;
    }
  }

  send(request: Request): void {
    // A failure to send is the end of the process, which is told by 'exit'.
    if (this.#child.connected) this.#child.send(request, () => {});
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #over(exit: EngineExit): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deps.onExit(exit);
  }
}

/** What a process does to itself. Whoever is killed from outside, by a person or for want of memory, did nothing wrong. */
const CRASH_SIGNALS: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP']);

export function isCrash({ code, signal }: Omit<EngineExit, 'said'>): boolean {
  return signal === null ? code !== 0 : CRASH_SIGNALS.has(signal);
}

/** @param isStarved it said that it has no memory left */
export function reasonOf({ code, signal }: Omit<EngineExit, 'said'>, isStarved: boolean): string {
  return isStarved ? 'memory: none was left' : `ended by itself: ${signal ?? `exit code ${code}`}`;
}
