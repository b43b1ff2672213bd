import type { Scene } from './scene.js';

/** What a rule has found wrong. */
export interface Finding {
  readonly value: number;
  readonly usual: number;
  readonly message: string;
  readonly messageJa: string;
  readonly subject?: string;
}

/** All is well; or, undefined, there is too little to tell. */
export type Verdict = Finding | 'well' | undefined;

/** What one rule watches for. It learns what is usual, and says when what it sees is not. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  /** 0 to 100. */
  readonly severity: number;
  /** Said when all is well again. */
  readonly recovered: { readonly en: string; readonly ja: string };
  /** Rules that, while they have found something, explain what this one finds. */
  readonly explainedBy: readonly string[];
  /** @param isRaised whether it was found before and is not over: what ends it may be another measure */
  judge(scene: Scene, isRaised: boolean): Verdict;
  /** Once a minute, while nothing is wrong. */
  learn(scene: Scene): void;
  /** As JSON, for `load` of the next run. */
  save(): unknown;
  /** Takes what `save` gave, as far as it makes sense: it has been outside. */
  load(state: unknown): void;
}
