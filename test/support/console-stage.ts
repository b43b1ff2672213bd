import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { officeTraffic } from '../../scripts/traffic/office.js';
import { writeRecording } from '../../scripts/traffic/writers.js';
import { Programs, readJson, until } from './programs.js';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'collector/console');
const BUILT = join(ROOT, 'dist/console/index.html');

/** A collector with one enrolled site, and an agent that replays an office of this minute: what the console shows. */
export class ConsoleStage {
  readonly programs = new Programs();
  readonly site = 'morioka-1';
  readonly siteName = '盛岡本社';
  url = '';
  #gateUrl = '';
  /** The administrator's one-time password. */
  password = '';

  async start(): Promise<void> {
    buildConsole();
    const data = this.programs.makeFolder('collector');
    const ports = ['--http-port', '0', '--mqtt-port', '0', '--gate-port', '0'];
    const collector = this.programs.start('collector/main.ts', ['run', '--data', data, ...ports]);
    const listening = (): { httpUrl: string; gateUrl: string } | undefined => readJson(join(data, 'listening.json'));
    await until('the collector listens', () => listening() !== undefined, collector);
    this.url = listening()?.httpUrl ?? '';
    this.#gateUrl = listening()?.gateUrl ?? '';
    const admin = <T>(...args: string[]): Promise<T> => this.#admin(args, data);
    this.password = (await admin<{ password: string }>('user', 'add', 'admin', '--role', 'admin')).password;
    await admin('company', 'add', '岩手試験工業', '--id', 'iwate');
    await admin('site', 'add', this.siteName, '--company', 'iwate', '--id', this.site);
    await this.#startAgent((await admin<{ code: string }>('site', 'code', this.site)).code);
  }

  close(): Promise<void> {
    return this.programs.close();
  }

  async #admin<T>(args: string[], data: string): Promise<T> {
    const output = await this.programs.run('collector/main.ts', [...args, '--data', data, '--json']);
    if (output.code !== 0) throw new Error(output.stderr);
    return JSON.parse(output.stdout) as T;
  }

  async #startAgent(code: string): Promise<void> {
    const recording = this.programs.path('office.pcap');
    const startUs = (Date.now() - 120_000) * 1_000;
    await writeRecording(recording, officeTraffic({ minutes: 2, pcs: 3, seed: 7, startUs }), 'pcap');
    const data = this.programs.makeFolder('agent');
    const enrol = ['enrol', '--collector', this.#gateUrl, '--code', code, '--data', data];
    const enrolled = await this.programs.run('agent/main.ts', enrol);
    if (enrolled.code !== 0) throw new Error(enrolled.stderr);
    this.programs.start('agent/main.ts', ['run', '--data', data, '--replay', recording]);
  }
}

/** Builds the console unless what is built is newer than every source of it. @throws Error with the builder's words */
export function buildConsole(): void {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > newestMs(SOURCES)) return;
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const env = { ...process.env, NODE_ENV: 'production' };
  const built = spawnSync(process.execPath, [vite, 'build', SOURCES], { cwd: ROOT, encoding: 'utf8', env });
  if (built.status !== 0) throw new Error(`the console could not be built: ${built.stdout}${built.stderr}`);
}

function newestMs(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
