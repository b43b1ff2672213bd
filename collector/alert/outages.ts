import type { AlarmBook } from './alarm-book.js';
import { BoxWatch, type Trouble } from './box-watch.js';
import { ManyOutages } from './many-outages.js';
import type { OutageConfig, OutageDeps } from './outage-deps.js';
import { backWords, OFFLINE_RULE, ruleOf, SILENT_RULE, troubleWords } from './outage-texts.js';
import type { About } from './teller.js';

/** One key a box and rule. */
const keyOf = (agent: string, rule: string): string => `box:${agent}:${rule}`;

/** Boxes that are gone or say nothing: one by one, or together where many went at once. */
export class Outages {
  readonly #config: OutageConfig;
  readonly #deps: OutageDeps;
  readonly #alarms: AlarmBook;
  readonly #watches = new Map<string, BoxWatch>();
  readonly #many: ManyOutages;
  #boxes = new Map<string, About>();

  constructor(config: OutageConfig, deps: OutageDeps, alarms: AlarmBook) {
    this.#config = config;
    this.#deps = deps;
    this.#alarms = alarms;
    this.#many = new ManyOutages(config, deps, alarms);
  }

  /** Looks at each box; nothing is told. @param at time attended */
  look(at: number): void {
    this.#boxes = new Map([...this.#deps.boxes()].map((box) => [box.agent, box]));
    for (const agent of this.#watches.keys()) if (!this.#boxes.has(agent)) this.#watches.delete(agent);
    for (const agent of this.#boxes.keys()) {
      let watch = this.#watches.get(agent);
      if (watch === undefined) {
        watch = new BoxWatch();
        this.#watches.set(agent, watch);
      }
      watch.look(this.#deps.standing(agent), at, this.#config);
    }
  }

  /** Tells what is over, then what is new. */
  async judge(at: number): Promise<void> {
    await this.#tellRecovered(at);
    await this.#many.recover(at, this.#watches);
    await this.#tellNew(at);
  }

  async #tellRecovered(at: number): Promise<void> {
    for (const [key, alarm] of this.#alarms.all('box:')) {
      if (alarm.rule !== OFFLINE_RULE && alarm.rule !== SILENT_RULE) continue;
      const why = this.#whyOver(alarm, at);
      if (why === undefined) continue;
      const words = backWords(alarm.rule, why);
      const told = { ...words, state: 'recovered', since: alarm.sinceMs, subject: alarm.subject } as const;
      if ((await this.#deps.tell(alarm, told)) !== undefined) await this.#alarms.delete(key);
    }
  }

  #whyOver({ agent, rule }: { agent: string; rule: string }, at: number): 'back' | 'offline' | 'gone' | undefined {
    const watch = this.#watches.get(agent);
    if (watch === undefined) return 'gone';
    if (watch.isBack(at, this.#config.steadyMs)) return 'back';
    const trouble = watch.trouble(at, this.#config);
    return rule === SILENT_RULE && trouble !== undefined && trouble !== 'silent' ? 'offline' : undefined;
  }

  async #tellNew(at: number): Promise<void> {
    const due: Array<[About, Trouble]> = [];
    for (const [agent, watch] of this.#watches) {
      const trouble = watch.trouble(at, this.#config);
      if (trouble === undefined || this.#isTold(agent, trouble) || this.#many.has(agent)) continue;
      due.push([this.#boxes.get(agent)!, trouble]);
    }
    if (due.length === 0) return;
    const lost = due.filter(([, trouble]) => trouble === 'lost').map(([box]) => box);
    await this.#many.gather(at, lost, this.#watches, this.#boxes, (agent) => this.#isTold(agent, 'lost'));
    for (const [box, trouble] of due) if (!this.#many.has(box.agent)) await this.#raise(box, trouble);
  }

  #isTold(agent: string, trouble: Trouble): boolean {
    return this.#alarms.get(keyOf(agent, ruleOf(trouble))) !== undefined;
  }

  async #raise(box: About, trouble: Trouble): Promise<void> {
    const { lastMs, goneMs } = this.#deps.standing(box.agent);
    const since = trouble === 'silent' ? lastMs : (goneMs ?? lastMs);
    const words = troubleWords(trouble, lastMs);
    if ((await this.#deps.tell(box, { ...words, state: 'raised', since, subject: trouble })) === undefined) return;
    const { agent, site, company } = box;
    const alarm = { agent, site, company, rule: words.rule, subject: trouble, sinceMs: since };
    await this.#alarms.put(keyOf(agent, words.rule), alarm);
  }
}
