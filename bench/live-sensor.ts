import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SensorLines, type SensorStats } from '../agent/watch/sensor-line.js';

/** Linux counts CPU time in hundredths of a second on every platform that we run on. */
const TICKS_PER_S = 100;
/** utime and stime behind the command's name in /proc/PID/stat, counted from 0 behind the closing parenthesis. */
const UTIME = 11;
const NAMES = ['left', 'right'] as const;

/** A namespace with a veth pair, of this process's own name: what is played on `left` arrives at `right`. */
export class Link {
  readonly name = `hinomi-bench-${process.pid}`;

  make(): void {
    ip('netns', 'add', this.name);
    ip('-n', this.name, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right');
    // Nothing of the machine's own on the wire.
    this.#run('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
    for (const name of NAMES) ip('-n', this.name, 'link', 'set', name, 'up');
  }

  remove(): void {
    ip('netns', 'del', this.name);
  }

  start(command: string, args: readonly string[], stdio: 'pipe' | ('pipe' | 'ignore' | 'inherit')[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.name, command, ...args], { stdio });
  }

  /** Packets that were sent on `left` so far. */
  get sent(): number {
    return Number(this.#run('cat', '/sys/class/net/left/statistics/tx_packets'));
  }

  #run(...command: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.name, ...command], { encoding: 'utf8' });
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args);
}

type Coverage = Record<string, number>;

/** The sensor process alone, as the agent starts it, on a link; its records are counted and thrown away. */
export class LiveSensor {
  readonly #child: ChildProcess;
  records = 0;
  recordBytes = 0;
  readonly coverage: Coverage[] = [];
  /** Milliseconds from asking for counts to their arrival. */
  readonly answersMs: number[] = [];
  stats: SensorStats | undefined;
  #askedMs: number | undefined;

  constructor(link: Link, program: string, config: object) {
    const argument = JSON.stringify({ live: { interface: 'right' }, statsMs: 60_000, ...config });
    const command = ['-c', '1', process.execPath, program, argument];
    this.#child = link.start('taskset', command, ['pipe', 'ignore', 'inherit', 'pipe']);
    const lines = new SensorLines({
      onRecord: (_lane, line) => this.#onRecord(line),
      onStats: (stats) => this.#onStats(stats),
      onFailure: (failure) => process.stderr.write(`sensor: ${failure.message}\n`),
      onState: () => {},
      onCapture: () => {},
      onRescan: () => {},
      onBadLine: () => {},
    });
    (this.#child.stdio[3] as Readable).on('data', (chunk: Buffer) => lines.push(chunk));
  }

  /** Asks for the counts and waits for them. */
  async ask(): Promise<SensorStats> {
    this.#askedMs = performance.now();
    this.#child.stdin?.write('s');
    while (this.#askedMs !== undefined) await sleep(2);
    return this.stats!;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** CPU seconds so far. */
  get cpuS(): number {
    const text = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[UTIME]) + Number(fields[UTIME + 1])) / TICKS_PER_S;
  }

  /** Resident memory, MiB. */
  get memoryMiB(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  /** @returns milliseconds that it took to end */
  async stop(): Promise<number> {
    const startMs = performance.now();
    const ended = once(this.#child, 'close');
    this.#child.stdin?.write('q');
    await ended;
    return performance.now() - startMs;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #onRecord(line: Buffer): void {
    this.records += 1;
    this.recordBytes += line.length;
    if (line.includes('"event.dataset":"coverage"')) this.coverage.push(JSON.parse(line.toString()) as Coverage);
  }

  #onStats(stats: SensorStats): void {
    this.stats = stats;
    if (this.#askedMs === undefined) return;
    this.answersMs.push(performance.now() - this.#askedMs);
    this.#askedMs = undefined;
  }
}
