import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Programs, type Running, readJson, until } from '../../test/support/programs.js';
import { Member, PATIENCE_MS, type RunOptions } from './member.js';

interface Listening {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly gateUrl?: string;
  readonly pid: number;
}

export interface CollectorOptions extends RunOptions {
  readonly config?: object;
}

/** The collector of a stage: on the same ports after each restart, so that the boxes find it. */
export class Collector extends Member {
  readonly data: string;
  #token = '';
  #ports: string[] = ['--http-port', '0', '--mqtt-port', '0', '--gate-port', '0'];
  #config: Record<string, unknown> = {};

  constructor(programs: Programs) {
    super(programs, 'collector/main.ts');
    this.data = programs.path('collector');
    mkdirSync(this.data, { recursive: true });
  }

  /** Does not wait. A configuration stays until another is given. */
  begin(options: CollectorOptions = {}): Running {
    if (options.config !== undefined) this.#config = { ...options.config };
    const file = this.programs.path('collector.json');
    writeFileSync(file, JSON.stringify(this.#config));
    return this.launch(['run', '--data', this.data, ...this.#ports, '--config', file], options.prefix);
  }

  /** @returns once it listens */
  async start(options: CollectorOptions = {}): Promise<void> {
    const running = this.begin(options);
    await until('the collector listens', () => this.listening !== undefined, running, PATIENCE_MS);
    this.keepPorts();
  }

  /** Of this run; undefined until it is ready. */
  get listening(): Listening | undefined {
    const listening = readJson<Listening>(join(this.data, 'listening.json'));
    return listening !== undefined && listening.pid === this.running?.child.pid ? listening : undefined;
  }

  keepPorts(): void {
    const { httpUrl = '', mqttUrl = '', gateUrl } = this.listening ?? {};
    this.#ports = ['--http-port', new URL(httpUrl).port, '--mqtt-port', new URL(mqttUrl).port];
    if (gateUrl === undefined) return;
    this.#ports.push('--gate-port', new URL(gateUrl).port);
  }

  async admin<T>(...args: string[]): Promise<T> {
    const output = await this.programs.run('collector/main.ts', [...args, '--data', this.data, '--json']);
    if (output.code !== 0) throw new Error(output.stderr);
    return JSON.parse(output.stdout) as T;
  }

  /** Asks the API. */
  async get<T>(path: string): Promise<T> {
    this.#token ||= (await this.admin<{ token: string }>('token', 'add', 'faults', '--role', 'soc')).token;
    const response = await fetch(`${this.listening?.httpUrl}${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
  }

  /** One of `/metrics`, all labels added up. */
  async metric(name: string): Promise<number> {
    const text = await this.get<string>('/metrics');
    const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }
}
