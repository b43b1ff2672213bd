import type { AlertRecord } from '../../../protocol/records/alert.js';
import type { CoverageCounts } from '../sight/counts.js';
import { timeText } from '../track/flow-record.js';
import type { Finding, Rule, Verdict } from './rule.js';
import { checksums } from './rules/checksums.js';
import { Collapse } from './rules/collapse.js';
import { evictions } from './rules/evictions.js';
import { loss } from './rules/loss.js';
import { oneWay } from './rules/one-way.js';
import { overload } from './rules/overload.js';
import { Silence } from './rules/silence.js';
import { undecoded } from './rules/undecoded.js';
import { VlanGone } from './rules/vlan-gone.js';
import { LOOK_S, LOOKS_PER_MINUTE, Scene } from './scene.js';

/** Looks in a row that find the same before it is told, and that find nothing before it is over. */
const LOOKS_TO_RAISE = 2;
const LOOKS_TO_RECOVER = 6;
/** What lasts is told again after a day. What comes and goes is told this often at most. */
const REPEAT_S = 86_400;
const RAISE_AGAIN_S = 1_800;
/** What has lasted this long is how it is here now: it is learned anew. */
const ACCEPT_S = 7 * 86_400;
const STATE_VERSION = 1;

/** What the rules watch for, those that explain others first. A new rule is a file and a line here. */
const makeRules = (): Rule[] => [
  new Silence(),
  overload(),
  new Collapse(true),
  new Collapse(false),
  oneWay(),
  loss(),
  checksums(),
  undecoded(),
  evictions(),
  new VlanGone(),
];

interface Watched {
  rule: Rule;
  /** When it began, seconds; undefined while all is well. */
  sinceS: number | undefined;
  toldS: number;
  found: number;
  clear: number;
  isQuiet: boolean;
}

/** The part of `Detector.state()` that is kept of a rule. */
interface SavedRule {
  readonly learned: unknown;
  readonly sinceS?: number;
  readonly toldS?: number;
}

/** Looks at what the sensor sees every 20 seconds, and tells when it falls from what is usual here. Pure: time comes in. */
export class Detector {
  readonly #emit: (alert: AlertRecord) => void;
  readonly #watched: Watched[];
  readonly #scene: Scene;
  #looks = 0;

