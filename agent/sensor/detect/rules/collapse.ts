import type { CoverageCounts } from '../../sight/counts.js';
import { HourlyLows } from '../hourly-lows.js';
import type { Finding, Rule, Verdict } from '../rule.js';
import type { Scene } from '../scene.js';

/** Packets a minute below which an hour is too quiet to tell anything. */
const USUAL_MIN = 60;
const FALLEN = 0.1;
const RISEN = 0.3;
/** Minutes of today that tell whether the office is at work; those just before the fall; and the fall's own. */
const TODAY_MINUTES = 30;
const TODAY_MINUTES_MIN = 20;
const BEFORE_MINUTES = 5;
const FALL_MINUTES = 3;
/** It was at work up to the fall: people who go home take longer. */
const ALIVE = 0.5;
/** What nights look like is no fall, where nights have anything to be known by. */
const FLOOR_MIN = 6;
const LIKE_NIGHT = 0.5;

/** Packets between others in a minute; of links without addresses, all packets. */
function measure({ unicast, multicast, unicastOthers, packets }: CoverageCounts): number {
  return unicast + multicast > 0 ? unicastOthers : packets;
}

/**
 * Far fewer packets than this hour ever has, all of a sudden, in an office that was at work. Two rules share it: when
 * what is for everybody still comes, the mirror has stopped; else nearly nothing comes.
 */
export class Collapse implements Rule {
  readonly id: string;
  readonly name: string;
  readonly severity = 60;
  readonly explainedBy: readonly string[];
  readonly recovered = {
    en: 'There are as many packets as usual again.',
    ja: 'パケットの量はふだんどおりに戻りました。対応は不要です。',
  };
  readonly #isOfMirror: boolean;
  readonly #lows = new HourlyLows();
  /** By minute, newest last. */
  readonly #today: number[] = [];
  readonly #toMany: number[] = [];
  #minuteS = 0;
  /** What it was before it fell. */
  #level = 0;

  /** @param isOfMirror whether this is the rule about a mirror that carries only what is for everybody */
  constructor(isOfMirror: boolean) {
    this.#isOfMirror = isOfMirror;
    this.id = isOfMirror ? 'coverage-unicast' : 'coverage-collapse';
    this.explainedBy = ['coverage-silence', 'coverage-overload', isOfMirror ? 'coverage-collapse' : 'coverage-unicast'];
    this.name = isOfMirror ? 'The mirror carries only broadcasts' : 'Traffic has collapsed';
  }

  judge(scene: Scene, isRaised: boolean): Verdict {
    this.#follow(scene);
    const value = measure(scene.minute);
    if (isRaised) return value < this.#level * RISEN ? this.#finding(value, this.#level) : 'well';
    const usual = this.#lows.low(scene);
    if (usual === undefined || usual < USUAL_MIN) return undefined;
    if (value >= usual * FALLEN) return 'well';
    const [today, before] = this.#levels();
    if (today === undefined) return undefined;
    const level = Math.min(usual, today);
    const floor = this.#lows.floor();
    const isLikeNight = floor >= FLOOR_MIN && value >= floor * LIKE_NIGHT;
    if (value >= level * FALLEN || before < today * ALIVE || isLikeNight) return 'well';
    if (this.#hasOthers(scene) !== this.#isOfMirror) return 'well';
    this.#level = level;
    return this.#finding(value, level);
  }

  learn(scene: Scene): void {
    this.#lows.learn(scene, measure(scene.minute));
  }

  save(): unknown {
    return { lows: this.#lows.save(), level: this.#level };
  }

  load(state: unknown): void {
    const { lows, level } = (state ?? {}) as { lows?: unknown; level?: unknown };
    this.#lows.load(lows);
    if (typeof level === 'number' && level >= 0) this.#level = level;
  }

  #follow(scene: Scene): void {
    if (scene.timeS - this.#minuteS < 60) return;
    if (scene.timeS - this.#minuteS > 120) this.#today.length = 0;
    this.#minuteS = scene.timeS;
    keep(this.#today, measure(scene.minute));
    keep(this.#toMany, scene.minute.multicast);
  }

  /** Of today, and of the minutes just before the last ones. */
  #levels(): [today: number | undefined, before: number] {
    const until = this.#today.length - FALL_MINUTES;
    if (until < TODAY_MINUTES_MIN) return [undefined, 0];
    return [medianOf(this.#today.slice(0, until)), medianOf(this.#today.slice(until - BEFORE_MINUTES, until))];
  }

  /** Whether what is for everybody still comes. */
  #hasOthers(scene: Scene): boolean {
    const usual = medianOf(this.#toMany.slice(0, -FALL_MINUTES));
    return usual >= 1 && scene.minute.multicast >= Math.max(1, usual * RISEN);
  }

  #finding(value: number, usual: number): Finding {
    const [now, level] = [Math.round(value), Math.round(usual)];
    if (this.#isOfMirror) {
      return {
        value,
        usual,
        message: `Only broadcasts are seen: ${now} packets a minute between other devices, usual are at least ${level}. The mirror has stopped: check the mirror settings of the switch (a restart or an exchange loses them).`,
        messageJa: `ブロードキャストしか見えていません。機器どうしのパケットは 1 分に ${now} 個で、ふだんは少なくとも ${level} 個です。ミラーが止まっています。スイッチの再起動や交換で設定が消えていないか確かめてください。`,
      };
    }
    return {
      value,
      usual,
      message: `Traffic has collapsed to ${now} packets a minute, usual at this hour are at least ${level}. Check the cable to the mirror port and whether the office's network works; ask whether power was cut.`,
      messageJa: `通信量が 1 分に ${now} パケットまで急に減りました。この時間帯のふだんは少なくとも ${level} です。ミラーポートのケーブルと、拠点のネットワークが使えているか(停電や機器の故障がないか)を確かめてください。`,
    };
  }
}

function keep(list: number[], value: number): void {
  list.push(value);
  if (list.length > TODAY_MINUTES + FALL_MINUTES) list.shift();
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
