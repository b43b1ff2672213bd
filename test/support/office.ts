import { join } from 'node:path';
import { type Output, Programs, type Running, readJson, until } from './programs.js';

export interface AgentStatus {
  readonly spool: {
    readonly accepted: Record<string, number>;
    readonly queuedRecords: number;
    readonly batches: number;
    /** On disk, not acknowledged. */
    readonly records: number;
  };
  readonly publisher?: { readonly state: string };
  readonly sensor?: { readonly isFinished: boolean; readonly last?: { readonly source: string } };
}

/** A collector, a company with one site, and its box: as processes of a test. */
export class Office {
  readonly programs: Programs;
  readonly site = 'head-office';
  collectorData: string;
  readonly agentData: string;
  url = '';
  gateUrl = '';
  usedCode = '';
  #token = '';
  #collector: Running | undefined;

  /** @param prefix in front of every command, such as `ip netns exec NAME` */
  constructor(prefix: readonly string[] = [], form: 'sources' | 'built' = 'sources') {
    this.programs = new Programs(prefix, form);
    this.collectorData = this.programs.makeFolder('collector');
    this.agentData = this.programs.makeFolder('agent');
  }

  /** @param ports the same again after a restart, so that the box finds it */
  async startCollector(
    ports: { http: string; mqtt: string; gate?: string } = { http: '0', mqtt: '0' },
    config?: string,
  ): Promise<Running> {
    const collector = this.programs.start('collector/main.ts', [
      ...['run', '--data', this.collectorData],
      ...['--http-port', ports.http, '--mqtt-port', ports.mqtt, '--gate-port', ports.gate ?? '0'],
      ...(config === undefined ? [] : ['--config', config]),
    ]);
    this.#collector = collector;
    const listening = (): { httpUrl: string; gateUrl: string; pid: number } | undefined =>
      readJson(join(this.collectorData, 'listening.json'));
    await until('the collector listens', () => listening()?.pid === collector.child.pid, collector);
    this.url = listening()?.httpUrl ?? '';
    this.gateUrl = listening()?.gateUrl ?? '';
    return collector;
  }

  /** The next collector is started on another folder. */
  moveCollector(folder: string): void {
    this.collectorData = folder;
  }

  /** Of the running collector. */
  get ports(): { http: string; mqtt: string; gate: string } {
    const file = join(this.collectorData, 'listening.json');
    const { httpUrl = '', mqttUrl = '', gateUrl = '' } = readJson<Record<string, string>>(file) ?? {};
    return { http: new URL(httpUrl).port, mqtt: new URL(mqttUrl).port, gate: new URL(gateUrl).port };
  }

  async admin<T>(...args: string[]): Promise<T> {
    const output = await this.programs.run('collector/main.ts', [...args, '--data', this.collectorData, '--json']);
    if (output.code !== 0) throw new Error(output.stderr);
    return JSON.parse(output.stdout) as T;
  }

  /** Company, site, token and box. */
  async enrol(): Promise<void> {
    await this.admin('company', 'add', 'Test', '--id', 'test');
    await this.admin('site', 'add', '本社', '--company', 'test', '--id', this.site);
    this.#token = (await this.admin<{ token: string }>('token', 'add', 'test', '--role', 'soc')).token;
    this.usedCode = (await this.admin<{ code: string }>('site', 'code', this.site)).code;
    const output = await this.tryEnrol(this.usedCode);
    if (output.code !== 0) throw new Error(output.stderr);
  }

  tryEnrol(code: string): Promise<Output> {
    return this.programs.run('agent/main.ts', [
      'enrol',
      '--collector',
      this.gateUrl,
      '--code',
      code,
      '--data',
      this.agentData,
      '--force',
    ]);
  }

  startAgent(args: readonly string[]): Running {
    return this.programs.start('agent/main.ts', ['run', '--data', this.agentData, ...args]);
  }

  /** What the running agent wrote last. */
  agentStatus(): AgentStatus | undefined {
    return readJson(join(this.agentData, 'status.json'));
  }

  /** What a stopped agent's spool holds, exactly. */
  async stoppedAgentStatus(): Promise<AgentStatus> {
    const output = await this.programs.run('agent/main.ts', ['status', '--data', this.agentData, '--json']);
    return JSON.parse(output.stdout) as AgentStatus;
  }

  query(args: readonly string[]): Promise<Output> {
    return this.programs.run('cli/main.ts', ['query', ...args], {
      env: { HINOMI_URL: this.url, HINOMI_TOKEN: this.#token },
    });
  }

  /** Asks the API. */
  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** All records of all time, up to the API's limit. */
  async countRecords(query = ''): Promise<number> {
    const search = new URLSearchParams({ q: query, from: '2000-01-01', to: 'now+1d', limit: '10000' });
    return (await this.get<{ events: unknown[] }>(`/events?${search}`)).events.length;
  }

  async close(): Promise<void> {
    await this.#collector?.stop();
    await this.programs.close();
  }
}
