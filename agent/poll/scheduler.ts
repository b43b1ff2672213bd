import type { World } from '../../protocol/base/world.js';

export interface Job {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export interface SchedulerConfig {
  readonly concurrency: number;
  readonly backoffMsMax: number;
}

export interface SchedulerDeps<J extends Job> extends Pick<World, 'clock' | 'random'> {
  /** Never rejects. @returns whether the job failed so long that it is done less often */
  run(job: J, signal: AbortSignal): Promise<boolean>;
}

/** Of the interval, in both directions: what was started together does not stay together. */
const JITTER = 0.1;
/** What there is starts within that time, or within its own interval when it is shorter. */
const FIRST_MS_MAX = 60_000;
const DOUBLINGS_MAX = 16;
const CLOSE_MS_MAX = 2_000;

interface Entry<J extends Job> {
  readonly job: J;
  timer: NodeJS.Timeout | undefined;
  failures: number;
}

/**
 * Does each job again and again, so many at once, each from its start to its next start the interval, more or less. A job
 * that is not done in time has its signal aborted and its place given to the next, whether it heeds the signal or not.
 */
export class Scheduler<J extends Job> {
  readonly #config: SchedulerConfig;
  readonly #deps: SchedulerDeps<J>;
  readonly #entries: Entry<J>[];
  readonly #ready: Entry<J>[] = [];
  readonly #running = new Map<Entry<J>, { abort: AbortController; done: Promise<unknown> }>();
  #isClosed = false;
  readonly counters = { runs: 0, overtime: 0 };

  constructor(jobs: readonly J[], config: SchedulerConfig, deps: SchedulerDeps<J>) {
    this.#entries = jobs.map((job) => ({ job, timer: undefined, failures: 0 }));
    this.#config = config;
    this.#deps = deps;
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return this.#ready.length;
  }

  start(): void {
    for (const entry of this.#entries)
      this.#arm(entry, this.#deps.random() * Math.min(entry.job.everyMs, FIRST_MS_MAX));
  }

  /** What runs is aborted, and waited for, but not for long. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const entry of this.#entries) clearTimeout(entry.timer);
    this.#ready.length = 0;
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort(new Error('closed'));
    if (running.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS_MAX);
    });
    await Promise.race([Promise.all(running.map(({ done }) => done)), late]);
    clearTimeout(timer);
  }

  #arm(entry: Entry<J>, ms: number): void {
    if (this.#isClosed) return;
    entry.timer = setTimeout(() => {
      this.#ready.push(entry);
      this.#drain();
    }, ms);
  }

  #drain(): void {
    while (!this.#isClosed && this.#running.size < this.#config.concurrency) {
      const entry = this.#ready.shift();
      if (entry === undefined) return;
      void this.#run(entry);
    }
  }

  async #run(entry: Entry<J>): Promise<void> {
    const startedMs = this.#deps.clock.monotonic();
    const abort = new AbortController();
    const done = this.#deps.run(entry.job, abort.signal);
    this.#running.set(entry, { abort, done });
    this.counters.runs += 1;
    const isFailing = await this.#inTime(entry, abort, done);
    this.#running.delete(entry);
    entry.failures = isFailing ? entry.failures + 1 : 0;
    this.#arm(entry, Math.max(0, startedMs + this.#waitMs(entry) - this.#deps.clock.monotonic()));
    this.#drain();
  }

  /** The job's own answer, which comes with the signal at the latest. One that does not heed it counts as failing. */
  async #inTime(entry: Entry<J>, abort: AbortController, done: Promise<boolean>): Promise<boolean> {
    let late: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => abort.abort(new Error('timeout')), entry.job.timeoutMs);
    const given = new Promise<boolean>((resolve) => {
      abort.signal.addEventListener('abort', () => {
        late = setTimeout(() => {
          this.counters.overtime += 1;
          resolve(true);
        }, CLOSE_MS_MAX);
      });
    });
    try {
      return await Promise.race([done, given]);
    } finally {
      clearTimeout(timer);
      clearTimeout(late);
    }
  }

  #waitMs({ job, failures }: Entry<J>): number {
    const most = Math.max(job.everyMs, this.#config.backoffMsMax);
    const base = Math.min(most, job.everyMs * 2 ** Math.min(failures, DOUBLINGS_MAX));
    return base * (1 - JITTER + 2 * JITTER * this.#deps.random());
  }
}
