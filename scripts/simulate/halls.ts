import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../protocol/base/place.js';
import type { Hall, View } from './hall.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const END_MS_MAX = 10_000;

/** Processes of simulated sites, asked together. */
export class Halls {
  readonly #children: ChildProcess[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;

  /**
   * @param form `built` needs `buildPrograms`
   * @param nodeArgs for Node itself
   */
  constructor(count: number, form: 'sources' | 'built', nodeArgs: readonly string[] = []) {
    const [file, loader] =
      form === 'built' ? ['dist/scripts/simulate/worker.js', []] : ['scripts/simulate/worker.ts', ['--import', 'tsx']];
    for (let index = 0; index < count; index++) {
      const child = fork(join(ROOT, file), { execArgv: [...loader, ...nodeArgs] });
      child.on('message', ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error === undefined) waiting?.resolve(value);
        else waiting?.reject(new Error(error));
      });
      child.on('exit', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('a process of simulated sites ended'));
        this.#waiting.clear();
      });
      this.#children.push(child);
    }
  }

  get count(): number {
    return this.#children.length;
  }

  get pids(): number[] {
    return this.#children.map(({ pid }) => pid ?? 0);
  }

  /** The same of every hall. */
  all<K extends keyof Hall>(name: K, ...args: Parameters<Hall[K]>): Promise<Awaited<ReturnType<Hall[K]>>[]> {
    return Promise.all(this.#children.map((_child, index) => this.one(index, name, ...args)));
  }

  one<K extends keyof Hall>(
    hall: number,
    name: K,
    ...args: Parameters<Hall[K]>
  ): Promise<Awaited<ReturnType<Hall[K]>>> {
    const id = this.#serial++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#children[hall]!.send({ id, name, args });
    });
  }

  /** All halls as one. */
  async look(): Promise<View> {
    return joined(await this.all('look'));
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    await Promise.all(
      this.#children.map((child) => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        const ended = new Promise((done) => child.once('exit', done));
        // They end themselves without their parent; a profile is written then.
        child.disconnect();
        const timer = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
        return ended.finally(() => clearTimeout(timer));
      }),
    );
  }
}

export function joined(views: readonly View[]): View {
  const sum = (pick: (view: View) => number): number => views.reduce((total, view) => total + pick(view), 0);
  return {
    sites: sum((view) => view.sites),
    connected: sum((view) => view.connected),
    connections: sum((view) => view.connections),
    latenciesMs: views.flatMap((view) => view.latenciesMs),
    p0Waiting: sum((view) => view.p0Waiting),
    pendingRecords: sum((view) => view.pendingRecords),
    pendingP0: sum((view) => view.pendingP0),
    accepted: sum((view) => view.accepted),
    evicted: sum((view) => view.evicted),
    refused: sum((view) => view.refused),
    sentAgain: sum((view) => view.sentAgain),
    failures: [...new Set(views.flatMap((view) => view.failures))],
    rssBytes: sum((view) => view.rssBytes),
  };
}
