import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { TABLE } from '../../collector/store/table.js';
import { Programs, type Running, readJson, until } from '../../test/support/programs.js';
import { makeFleet } from './fleet.js';
import { Halls } from './halls.js';
import type { SiteOptions } from './site.js';

export interface StageOptions {
  readonly sites: number;
  readonly companies: number;
  /** Processes of simulated sites. */
  readonly halls: number;
  /** Spools on disk; otherwise in memory. */
  readonly isOnDisk: boolean;
  readonly spool?: Record<string, unknown>;
  readonly publish?: Record<string, unknown>;
  /** What collector and halls are run from; `built` needs `buildPrograms`. */
  readonly form: 'sources' | 'built';
  /** Where processor profiles of collector and halls go, if anywhere; for whoever ends in order. */
  readonly profile?: string | undefined;
  /** Configuration of the collector. */
  readonly collector?: object;
}

/** Rows of the table, asked of itself, past our own code. */
export interface Stored {
  readonly stored: number;
  /** Rows that are there more than once: same box, spool, lane, batch and place. */
  readonly twice: number;
  /** Batches whose rows do not run from 0 without a hole. */
  readonly torn: number;
  /** Records that gaps say are lost. */
  readonly toldLost: number;
}

const SAMPLE_MS = 200;
/** Of the kernel's clock, on every Linux there is. */
const TICKS_PER_S = 100;
/** After a kill, with thousands at the door, on a busy machine. */
const LISTEN_MS_MAX = 300_000;

/** A real collector process and the processes of its simulated sites. */
export class Stage {
  readonly programs: Programs;
  readonly halls: Halls;
  readonly #options: StageOptions;
  readonly #data: string;
  #collector: Running | undefined;
  #mqttUrl = '';
  #httpUrl = '';
  #gateUrl = '';
  #sampling: NodeJS.Timeout | undefined;
  /** Of the collector, with the engine's process where it has one. */
  rssMaxBytes = 0;

  constructor(options: StageOptions) {
    this.#options = options;
    this.programs = new Programs([], options.form);
    this.#data = this.programs.makeFolder('collector');
    this.halls = new Halls(options.halls, options.form, profileArgs(options.profile));
  }

  get mqttUrl(): string {
    return this.#mqttUrl;
  }

  get httpUrl(): string {
    return this.#httpUrl;
  }
  get gateUrl(): string {
    return this.#gateUrl;
  }

