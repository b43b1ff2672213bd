import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIdentity } from '../../agent/enrol/enrol.js';
import type { AgentStatusFile } from '../../agent/status.js';
import { type Programs, readJson, until } from '../../test/support/programs.js';
import { Member, PATIENCE_MS, type RunOptions } from './member.js';

export interface BoxOptions extends RunOptions {
  /** Sections beside `sensor`. Stay until others are given. */
  readonly config?: object;
  /** How many times as fast as it was recorded; 0: an empty recording. */
  readonly speed?: number;
}

export interface Recordings {
  readonly traffic: string;
  readonly empty: string;
}

const DRAINS_MAX = 12;

/** A box of an office, through all its runs. */
export class Box extends Member {
  readonly site: string;
  readonly data: string;
  readonly #recordings: Recordings;
  #config: object = {};
  agent = '';

  constructor(programs: Programs, site: string, recordings: Recordings) {
    super(programs, 'agent/main.ts');
    this.site = site;
    this.data = programs.path(site);
    this.#recordings = recordings;
    mkdirSync(this.data, { recursive: true });
  }

  async enrol(url: string, code: string): Promise<void> {
    const args = ['enrol', '--collector', url, '--code', code, '--data', this.data, '--force'];
    const output = await this.programs.run('agent/main.ts', args);
    if (output.code !== 0) throw new Error(output.stderr);
    this.agent = readIdentity(this.data).agent;
  }

  /** Does not wait. */
  begin(options: BoxOptions = {}): void {
    if (options.config !== undefined) this.#config = options.config;
    const { speed = 4 } = options;
    const recording =
      speed === 0 ? { path: this.#recordings.empty } : { path: this.#recordings.traffic, loop: true, speed };
    const file = this.programs.path(`${this.site}.json`);
    writeFileSync(file, JSON.stringify({ ...this.#config, sensor: { recording } }));
    this.launch(['run', '--data', this.data, '--config', file], options.prefix);
  }

  /** @returns once it is connected */
  async start(options: BoxOptions = {}): Promise<void> {
    this.begin(options);
    await until(
      `${this.site} is connected`,
      () => this.status?.publisher.state === 'connected',
      this.running,
      PATIENCE_MS,
    );
  }

  /** What this run wrote last. */
  get status(): AgentStatusFile | undefined {
    const status = readJson<AgentStatusFile>(join(this.data, 'status.json'));
    return status !== undefined && status.pid === this.running?.child.pid ? status : undefined;
  }

  /** Waits for something about its status. */
  untilStatus(what: string, isTrue: (status: AgentStatusFile) => boolean): Promise<void> {
    const isSo = (): boolean => this.status !== undefined && isTrue(this.status);
    return until(`${this.site}: ${what}`, isSo, this.running, PATIENCE_MS);
  }

  /** What its stopped spool holds, exactly. */
  async stopped(): Promise<AgentStatusFile> {
    const output = await this.programs.run('agent/main.ts', ['status', '--data', this.data, '--json']);
    if (output.code !== 0) throw new Error(output.stderr);
    return JSON.parse(output.stdout) as AgentStatusFile;
  }

  /** Runs it without traffic until its spool is empty: what it holds must arrive by itself. */
  async drain(): Promise<void> {
    await this.stop();
    for (let round = 0; round < DRAINS_MAX; round++) {
      this.begin({ speed: 0 });
      await this.#untilEmpty();
      await this.stop();
      if ((await this.stopped()).spool.batches === 0) return;
    }
    throw new Error(`${this.site} does not get rid of what it holds`);
  }

  /** What has waited comes at the rate that the collector sets: hours of it take minutes, and each of them brings some. */
  async #untilEmpty(): Promise<void> {
    let isEmpty = false;
    for (let left = Number.POSITIVE_INFINITY; !isEmpty; ) {
      const bytes = (): number | undefined => this.status?.spool.bytes;
      await until(
        `${this.site}: its spool is empty, or holds less than ${left} bytes`,
        () => {
          const { batches, queuedRecords } = this.status?.spool ?? { batches: 1, queuedRecords: 1 };
          isEmpty = batches === 0 && queuedRecords === 0;
          return isEmpty || (bytes() ?? Number.POSITIVE_INFINITY) < left;
        },
        this.running,
        PATIENCE_MS,
      );
      left = bytes() ?? left;
    }
  }
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