  /** @param config the office's clock */
  constructor(config: { readonly utcOffsetMin: number }, emit: (alert: AlertRecord) => void) {
    this.#emit = emit;
    this.#scene = new Scene(config.utcOffsetMin);
    this.#watched = makeRules().map((rule) => ({
      rule,
      sinceS: undefined,
      toldS: Number.NEGATIVE_INFINITY,
      found: 0,
      clear: 0,
      isQuiet: false,
    }));
  }

  /** @param timeS start of the look @param look what was counted in it @param vlans packets by VLAN since the start */
  onLook(timeS: number, look: CoverageCounts, vlans: Readonly<Float64Array>): void {
    this.#scene.add(timeS, look, vlans);
    if (!this.#scene.isWhole) return;
    this.#looks += 1;
    const isMinute = this.#looks % LOOKS_PER_MINUTE === 0;
    const active = new Set(this.#watched.filter(({ sinceS }) => sinceS !== undefined).map(({ rule }) => rule.id));
    for (const watched of this.#watched) {
      const { rule, sinceS } = watched;
      const verdict = rule.judge(this.#scene, sinceS !== undefined);
      if (typeof verdict === 'object') active.add(rule.id);
      const isExplained = rule.explainedBy.some((id) => active.has(id));
      this.#follow(watched, isExplained && sinceS === undefined ? 'well' : verdict);
      // What is wrong now must not become what is usual.
      if (isMinute && !isExplained && !active.has(rule.id)) rule.learn(this.#scene);
    }
  }

  /** What was learned and what is raised, as JSON. */
  state(): unknown {
    const rules = this.#watched.map(({ rule, sinceS, toldS }) => [
      rule.id,
      { learned: rule.save(), ...(sinceS === undefined ? {} : { sinceS, toldS }) },
    ]);
    return { version: STATE_VERSION, rules: Object.fromEntries(rules) };
  }

  /** Takes what `state` gave in an earlier run. What makes no sense is learned anew. */
  load(state: unknown): void {
    const { version, rules } = (state ?? {}) as { version?: unknown; rules?: unknown };
    if (version !== STATE_VERSION || typeof rules !== 'object' || rules === null) return;
    for (const watched of this.#watched) {
      const saved = (rules as Record<string, SavedRule | undefined>)[watched.rule.id];
      watched.rule.load(saved?.learned);
      if (!Number.isFinite(saved?.sinceS) || !Number.isFinite(saved?.toldS)) continue;
      watched.sinceS = saved!.sinceS;
      watched.toldS = saved!.toldS!;
    }
  }

  #follow(watched: Watched, verdict: Verdict): void {
    const finding = typeof verdict === 'object' ? verdict : undefined;
    if (finding !== undefined) watched.found += 1;
    else watched.found = 0;
    if (verdict === 'well') watched.clear += 1;
    else if (finding !== undefined) watched.clear = 0;
    const { timeS } = this.#scene;
    if (watched.sinceS === undefined) {
      if (watched.found >= LOOKS_TO_RAISE) this.#raise(watched, finding!);
    } else if (watched.clear >= LOOKS_TO_RECOVER) {
      this.#recover(watched);
    } else if (timeS - watched.sinceS >= ACCEPT_S) {
      this.#accept(watched);
    } else if (finding !== undefined && timeS - watched.toldS >= (watched.isQuiet ? RAISE_AGAIN_S : REPEAT_S)) {
      this.#tell(watched, finding, watched.isQuiet ? 'raised' : 'repeated');
      watched.isQuiet = false;
    }
  }

  #raise(watched: Watched, finding: Finding): void {
    const { timeS } = this.#scene;
    watched.sinceS = timeS - (LOOKS_TO_RAISE + LOOKS_PER_MINUTE - 2) * LOOK_S;
    watched.clear = 0;
    watched.isQuiet = timeS - watched.toldS < RAISE_AGAIN_S;
    if (!watched.isQuiet) this.#tell(watched, finding, 'raised');
  }

  #recover(watched: Watched): void {
    const { en, ja } = watched.rule.recovered;
    if (!watched.isQuiet) this.#tell(watched, { value: 0, usual: 0, message: en, messageJa: ja }, 'recovered');
    watched.sinceS = undefined;
  }

  /** It has become usual: nobody is told of it any more. */
  #accept(watched: Watched): void {
    watched.rule = makeRules().find(({ id }) => id === watched.rule.id)!;
    watched.sinceS = undefined;
  }

  #tell(watched: Watched, finding: Finding, state: 'raised' | 'repeated' | 'recovered'): void {
    const { rule } = watched;
    const timeS = this.#scene.timeS + LOOK_S;
    if (state !== 'recovered') watched.toldS = this.#scene.timeS;
    this.#emit({
      '@timestamp': timeText(timeS * 1e6),
      'event.kind': 'alert',
      'event.dataset': 'alert',
      'event.severity': state === 'recovered' ? 10 : rule.severity,
      'rule.id': rule.id,
      'rule.name': rule.name,
      message: finding.message,
      'hinomi.message_ja': finding.messageJa,
      'hinomi.alert.state': state,
      'hinomi.alert.since': timeText((watched.sinceS ?? timeS) * 1e6),
      ...(state === 'recovered'
        ? {}
        : { 'hinomi.alert.value': rounded(finding.value), 'hinomi.alert.usual': rounded(finding.usual) }),
      ...(finding.subject === undefined ? {} : { 'hinomi.alert.subject': finding.subject }),
    });
  }
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
