import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Pausable } from './hand-over.js';
import { type LineHandlers, SensorLines } from './sensor-line.js';

export interface SensorCommand {
  readonly executable: string;
  readonly execArgs: readonly string[];
  readonly program: string;
  /** What the sensor is told, as JSON. */
  readonly argument: string;
  /** Whether it has a pipe for packets that are kept. */
  readonly hasRing: boolean;
}

export interface SensorExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly error?: Error;
}

export interface SensorProcessDeps extends LineHandlers {
  /** Asked after each piece; while it says no, the sensor's output is not read. */
  isReady(): boolean;
  /** Packets of a capture, and those that are kept. @param source waits while paused */
  onCaptureBytes(chunk: Buffer, source: Pausable): void;
  onRingBytes(chunk: Buffer): void;
  /** Called once, after the last line. */
  onExit(exit: SensorExit): void;
}

const OUTPUT_FD = 3;
export const CAPTURE_FD = 4;
export const RING_FD = 5;
/** How long packets of a sensor that is gone may wait for whoever takes them. */
const LEFT_MS = 3_000;
const QUIT = 'q';
const READY_POLL_MS = 50;

/**
 * How the engine keeps house in the sensor: young garbage of 8 MiB in each of three parts, where it would let it grow to
 * 16, and the old collected when it has grown by 30 %, where it would wait for twice as much. Figures: bench/memory.ts.
 */
export const SENSOR_EXEC_ARGS: readonly string[] = ['--max-semi-space-size=8', '--heap-growing-percent=30'];

/** One run of the sensor process. */
export class SensorProcess {
  readonly #deps: SensorProcessDeps;
  readonly #child: ChildProcess;
  readonly #lines: SensorLines;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(command: SensorCommand, deps: SensorProcessDeps) {
    this.#deps = deps;
    this.#lines = new SensorLines(deps);
    const { executable, execArgs, program, argument, hasRing } = command;
    this.#child = spawn(executable, [...execArgs, program, argument], {
      stdio: ['pipe', 'ignore', 'inherit', 'pipe', 'pipe', ...(hasRing ? (['pipe'] as const) : [])],
    });
    this.#child.on('error', (error) => this.#over({ code: null, signal: null, error }));
    this.#child.on('close', (code, signal) => this.#over({ code, signal }));
    this.#child.stdin?.on('error', () => {}); // It died before it was asked to end.
    const output = this.#child.stdio[OUTPUT_FD] as Readable | null | undefined;
    output?.on('data', (chunk: Buffer) => this.#read(chunk, output));
    output?.on('error', () => {}); // 'close' follows.
    this.#readPackets(CAPTURE_FD, (chunk, source) => deps.onCaptureBytes(chunk, source));
    this.#readPackets(RING_FD, (chunk) => deps.onRingBytes(chunk));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Bytes of a record that was not finished. */
  get restBytes(): number {
    return this.#lines.restBytes;
  }

  /** Whether its output waits because no more records can be taken. */
  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** Writes to its standard input. @returns false when it is gone */
  send(text: string): boolean {
    if (this.#isOver || this.#child.exitCode !== null || this.#child.signalCode !== null) return false;
    this.#child.stdin?.write(text);
    return this.#child.stdin?.writable === true;
  }

  /** Asks it to hand over what it has and end. */
  quit(): void {
    if (this.#isOver) return;
    this.#child.stdin?.write(QUIT);
    this.#child.kill('SIGTERM');
  }

  kill(): void {
    if (!this.#isOver) this.#child.kill('SIGKILL');
  }

  #readPackets(fd: number, onChunk: (chunk: Buffer, source: Readable) => void): void {
    const source = this.#child.stdio[fd] as Readable | null | undefined;
    if (source === undefined || source === null) return;
    source.on('data', (chunk: Buffer) => onChunk(chunk, source));
    source.on('error', () => {});
    this.#child.on('exit', () => setTimeout(() => source.destroy(), LEFT_MS).unref());
  }

  #read(chunk: Buffer, output: Readable): void {
    this.#lines.push(chunk);
    if (this.#timer !== undefined || this.#deps.isReady()) return;
    output.pause();
    this.#timer = setInterval(() => {
      if (!this.#deps.isReady()) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      output.resume();
    }, READY_POLL_MS);
  }

  #over(exit: SensorExit): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#deps.onExit(exit);
  }
}
