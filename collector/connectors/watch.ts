import { describeError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import { onlyCompany } from './account.js';
import type { ConnectorsConfig } from './config.js';
import type { Poller } from './poller.js';
import { agentOf } from './rows.js';
import { RULES, raisedText, recoveredText, type Telling } from './texts.js';

/** What an alert is about, as the table wants it. */
export interface About {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

export interface Alarm extends About {
  readonly rule: string;
  readonly subject: string;
  readonly sinceMs: number;
}

export interface WatchDeps extends World {
  readonly alarms: {
    list(): Promise<Array<[string, Alarm]>>;
    put(key: string, alarm: Alarm): Promise<void>;
    delete(key: string): Promise<void>;
  };
  pollers(): Iterable<Poller>;
  /** @returns undefined when it could not be told */
  tell(about: About, telling: Telling): Promise<unknown>;
}

const PREFIX = 'edr:';
type Trouble = {
  readonly rule: keyof typeof RULES;
  readonly what: string;
  readonly error: string;
  readonly about: About;
};

/** Tells when an account does not work, and when it does again. */
export class Watch {
  readonly #config: Pick<ConnectorsConfig, 'silentMs' | 'inventoryMs'>;
  readonly #deps: WatchDeps;
  readonly #alarms = new Map<string, Alarm>();
  #checking: Promise<void> = Promise.resolve();

  constructor(config: Pick<ConnectorsConfig, 'silentMs' | 'inventoryMs'>, deps: WatchDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const [key, alarm] of await this.#deps.alarms.list()) if (key.startsWith(PREFIX)) this.#alarms.set(key, alarm);
  }

  check(): Promise<void> {
    this.#checking = this.#checking.then(() =>
      this.#check().catch((error: unknown) => {
        this.#deps.log.error({ error: describeError(error) }, 'EDR accounts were not judged; tried again');
      }),
    );
    return this.#checking;
  }

  async #check(): Promise<void> {
    const known = new Map([...this.#deps.pollers()].map((poller) => [poller.account.id, poller]));
    for (const poller of known.values()) if (poller.account.isPaused !== true) await this.#judge(poller);
    for (const [key, { agent }] of [...this.#alarms])
      if (![...known.keys()].some((id) => agentOf(id) === agent)) await this.#forget(key);
  }

  async #judge(poller: Poller): Promise<void> {
    const { id, name } = poller.account;
    const troubles = this.#troublesOf(poller);
    for (const [key, trouble] of troubles) {
      if (this.#alarms.has(key)) continue;
      const sinceMs = this.#deps.clock.now();
      const telling = raisedText(trouble.rule, id, trouble.what, trouble.error, sinceMs);
      if ((await this.#deps.tell(trouble.about, { ...telling, subject: trouble.what })) === undefined) continue;
      const alarm = { ...trouble.about, rule: RULES[trouble.rule], subject: trouble.what, sinceMs };
      this.#alarms.set(key, alarm);
      await this.#deps.alarms.put(key, alarm);
    }
    // What has not been tried since the start is not known to work.
    if (poller.standing.okMs === undefined) return;
    const isOf = (key: string): boolean => key === `${PREFIX}${id}` || key.startsWith(`${PREFIX}${id}:`);
    for (const [key, alarm] of [...this.#alarms]) {
      if (!isOf(key) || troubles.has(key) || this.#isUntried(poller, key)) continue;
      const telling = { ...recoveredText(alarm.rule, alarm.subject || name, alarm.sinceMs), subject: alarm.subject };
      if ((await this.#deps.tell(alarm, telling)) !== undefined) await this.#forget(key);
    }
  }

  #isUntried(poller: Poller, key: string): boolean {
    const tasks = [...poller.tasks].filter(({ tenant }) => key.endsWith(`:${tenant.id}`));
    return tasks.some(({ okMs }) => okMs === undefined);
  }

  #troublesOf(poller: Poller): Map<string, Trouble> {
    const { account, standing } = poller;
    const now = this.#deps.clock.monotonic();
    const { silentMs, inventoryMs } = this.#config;
    const about = { agent: agentOf(account.id), site: '', company: onlyCompany(account) };
    const key = `${PREFIX}${account.id}`;
    const facts = { what: account.name, error: standing.error ?? '', about };
    if (standing.refusedMs !== undefined) return new Map([[key, { rule: 'refused', ...facts }]]);
    if (now - (standing.okMs ?? standing.startedMs) > silentMs) return new Map([[key, { rule: 'silent', ...facts }]]);
    const troubles = new Map<string, Trouble>();
    for (const { tenant, stream, okMs, error, place } of poller.tasks) {
      const longMs = stream === 'endpoints' ? silentMs + inventoryMs : silentMs;
      if (error === undefined || now - (okMs ?? standing.startedMs) <= longMs) continue;
      const of = { agent: about.agent, site: place.site, company: place.company };
      troubles.set(`${key}:${tenant.id}`, {
        rule: 'tenant',
        what: `${account.name} / ${tenant.name}`,
        error,
        about: of,
      });
    }
    return troubles;
  }

  async #forget(key: string): Promise<void> {
    this.#alarms.delete(key);
    await this.#deps.alarms.delete(key);
  }
}
