import type { Alarm, AlarmBook } from './alarm-book.js';
import type { BoxWatch } from './box-watch.js';
import type { OutageConfig, OutageDeps } from './outage-deps.js';
import { MANY_RULE, manyBackWords, manyWords } from './outage-texts.js';
import { type About, THE_COLLECTOR } from './teller.js';
import { causesOf, type Gone, groupsOf, type Place } from './together.js';

/** When so few of those that went together are missing, it is over. */
const OVER_SHARE = 0.1;
/** It is told again when it has become so much larger, and not sooner than this after the last time. */
const GROWN = 2;
const AGAIN_MS = 300_000;

type Watches = ReadonlyMap<string, BoxWatch>;
type Group = Alarm & { readonly members: readonly string[]; readonly peak: number; readonly told: number };

/** Many sites that went at about the same time: one alert, for as long as most of them are missing. */
export class ManyOutages {
  readonly #config: OutageConfig;
  readonly #deps: OutageDeps;
  readonly #alarms: AlarmBook;
  readonly #members = new Set<string>();
  readonly #toldAt = new Map<string, number>();
  readonly #joinedAt = new Map<string, number>();
  #isRead = false;

  constructor(config: OutageConfig, deps: OutageDeps, alarms: AlarmBook) {
    this.#config = config;
    this.#deps = deps;
    this.#alarms = alarms;
  }

  /** Whether a box is missing as one of many: it is not told by itself. */
  has(agent: string): boolean {
    this.#read();
    return this.#members.has(agent);
  }

