import { type Static, Type } from 'typebox';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { AlarmBook, type AlarmTable } from './alarm-book.js';
import { Attention } from './attention.js';
import { ClockWatch } from './clock-watch.js';
import type { OutageDeps } from './outage-deps.js';
import { Outages } from './outages.js';

const Ms = (defaultMs: number, description: string) =>
  Type.Integer({ default: defaultMs, minimum: 0, maximum: 7 * 86_400_000, description });

export const PresenceConfig = Type.Object(
  {
    checkMs: Type.Integer({ default: 5_000, minimum: 50, maximum: 60_000, description: 'How often is looked.' }),
    graceMs: Ms(300_000, 'After a start, or after it stood still, the collector judges nobody for so long.'),
    offlineMs: Ms(180_000, 'Without a connection for so long: an alert.'),
    goodbyeMs: Ms(4 * 3_600_000, 'The same for a box that was stopped in an orderly way.'),
    silentMs: Ms(150_000, 'Connected, but silent for so long after it began to be called so (2.5 minutes): an alert.'),
    steadyMs: Ms(120_000, 'Connected and heard of for so long: it is back.'),
    togetherMs: Ms(600_000, 'Sites that go within so long of one another may be one event.'),
    manyMin: Type.Integer({ default: 5, minimum: 2, maximum: 10_000, description: 'Fewer are told one by one.' }),
    clockWrongMs: Type.Integer({ default: 60_000, minimum: 1_000, description: 'A clock that is so wrong: an alert.' }),
    clockWaitMs: Ms(120_000, 'For so long.'),
  },
  { additionalProperties: false },
);
export type PresenceConfig = Static<typeof PresenceConfig>;

export interface RollCallDeps extends OutageDeps {
  readonly alarms: AlarmTable;
}

/** Calls the roll: which boxes are missing, silent, or have a wrong clock, and tells it once. */
export class RollCall implements Component {
  readonly name = 'roll-call';
  readonly #config: PresenceConfig;
  readonly #deps: RollCallDeps;
  readonly #alarms: AlarmBook;
  readonly #attention: Attention;
  readonly #outages: Outages;
  readonly #clocks: ClockWatch;
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;

  constructor(config: PresenceConfig, deps: RollCallDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'roll-call' }) };
    this.#alarms = new AlarmBook(deps.alarms);
    this.#attention = new Attention(config);
    this.#outages = new Outages(config, this.#deps, this.#alarms);
    this.#clocks = new ClockWatch(config, this.#deps, this.#alarms);
  }

  async start(): Promise<void> {
    await this.#alarms.start();
    this.#timer = setInterval(() => {
      this.#checking ??= this.check()
        .catch((error: unknown) => this.#deps.log.error({ error: describeError(error) }, 'presence was not judged'))
        .finally(() => {
          this.#checking = undefined;
        });
    }, this.#config.checkMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
  }

  /** One look at all boxes. */
  async check(): Promise<void> {
    const at = this.#attention.tick(this.#deps.clock.monotonic());
    this.#outages.look(at);
    if (this.#attention.isGrace) return;
    await this.#outages.judge(at);
    await this.#clocks.judge(at);
  }
}
