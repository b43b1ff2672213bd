import type { CoverageCounts } from '../sight/counts.js';
import type { Rule, Verdict } from './rule.js';
import type { Scene } from './scene.js';
import { UsualShare } from './usual-share.js';

export interface ShareRuleSpec {
  readonly id: string;
  readonly name: string;
  readonly severity: number;
  readonly explainedBy?: readonly string[];
  /** Of what is judged, and how much of it there must be. */
  readonly whole: (counts: CoverageCounts) => number;
  readonly wholeMin: number;
  readonly part: (counts: CoverageCounts) => number;
  readonly partMin?: number;
  /** Unusual is more than `times` what is usual and `over` on top. */
  readonly times: number;
  readonly over: number;
  /** @param percent that was measured, @param usual that is usual: texts with a sign */
  readonly message: (percent: string, usual: string) => string;
  readonly messageJa: (percent: string, usual: string) => string;
  readonly recovered: { readonly en: string; readonly ja: string };
}

/** A rule about a share that should not rise: of what was seen in the last minutes, and what it usually is here. */
export class ShareRule implements Rule {
  readonly id: string;
  readonly name: string;
  readonly severity: number;
  readonly recovered: { readonly en: string; readonly ja: string };
  readonly explainedBy: readonly string[];
  readonly #spec: ShareRuleSpec;
  readonly #usual = new UsualShare();

  constructor(spec: ShareRuleSpec) {
    this.#spec = spec;
    this.id = spec.id;
    this.name = spec.name;
    this.severity = spec.severity;
    this.recovered = spec.recovered;
    this.explainedBy = spec.explainedBy ?? [];
  }

  judge(scene: Scene, isRaised: boolean): Verdict {
    const usual = this.#usual.usual(scene.timeS);
    const counts = scene.enough(this.#spec.whole, this.#spec.wholeMin);
    if (usual === undefined || counts === undefined) return undefined;
    const value = this.#shareOf(counts);
    const limit = usual * this.#spec.times + this.#spec.over;
    // What was raised is over only when it is well below.
    if (value <= (isRaised ? (usual + limit) / 2 : limit)) return 'well';
    if (!isRaised && this.#spec.part(counts) < (this.#spec.partMin ?? 0)) return 'well';
    const texts = [percentOf(value), percentOf(usual)] as const;
    return { value, usual, message: this.#spec.message(...texts), messageJa: this.#spec.messageJa(...texts) };
  }

  learn(scene: Scene): void {
    const counts = scene.enough(this.#spec.whole, this.#spec.wholeMin);
    if (counts !== undefined) this.#usual.learn(scene.timeS, this.#shareOf(counts));
  }

  save(): unknown {
    return this.#usual.save();
  }

  load(state: unknown): void {
    this.#usual.load(state);
  }

  #shareOf(counts: CoverageCounts): number {
    return this.#spec.part(counts) / this.#spec.whole(counts);
  }
}

function percentOf(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : Math.round(percent * 10) / 10}%`;
}