  /** Has the running collector do something, as its operator would. */
  async admin<T>(...args: string[]): Promise<T> {
    const output = await this.programs.run('collector/main.ts', [...args, '--data', this.#data, '--json']);
    if (output.code !== 0) throw new Error(output.stderr);
    return JSON.parse(output.stdout) as T;
  }

  async open(): Promise<void> {
    const { sites, companies, halls } = this.#options;
    const boxes = await makeFleet(this.#data, sites, companies);
    const file = this.programs.path('boxes.json');
    writeFileSync(file, JSON.stringify(boxes), { mode: 0o600 });
    writeFileSync(this.programs.path('collector.json'), JSON.stringify(this.#options.collector ?? {}));
    const options: SiteOptions = {
      spool: this.#options.spool ?? {},
      publish: this.#options.publish ?? {},
      ...(this.#options.isOnDisk ? { spoolFolder: this.programs.makeFolder('spools') } : {}),
    };
    const share = (hall: number): number => Math.floor((sites * hall) / halls);
    await Promise.all(
      Array.from({ length: halls }, (_, hall) =>
        this.halls.one(hall, 'open', file, share(hall), share(hall + 1), options),
      ),
    );
  }

  /** The same ports after a restart. @returns milliseconds until it listened */
  async startCollector(): Promise<number> {
    const startMs = performance.now();
    const port = (url: string): string => (url === '' ? '0' : new URL(url).port);
    const args = [
      ...['run', '--data', this.#data, '--config', this.programs.path('collector.json')],
      ...['--http-port', port(this.#httpUrl), '--mqtt-port', port(this.#mqttUrl), '--gate-port', '0'],
    ];
    const collector = this.programs.start('collector/main.ts', args, profileArgs(this.#options.profile));
    this.#collector = collector;
    type Listening = { httpUrl: string; mqttUrl: string; gateUrl: string; pid: number };
    const listening = (): Listening | undefined => readJson(join(this.#data, 'listening.json'));
    await until('the collector listens', () => listening()?.pid === collector.child.pid, collector, LISTEN_MS_MAX);
    ({ httpUrl: this.#httpUrl, mqttUrl: this.#mqttUrl, gateUrl: this.#gateUrl } = listening()!);
    clearInterval(this.#sampling);
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS);
    return performance.now() - startMs;
  }

  killCollector(): Promise<void> {
    return this.#collector!.kill();
  }

  rssBytes(): number {
    return treeOf(this.#collector?.child.pid ?? 0).reduce((sum, pid) => sum + rssOf(pid), 0);
  }

  /** Processor time since their start, in seconds: the collector's own process, its engine's, all simulated sites'. */
  cpuSeconds(): { collector: number; engine: number; sites: number } {
    const [collector = 0, ...engine] = treeOf(this.#collector?.child.pid ?? 0);
    const sum = (pids: readonly number[]): number => pids.reduce((total, pid) => total + cpuSecondsOf(pid), 0);
    return { collector: cpuSecondsOf(collector), engine: sum(engine), sites: sum(this.halls.pids) };
  }

  /** One of the collector's metrics. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.#httpUrl}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  }

  get collectorLog(): string {
    return this.#collector?.stderr ?? '';
  }

  /** Stops the collector and reads its table. */
  async judge(): Promise<Stored> {
    clearInterval(this.#sampling);
    await this.#collector?.stop();
    return readTable(join(this.#data, 'telemetry'));
  }

  async close(): Promise<void> {
    clearInterval(this.#sampling);
    await this.halls.close();
    await this.#collector?.stop();
    await this.programs.close();
  }

  #sample(): void {
    this.rssMaxBytes = Math.max(this.rssMaxBytes, this.rssBytes());
  }
}

function profileArgs(folder: string | undefined): string[] {
  return folder === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval', '1000', '--cpu-prof-dir', folder];
}

function treeOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return [pid, ...children.flatMap(treeOf)];
  } catch {
    return [];
  }
}

/** proc(5). */
function rssOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** User and system time, proc(5). */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  } catch {
    return 0;
  }
}

async function readTable(folder: string): Promise<Stored> {
  const { createChdbConnection } = createRequire(import.meta.url)(
    'chdb/connection',
  ) as typeof import('chdb/connection');
  const connection = createChdbConnection({ path: folder });
  const client = createClient({ connection } as unknown as Parameters<typeof createClient>[0]);
  try {
    const batches =
      `SELECT count() AS records, uniqExact(hinomi.row) AS places, max(hinomi.row) AS last, sum(hinomi.gap.count) AS lost ` +
      `FROM ${TABLE} WHERE hinomi.epoch != '' GROUP BY hinomi.agent, hinomi.epoch, hinomi.lane, hinomi.seq`;
    const query =
      'SELECT sum(records) AS stored, sum(records - places) AS twice, countIf(last + 1 != places) AS torn, ' +
      `sum(lost) AS toldLost FROM (${batches})`;
    const result = await client.query({
      query: query.replaceAll(/hinomi\.[a-z.]+/g, '`$&`'),
      format: 'JSONEachRow',
    });
    const [row] = await result.json<Record<string, string>>();
    const number = (name: string): number => Number(row?.[name] ?? 0);
    return { stored: number('stored'), twice: number('twice'), torn: number('torn'), toldLost: number('toldLost') };
  } finally {
    await client.close();
  }
}
