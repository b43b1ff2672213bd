import type { About } from './teller.js';

/** An alert that is raised and not over. */
export interface Alarm extends About {
  readonly rule: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly members?: readonly string[];
  readonly peak?: number;
  readonly told?: number;
}

export interface AlarmTable {
  list(): Promise<Array<[string, Alarm]>>;
  put(key: string, value: Alarm): Promise<void>;
  delete(key: string): Promise<void>;
}

/** What is raised, kept on disk: after a restart nothing is raised twice, and the end of it is told. */
export class AlarmBook {
  readonly #table: AlarmTable;
  readonly #alarms = new Map<string, Alarm>();

  constructor(table: AlarmTable) {
    this.#table = table;
  }

  async start(): Promise<void> {
    for (const [key, alarm] of await this.#table.list()) this.#alarms.set(key, alarm);
  }

  get(key: string): Alarm | undefined {
    return this.#alarms.get(key);
  }

  /** Those whose keys begin so; a copy, so that it may be changed on the way. */
  all(prefix: string): Array<[string, Alarm]> {
    return [...this.#alarms].filter(([key]) => key.startsWith(prefix));
  }

  async put(key: string, alarm: Alarm): Promise<void> {
    this.#alarms.set(key, alarm);
    await this.#table.put(key, alarm);
  }

  async delete(key: string): Promise<void> {
    this.#alarms.delete(key);
    await this.#table.delete(key);
  }
}
