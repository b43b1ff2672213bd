import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import type { Clock } from '../../protocol/base/time.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { Alarm } from './alarm-book.js';
import type { Standing } from './outage-deps.js';
import { PresenceConfig, RollCall } from './roll-call.js';
import { Teller } from './teller.js';

export const CHECK_MS = 5_000;

export interface Site {
  readonly prefecture?: string;
  readonly provider?: string;
  readonly address?: string;
}

interface Box {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
  readonly place: Site;
  standing: Standing;
}

/** Support of tests: a roll call over boxes that do as they are told, at a time of its own. */
export class Roll {
  monotonicMs = 0;
  setMs = Date.parse('2026-11-25T00:00:00Z');
  readonly boxes = new Map<string, Box>();
  readonly rows: AnyRecord[] = [];
  readonly alarms = new Map<string, Alarm>();
  /** While it is false the store takes nothing. */
  canTell = true;
  #spans = 0;
  readonly #clock: Clock = { now: () => this.setMs + this.monotonicMs, monotonic: () => this.monotonicMs };
  readonly #world = { clock: this.#clock, random: Math.random, log: silentLogger };
  #rollCall = this.#make();

  #make(): RollCall {
    const teller = new Teller({
      ...this.#world,
      insert: async (rows) => {
        if (!this.canTell) throw new Error('full');
        this.rows.push(...rows);
      },
    });
    return new RollCall(loadConfig(PresenceConfig, {}), {
      ...this.#world,
      boxes: () => this.boxes.values(),
      standing: (agent) => this.boxes.get(agent)!.standing,
      sites: async () =>
        new Map([...this.boxes.values()].map(({ site, place }) => [site, { name: `拠点 ${site}`, ...place }])),
      tell: (about, telling) => teller.tell(about, telling),
      alarms: {
        list: async () => [...this.alarms],
        put: async (key, alarm) => void this.alarms.set(key, alarm),
        delete: async (key) => void this.alarms.delete(key),
      },
    });
  }

  add(agent: string, place: Site = {}): void {
    const standing: Standing = { presence: 'offline', span: 0, lastMs: this.#clock.now() };
    this.boxes.set(agent, { agent, site: `s-${agent}`, company: 'c', place, standing });
    this.connect(agent);
  }

  connect(...agents: readonly string[]): void {
    for (const agent of agents) {
      const { goneMs: _, ...standing } = this.#of(agent);
      this.#set(agent, { ...standing, presence: 'connected', span: ++this.#spans, lastMs: this.#clock.now() });
    }
  }

  lose(...agents: readonly string[]): void {
    for (const agent of agents) this.become(agent, 'offline');
  }

  become(agent: string, presence: Standing['presence'], more: Partial<Standing> = {}): void {
    const nowMs = this.#clock.now();
    this.#set(agent, { ...this.#of(agent), presence, lastMs: nowMs, goneMs: nowMs, ...more });
  }

  #of(agent: string): Standing {
    return this.boxes.get(agent)!.standing;
  }

  #set(agent: string, standing: Standing): void {
    const { address } = this.boxes.get(agent)!.place;
    this.boxes.get(agent)!.standing = { ...standing, ...(address === undefined ? {} : { address }) };
  }

  /** Time in which the collector works. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= CHECK_MS) {
      this.monotonicMs += CHECK_MS;
      await this.#rollCall.check();
    }
  }

  /** Time in which it stands still. */
  freeze(ms: number): void {
    this.monotonicMs += ms;
  }

  async restart(downMs: number): Promise<void> {
    await this.#rollCall.close();
    this.monotonicMs += downMs;
    for (const agent of this.boxes.keys()) if (this.#of(agent).presence !== 'goodbye') this.become(agent, 'offline');
    this.#rollCall = this.#make();
    await this.#rollCall.start();
  }

  close(): Promise<void> {
    return this.#rollCall.close();
  }

  /** What was told, such as `raised site-offline s-a`. */
  get told(): string[] {
    return this.rows.map((row) => {
      const about = row['hinomi.site'] === '' ? row['hinomi.alert.subject'] : row['hinomi.site'];
      return `${row['hinomi.alert.state']} ${row['rule.id']} ${about}`;
    });
  }
}