  /** Those that are back leave; when most are, that is told. */
  async recover(at: number, watches: Watches): Promise<void> {
    this.#read();
    for (const [key, group] of this.#groups()) {
      const missing = group.members.filter((agent) => this.#isMissing(watches.get(agent), at));
      if (missing.length === group.members.length) continue;
      for (const agent of group.members) this.#members.delete(agent);
      if (missing.length > Math.floor(group.peak * OVER_SHARE)) {
        for (const agent of missing) this.#members.add(agent);
        await this.#alarms.put(key, { ...group, members: missing });
        continue;
      }
      const words = manyBackWords(group.subject, group.peak, missing.length);
      const value = { value: missing.length, usual: group.peak };
      const told = { ...words, ...value, state: 'recovered', subject: group.subject, since: group.sinceMs } as const;
      if ((await this.#deps.tell(THE_COLLECTOR, told)) === undefined) {
        for (const agent of group.members) this.#members.add(agent);
        continue;
      }
      for (const agent of missing) watches.get(agent)?.restart(at);
      await this.#alarms.delete(key);
    }
  }

  /**
   * Puts those that are lost into the groups they belong to, and makes new ones.
   * @param lost that would be told one by one by now
   */
  async gather(
    at: number,
    lost: readonly About[],
    watches: Watches,
    boxes: ReadonlyMap<string, About>,
    isTold: (agent: string) => boolean,
  ): Promise<void> {
    if (lost.length === 0) return;
    const sites = await this.#deps.sites();
    const place = (box: About): Gone => {
      const { prefecture, provider } = sites.get(box.site) ?? {};
      return { agent: box.agent, prefecture, provider, address: this.#deps.standing(box.agent).address };
    };
    const nameOf = (agent: string): string => {
      const site = boxes.get(agent)?.site ?? agent;
      return sites.get(site)?.name ?? site;
    };
    const rest = await this.#join(at, lost.map(place));
    if (rest.length > 0) {
      const gone = [...rest, ...this.#alsoGone(at, rest, watches, boxes, isTold).map(place)];
      const here: Place[] = [];
      for (const box of boxes.values()) if (watches.get(box.agent)?.isHere === true) here.push(place(box));
      for (const { cause, agents, of } of groupsOf(gone, here, this.#config))
        await this.#raise(at, { cause, agents, of, here: here.length }, nameOf);
    }
    await this.#tellGrown(at, watches, nameOf);
  }

  /** Those that went about when these did, and will be due soon. */
  #alsoGone(
    at: number,
    rest: readonly Gone[],
    watches: Watches,
    boxes: ReadonlyMap<string, About>,
    isTold: (agent: string) => boolean,
  ): About[] {
    const due = new Set(rest.map(({ agent }) => agent));
    const soonMs = this.#config.offlineMs / 2;
    return [...boxes.values()].filter(({ agent }) => {
      const lostAt = watches.get(agent)?.lostAt;
      return lostAt !== undefined && at - lostAt >= soonMs && !due.has(agent) && !this.has(agent) && !isTold(agent);
    });
  }

  /** @returns those that belong to no group that there is */
  async #join(at: number, lost: readonly Gone[]): Promise<Gone[]> {
    let rest = [...lost];
    for (const [key, group] of this.#groups()) {
      const isNear = at - (this.#joinedAt.get(key) ?? Number.NEGATIVE_INFINITY) <= this.#config.togetherMs;
      const isOf = (gone: Gone): boolean =>
        group.subject === 'all' || group.subject === 'mixed' ? isNear : causesOf(gone).includes(group.subject);
      const joining = rest.filter(isOf).map(({ agent }) => agent);
      if (joining.length === 0) continue;
      rest = rest.filter((gone) => !isOf(gone));
      await this.#keep(at, key, { ...group, members: [...group.members, ...joining] });
    }
    return rest;
  }

  async #raise(
    at: number,
    { cause, agents, of, here }: { cause: string; agents: readonly string[]; of: number; here: number },
    nameOf: (agent: string) => string,
  ): Promise<void> {
    const words = manyWords({ cause, missing: agents.length, of, here, names: agents.map(nameOf) });
    const sinceMs = Math.min(...agents.map((agent) => this.#goneMs(agent)));
    const value = { value: agents.length, usual: of, subject: cause, since: sinceMs };
    if ((await this.#deps.tell(THE_COLLECTOR, { ...words, ...value, state: 'raised' })) === undefined) return;
    const key = `many:${cause}@${this.#deps.clock.now()}`;
    this.#toldAt.set(key, at);
    const told = agents.length;
    await this.#keep(at, key, {
      ...THE_COLLECTOR,
      rule: MANY_RULE,
      subject: cause,
      sinceMs,
      members: agents,
      peak: 0,
      told,
    });
  }

  /** Hours of growing must not look like the little it was at first. */
  async #tellGrown(at: number, watches: Watches, nameOf: (agent: string) => string): Promise<void> {
    for (const [key, group] of this.#groups()) {
      const missing = group.members.length;
      if (missing < group.told * GROWN || at - (this.#toldAt.get(key) ?? at - AGAIN_MS) < AGAIN_MS) continue;
      const here = [...watches.values()].filter(({ isHere }) => isHere).length;
      const { subject: cause, sinceMs } = group;
      const words = manyWords({
        cause,
        missing,
        of: Math.max(missing, group.peak),
        here,
        names: group.members.map(nameOf),
      });
      const told = { ...words, value: missing, subject: cause, since: sinceMs, state: 'repeated' } as const;
      if ((await this.#deps.tell(THE_COLLECTOR, told)) === undefined) continue;
      this.#toldAt.set(key, at);
      await this.#alarms.put(key, { ...group, told: missing });
    }
  }

  async #keep(at: number, key: string, group: Group): Promise<void> {
    for (const agent of group.members) this.#members.add(agent);
    this.#joinedAt.set(key, at);
    await this.#alarms.put(key, { ...group, peak: Math.max(group.peak, group.members.length) });
  }

  #isMissing(watch: BoxWatch | undefined, at: number): boolean {
    return watch !== undefined && !watch.isBack(at, this.#config.steadyMs);
  }

  #goneMs(agent: string): number {
    const { goneMs, lastMs } = this.#deps.standing(agent);
    return goneMs ?? lastMs;
  }

  #groups(): Array<[string, Group]> {
    return this.#alarms.all('many:') as Array<[string, Group]>;
  }

  /** Those from before this start. */
  #read(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    for (const [, group] of this.#groups()) for (const agent of group.members) this.#members.add(agent);
  }
}
