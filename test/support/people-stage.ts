import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildConsole } from './console-stage.js';
import { Programs, readJson, until } from './programs.js';

/** A collector without boxes that asks its staff for a second step: what the console shows to administrators. */
export class PeopleStage {
  readonly programs = new Programs();
  url = '';
  /** The administrator's one-time password. */
  password = '';
  #data = '';

  async start(): Promise<void> {
    buildConsole();
    this.#data = this.programs.makeFolder('collector');
    const config = this.programs.path('collector.json');
    writeFileSync(config, JSON.stringify({ users: { totp: 'staff' } }));
    const ports = ['--http-port', '0', '--mqtt-port', '0', '--gate-port', '0'];
    const args = ['run', '--data', this.#data, '--config', config, ...ports];
    const collector = this.programs.start('collector/main.ts', args);
    const listening = (): { httpUrl: string } | undefined => readJson(join(this.#data, 'listening.json'));
    await until('the collector listens', () => listening() !== undefined, collector);
    this.url = listening()?.httpUrl ?? '';
    this.password = (JSON.parse(await this.admin('user', 'add', '花子', '--role', 'admin', '--json')) as this).password;
    await this.admin('company', 'add', '岩手試験工業', '--id', 'iwate');
  }

  close(): Promise<void> {
    return this.programs.close();
  }

  /** `hinomi-collector ...`, and what it prints. @throws Error with its words */
  async admin(...args: string[]): Promise<string> {
    const output = await this.programs.run('collector/main.ts', [...args, '--data', this.#data]);
    if (output.code !== 0) throw new Error(output.stderr);
    return output.stdout;
  }
}
