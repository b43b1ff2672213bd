import { LongestSilence } from '../longest-silence.js';
import type { Rule, Verdict } from '../rule.js';
import { LOOK_S, type Scene } from '../scene.js';

/** Twice the longest silence that is known here, and a minute. */
const TIMES = 2;
const SLACK_S = 60;

/** Nothing at all is heard from others, for longer than ever. */
export class Silence implements Rule {
  readonly id = 'coverage-silence';
  readonly name = 'Nothing is heard';
  readonly severity = 70;
  readonly explainedBy: readonly string[] = [];
  readonly recovered = {
    en: 'Packets are heard again.',
    ja: '再びパケットが届いています。対応は不要です。',
  };
  readonly #longest = new LongestSilence();
  #atS = 0;

  judge(scene: Scene, isRaised: boolean): Verdict {
    this.#follow(scene);
    if (isRaised) this.#longest.forget();
    const { silentS } = this.#longest;
    const usual = this.#longest.longestS();
    if (usual === undefined) return undefined;
    if (silentS < usual * TIMES + SLACK_S) return 'well';
    const minutes = Math.max(1, Math.round(silentS / 60));
    return {
      value: silentS,
      usual,
      message: `Nothing has been heard from the network for ${minutes} min. Check the cable to the mirror port, the switch's power, and its mirror settings.`,
      messageJa: `ネットワークから ${minutes} 分間、何も届いていません。ミラーポートのケーブル、スイッチの電源、ミラーの設定の順に確かめてください。`,
    };
  }

  learn(scene: Scene): void {
    this.#follow(scene);
    this.#longest.learn(scene.day);
  }

  save(): unknown {
    return this.#longest.save();
  }

  load(state: unknown): void {
    this.#longest.load(state);
  }

  #follow(scene: Scene): void {
    if (scene.timeS === this.#atS) return;
    const { packets, own } = scene.look;
    this.#longest.follow(packets > own, LOOK_S);
    this.#atS = scene.timeS;
  }
}
