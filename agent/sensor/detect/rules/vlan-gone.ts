import { LongestSilence } from '../longest-silence.js';
import type { Rule, Verdict } from '../rule.js';
import { LOOK_S, type Scene } from '../scene.js';

const VLANS_MAX = 32;
const TIMES = 2;
const SLACK_S = 60;
/** Forgotten when not seen for so long. */
const FORGOTTEN_DAYS = 30;

interface Vlan {
  readonly silence: LongestSilence;
  packets: number;
  day: number;
}

/** A VLAN that was always there is not seen any more, while others are. */
export class VlanGone implements Rule {
  readonly id = 'coverage-vlan-gone';
  readonly name = 'A VLAN is not seen any more';
  readonly severity = 50;
  readonly explainedBy = ['coverage-silence', 'coverage-collapse', 'coverage-unicast'];
  readonly recovered = {
    en: 'The VLAN is seen again.',
    ja: 'VLAN が再び見えています。対応は不要です。',
  };
  readonly #vlans = new Map<number, Vlan>();
  #atS = 0;

  judge(scene: Scene, isRaised: boolean): Verdict {
    this.#follow(scene);
    if (isRaised) for (const { silence } of this.#vlans.values()) silence.forget();
    const gone = [...this.#vlans].filter(([, vlan]) => isGone(vlan));
    const [first] = gone;
    if (first === undefined || gone.length === this.#vlans.size) return 'well';
    const subject = gone.map(([id]) => id).join(', ');
    const { silence } = first[1];
    const minutes = Math.max(1, Math.round(silence.silentS / 60));
    return {
      value: silence.silentS,
      usual: silence.longestS() ?? 0,
      subject,
      message: `VLAN ${subject} has not been seen for ${minutes} min. Check whether it is still among the mirrored VLANs of the switch, and whether its devices have power.`,
      messageJa: `VLAN ${subject} が ${minutes} 分間見えていません。スイッチのミラー対象にこの VLAN が入っているか、その機器の電源が入っているかを確かめてください。`,
    };
  }

  learn(scene: Scene): void {
    this.#follow(scene);
    for (let id = 0; id < scene.vlans.length; id++) if (scene.vlans[id]! > 0) this.#note(id, scene);
    for (const [id, vlan] of this.#vlans) {
      vlan.silence.learn(scene.day);
      if (scene.day - vlan.day > FORGOTTEN_DAYS) this.#vlans.delete(id);
    }
  }

  save(): unknown {
    return [...this.#vlans].map(([id, { silence, day }]) => [id, day, silence.save()]);
  }

  load(state: unknown): void {
    if (!Array.isArray(state)) return;
    for (const entry of state.slice(0, VLANS_MAX)) {
      const [id, day, days] = Array.isArray(entry) ? entry : [];
      if (!Number.isInteger(id) || !Number.isInteger(day)) continue;
      const silence = new LongestSilence();
      silence.load(days);
      this.#vlans.set(id, { silence, packets: 0, day });
    }
  }

  #follow(scene: Scene): void {
    if (scene.timeS === this.#atS) return;
    this.#atS = scene.timeS;
    for (const [id, vlan] of this.#vlans) {
      const packets = scene.vlans[id] ?? 0;
      vlan.silence.follow(packets !== vlan.packets, LOOK_S);
      if (packets !== vlan.packets) vlan.day = scene.day;
      vlan.packets = packets;
    }
  }

  #note(id: number, scene: Scene): void {
    if (this.#vlans.has(id) || this.#vlans.size >= VLANS_MAX) return;
    this.#vlans.set(id, { silence: new LongestSilence(), packets: 0, day: scene.day });
  }
}

function isGone({ silence }: Vlan): boolean {
  const longestS = silence.longestS();
  return longestS !== undefined && silence.silentS >= longestS * TIMES + SLACK_S;
}
