import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askCollector, downloadFromCollector } from '../../collector/admin/client.js';
import type { Broker } from '../../collector/broker/broker.js';
import { startCollector } from '../../collector/compose.js';
import { CollectorConfig } from '../../collector/config.js';
import type { Fleet } from '../../collector/fleet/fleet.js';
import type { DeadLetters } from '../../collector/ingest/dead-letters.js';
import type { EnrolmentCode, SiteList } from '../../protocol/api/fleet.js';
import type { CommandList, CommandView, SiteConfig } from '../../protocol/api/remote.js';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import type { Scope } from '../../protocol/base/scope.js';
import { systemClock } from '../../protocol/base/time.js';
import { officeTraffic } from '../../scripts/traffic/office.js';
import { writeRecording } from '../../scripts/traffic/writers.js';
import { Programs, type Running, readJson, until } from './programs.js';
import { SlowLine } from './slow-line.js';

export const SITE = 'head-office';
const ENDED = new Set(['done', 'failed', 'refused', 'expired', 'no-answer']);
/** Long enough for a start of the agent on a machine that is busy with other tests. */
export const PROOF_MS = 12_000;
const LINE_MS = 60;

interface Status {
  readonly state: string;
  readonly pid: number;
  readonly publisher: { readonly state: string };
  readonly sensor: { readonly last?: object };
  readonly remote?: { readonly state: string; readonly version: number };
}

/** A collector in this process, whose hand can be forced, and a box as a process of its own, over a slow line. */
export class RemoteStage {
  readonly programs = new Programs();
  readonly collectorData = this.programs.makeFolder('collector');
  readonly agentData = this.programs.makeFolder('agent');
  readonly #line = new SlowLine(LINE_MS);
  #scope: Scope | undefined;
  agent: Running | undefined;

