import type { AlarmBook } from './alarm-book.js';
import type { OutageDeps } from './outage-deps.js';
import { type About, type Telling, THE_COLLECTOR } from './teller.js';

export const CLOCK_RULE = 'clock-wrong';

/** Half of what is wrong is right again: a clock at the limit is not told again and again. */
const OVER_SHARE = 0.5;
/** Clocks within this of one another are wrong in the same way. */
const SAME_MS = 10_000;

export interface ClockConfig {
  readonly clockWrongMs: number;
  readonly clockWaitMs: number;
  readonly manyMin: number;
}

interface Measured {
  readonly box: About;
  readonly skewMs: number;
}

/** Boxes whose clock is wrong; where most are wrong in the same way, it is the collector's own. */
export class ClockWatch {
  readonly #config: ClockConfig;
  readonly #deps: OutageDeps;
  readonly #alarms: AlarmBook;
  /** Since when it is wrong, in time attended. */
  readonly #wrongAt = new Map<string, number>();

  constructor(config: ClockConfig, deps: OutageDeps, alarms: AlarmBook) {
    this.#config = config;
    this.#deps = deps;
    this.#alarms = alarms;
  }

  async judge(at: number): Promise<void> {
    const measured = this.#measure();
    const oursMs = this.#ownSkew(measured);
    const isOurs = oursMs !== undefined;
    await this.#judge(THE_COLLECTOR, oursMs ?? 0, at);
    const boxes = new Set<string>();
    for (const { box, skewMs } of measured) {
      boxes.add(box.agent);
      // What is our own fault is nobody else's; what was told before stays until it is known better.
      if (!isOurs) await this.#judge(box, skewMs, at);
    }
    await this.#forget(boxes);
  }

  #measure(): Measured[] {
    const measured: Measured[] = [];
    for (const box of this.#deps.boxes()) {
      const { presence, skewMs } = this.#deps.standing(box.agent);
      if (skewMs !== undefined && presence === 'connected') measured.push({ box, skewMs });
    }
    return measured;
  }

  /** The skew that more than half of the boxes have in common, when it is a large one. */
  #ownSkew(measured: readonly Measured[]): number | undefined {
    if (measured.length < this.#config.manyMin) return undefined;
    const sorted = measured.map(({ skewMs }) => skewMs).sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1]!;
    if (Math.abs(median) < this.#config.clockWrongMs) return undefined;
    const same = sorted.filter((skewMs) => Math.abs(skewMs - median) <= SAME_MS).length;
    return same > measured.length / 2 ? median : undefined;
  }

  async #judge(about: About, skewMs: number, at: number): Promise<void> {
    const key = `clock:${about.agent}`;
    const raised = this.#alarms.get(key);
    const { clockWrongMs, clockWaitMs } = this.#config;
    if (Math.abs(skewMs) < clockWrongMs) this.#wrongAt.delete(key);
    else if (!this.#wrongAt.has(key)) this.#wrongAt.set(key, at);
    const since = this.#wrongAt.get(key);
    const nowMs = this.#deps.clock.now();
    if (raised === undefined && since !== undefined && at - since >= clockWaitMs) {
      if ((await this.#tell(about, 'raised', skewMs, nowMs)) === undefined) return;
      const { agent, site, company } = about;
      await this.#alarms.put(key, { agent, site, company, rule: CLOCK_RULE, subject: '', sinceMs: nowMs });
    } else if (raised !== undefined && Math.abs(skewMs) < clockWrongMs * OVER_SHARE) {
      if ((await this.#tell(about, 'recovered', skewMs, raised.sinceMs)) !== undefined) await this.#alarms.delete(key);
    }
  }

  #tell(about: About, state: 'raised' | 'recovered', skewMs: number, since: number) {
    const isOurs = about.agent === THE_COLLECTOR.agent;
    const words = state === 'recovered' ? RIGHT : wrongWords(isOurs, skewMs);
    const name = isOurs ? "The collector's clock is wrong" : "The box's clock is wrong";
    const severity = state === 'recovered' ? 10 : isOurs ? 70 : 50;
    const value = Math.round(skewMs / 1_000);
    return this.#deps.tell(about, { rule: CLOCK_RULE, name, state, severity, since, value, ...words });
  }

  /** Boxes that are no more take their alarms with them; those that are away keep them. */
  async #forget(measured: ReadonlySet<string>): Promise<void> {
    const enrolled = new Set([...this.#deps.boxes()].map(({ agent }) => agent));
    for (const [key, { agent }] of this.#alarms.all('clock:'))
      if (agent !== THE_COLLECTOR.agent && !enrolled.has(agent)) await this.#alarms.delete(key);
    for (const key of this.#wrongAt.keys()) {
      const agent = key.slice('clock:'.length);
      if (agent !== THE_COLLECTOR.agent && !measured.has(agent)) this.#wrongAt.delete(key);
    }
  }
}

type Words = Pick<Telling, 'message' | 'messageJa'>;
const RIGHT: Words = {
  message: 'The clock is right again. Records from before keep the time that they were sent with.',
  messageJa: '時計は正しくなりました。それまでの記録は、送られたときの時刻のままです。',
};

function wrongWords(isOurs: boolean, skewMs: number): Words {
  const [en, ja] = spanOf(Math.abs(skewMs));
  if (isOurs) {
    const [sideEn, sideJa] = skewMs > 0 ? ['behind', '遅れて'] : ['ahead', '進んで'];
    return {
      message: `Most boxes agree that this collector's clock is ${en} ${sideEn}. Check its time service (timedatectl): certificates and alerts depend on it.`,
      messageJa: `多くの監視装置と比べて、監視センターの時計が約 ${ja}${sideJa}います。時刻の同期(timedatectl)を確かめてください。証明書と警報に影響します。`,
    };
  }
  const [sideEn, sideJa] = skewMs > 0 ? ['ahead', '進んで'] : ['behind', '遅れて'];
  return {
    message: `The box's clock is ${en} ${sideEn}, and its records carry that time. Check that the office lets it ask a time server (NTP, UDP 123), and its battery; find the records with --by ingested.`,
    messageJa: `監視装置の時計が約 ${ja}${sideJa}いて、記録もその時刻になっています。事業所のネットワークから時刻サーバー(NTP、UDP 123)へ届くかと、装置の電池を確かめてください。記録は受け取った時刻(--by ingested)で探せます。`,
  };
}

function spanOf(ms: number): [en: string, ja: string] {
  const minutes = ms / 60_000;
  if (minutes < 120) return [`${Math.round(minutes)} min`, `${Math.round(minutes)} 分`];
  if (minutes < 2 * 1_440) return [`${Math.round(minutes / 60)} h`, `${Math.round(minutes / 60)} 時間`];
  return [`${Math.round(minutes / 1_440)} days`, `${Math.round(minutes / 1_440)} 日`];
}