  #component<T>(wanted: string): T {
    return this.#scope?.components.find(({ name }) => name === wanted) as T;
  }

  get fleet(): Fleet {
    return this.#component<Fleet>('fleet');
  }

  get deadLetters(): DeadLetters {
    return this.#component<DeadLetters>('dead-letters');
  }

  /** Of the console and the API. */
  get url(): string {
    return readJson<{ httpUrl: string }>(join(this.collectorData, 'listening.json'))?.httpUrl ?? '';
  }

  /** Somebody who has replaced the one-time password. @returns the cookie of the session */
  async signedIn(name: string, role: string, company?: string): Promise<string> {
    const user = { name, role, ...(company !== undefined && { company }) };
    const { password } = await this.ask<{ password: string }>('POST', '/users', user);
    const headers = { 'content-type': 'application/json', origin: this.url };
    const body = JSON.stringify({ name, password });
    const session = await fetch(`${this.url}/api/v1/session`, { method: 'POST', headers, body });
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    const changed = await fetch(`${this.url}/api/v1/session/password`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({ current: password, next: 'a lookout on the tower' }),
    });
    if (!changed.ok) throw new Error(await changed.text());
    return changed.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  }

  async start(): Promise<void> {
    const recording = this.programs.path('office.pcap');
    const startUs = Date.parse('2026-11-20T01:00:00Z') * 1000;
    await writeRecording(recording, officeTraffic({ minutes: 2, pcs: 5, seed: 3, startUs }), 'pcap');
    const config = loadConfig(CollectorConfig, {
      overrides: {
        data: this.collectorData,
        ...{ http: { port: 0 }, broker: { port: 0 }, gate: { port: 0 } },
        fleet: { keyFile: this.programs.path('collector.key') },
        remote: { answerMs: 500 },
      },
    });
    this.#scope = await startCollector(config, { clock: systemClock, random: Math.random, log: silentLogger });
    await this.#line.start(this.#component<Broker>('broker').port);
    await this.ask('POST', '/companies', { id: 'test', name: 'Test' });
    await this.ask('POST', '/sites', { id: SITE, company: 'test', name: '本社' });
    const { code } = await this.ask<EnrolmentCode>('POST', `/sites/${SITE}/enrolment-codes`);
    const { gateUrl = '' } = readJson<{ gateUrl: string }>(join(this.collectorData, 'listening.json')) ?? {};
    const args = ['enrol', '--collector', gateUrl, '--code', code, '--data', this.agentData];
    const output = await this.programs.run('agent/main.ts', args);
    if (output.code !== 0) throw new Error(output.stderr);
  }

  async close(): Promise<void> {
    await this.agent?.stop();
    await this.#line.close();
    await this.#scope?.close();
    await this.programs.close();
  }

  /** @param policy of the office */
  async startAgent(policy: object = {}): Promise<void> {
    const file = this.programs.path('agent.json');
    const publish = { url: `mqtts://localhost:${this.#line.port}`, backoffMsMax: 500 };
    const health = { firstMs: 500, everyMs: 1_000 };
    writeFileSync(file, JSON.stringify({ publish, health, policy, remote: { proofMs: PROOF_MS } }));
    const replay = ['--replay', this.programs.path('office.pcap'), '--loop', '--paced'];
    this.agent = this.programs.start('agent/main.ts', ['run', '--data', this.agentData, '--config', file, ...replay]);
    await this.untilConnected();
  }

  async untilConnected(): Promise<void> {
    const isThere = (): boolean => {
      const status = this.status();
      const isOurs = status?.pid === this.agent?.child.pid;
      return isOurs && status?.publisher.state === 'connected' && status.sensor.last !== undefined;
    };
    await until('the box is connected', isThere, this.agent);
  }

  status(): Status | undefined {
    return readJson(join(this.agentData, 'status.json'));
  }

  ask<T>(method: string, path: string, body?: object): Promise<T> {
    return askCollector<T>(this.collectorData, method, path, body);
  }

  download(id: string): Promise<Buffer> {
    return downloadFromCollector(this.collectorData, `/sites/${SITE}/commands/${id}/result`);
  }

  /** Sends a command and waits for its end. */
  async command(name: string, args: object = {}, expiresInS = 120): Promise<CommandView> {
    const { id } = await this.ask<CommandView>('POST', `/sites/${SITE}/commands`, { name, args, expiresInS });
    return this.ended(id);
  }

  async ended(id: string): Promise<CommandView> {
    let command: CommandView | undefined;
    await until(`command ${id} ends`, async () => {
      command = (await this.ask<CommandList>('GET', `/sites/${SITE}/commands`)).commands.find((each) => each.id === id);
      return command !== undefined && ENDED.has(command.state);
    });
    return command as CommandView;
  }

  async presence(): Promise<string | undefined> {
    return (await this.ask<SiteList>('GET', '/sites')).sites[0]?.agent?.presence;
  }

  config(): Promise<SiteConfig> {
    return this.ask('GET', `/sites/${SITE}/config`);
  }

  setConfig(settings: object): Promise<SiteConfig> {
    return this.ask('PUT', `/sites/${SITE}/config`, { settings });
  }

  async untilConfig(what: string, isTrue: (config: SiteConfig) => boolean): Promise<SiteConfig> {
    let config: SiteConfig | undefined;
    await until(what, async () => {
      config = await this.config();
      return isTrue(config);
    });
    return config as SiteConfig;
  }

  /** The newest alert of a rule, once there is one. */
  async alert(rule: string): Promise<Record<string, unknown>> {
    let found: Array<Record<string, unknown>> = [];
    await until(`an alert ${rule}`, async () => {
      const path = `/events?q=rule.id:${rule}&from=now-1h&limit=1`;
      found = (await this.ask<{ events: Array<Record<string, unknown>> }>('GET', path)).events;
      return found.length > 0;
    });
    return found[0] ?? {};
  }

  /** The only box. */
  get box(): { agent: string; site: string; company: string } {
    return [...this.fleet.agents][0] as { agent: string; site: string; company: string };
  }

  /** Whatever is on the line: as somebody who sits on it would. */
  force(kind: 'command' | 'config', message: string): void {
    this.#component<Broker>('broker').send(this.box, kind, Buffer.from(message));
  }

  /** The box's own book, the newest last. */
  boxAudit(): Array<{ what: string; id?: string; name?: string; code?: string; version?: number }> {
    const file = join(this.agentData, 'remote/audit.ndjson');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  async untilAudit(
    what: string,
    isTrue: (entry: ReturnType<RemoteStage['boxAudit']>[number]) => boolean,
  ): Promise<void> {
    await until(`the book of the box has: ${what}`, () => this.boxAudit().some(isTrue));
  }
}
