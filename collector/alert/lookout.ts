import { type Static, Type } from 'typebox';
import type { CanaryOutcome, SightSummary } from '../../protocol/api/fleet.js';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { CanaryFate } from './canary-fate.js';
import { Sight } from './sight.js';
import type { Telling } from './teller.js';

export const LookoutConfig = Type.Object(
  {
    checkMs: Type.Integer({ default: 30_000, minimum: 100, description: 'How often canaries are looked after.' }),
    canaryWaitMs: Type.Integer({
      default: 180_000,
      minimum: 1_000,
      description: 'From the word that a canary was sent to the alert that its record did not come.',
    }),
    canaryEveryMs: Type.Integer({
      default: 26 * 3_600_000,
      minimum: 1_000,
      description: 'A connected box that sent no canary for so long has forgotten it: a day, and some.',
    }),
  },
  { additionalProperties: false },
);
export type LookoutConfig = Static<typeof LookoutConfig>;

/** Who sent a record, from its certificate. */
export interface Box {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

export interface LookoutDeps extends World {
  /** The boxes that are enrolled now. */
  boxes(): Iterable<Box>;
  /** Since when a box is connected; undefined when it is not. */
  connectedSinceMs(agent: string): number | undefined;
  /** What was stored of coverage, alerts and canaries since then, oldest first. */
  recent(fromMs: number): Promise<readonly AnyRecord[]>;
  /** @returns the alert's row, or undefined when it could not be written */
  tell(box: Box, telling: Telling): Promise<AnyRecord | undefined>;
}

/** Far enough back for the last canary and what is raised since a day. */
const RECENT_MS = 27 * 3_600_000;
const RULE = 'canary-missed';

const REASONS: Partial<Record<CanaryOutcome, readonly [en: string, ja: string]>> = {
  not_seen: [
    'The daily marked packet was sent, but the sensor did not see it. Restart the box; when it happens again, check its interface and run hinomi-agent doctor.',
    '毎日の確認用パケットは送られましたが、センサーが見ていません。監視装置を再起動してください。繰り返す場合はインターフェースを確かめ、hinomi-agent doctor を実行してください。',
  ],
  not_delivered: [
    'The sensor saw the daily marked packet, but its record did not reach the collector. Look for gap records and at the spool (hinomi-agent status).',
    'センサーは毎日の確認用パケットを見ましたが、記録が監視センターに届いていません。gap の記録と送信待ちの量(hinomi-agent status)を確かめてください。',
  ],
  not_sent: [
    'The box is connected, but sent no marked packet today. Look at the reason in its canary records and at hinomi-agent status; the watched interface needs an address.',
    '監視装置は接続中ですが、今日の確認用パケットを送っていません。canary の記録の理由と hinomi-agent status を確かめてください。監視するインターフェースにはアドレスが必要です。',
  ],
};
const ARRIVED = [
  'The daily marked packet arrives again.',
  '毎日の確認用パケットが再び届いています。対応は不要です。',
] as const;

/** Knows what each box sees, and notices when its daily canary does not come out. */
export class Lookout implements Component {
  readonly name = 'lookout';
  readonly #config: LookoutConfig;
  readonly #deps: LookoutDeps;
  readonly #sights = new Map<string, Sight>();
  readonly #fates = new Map<string, CanaryFate>();
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;

  constructor(config: LookoutConfig, deps: LookoutDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'lookout' }) };
  }

  /** Reads back what was told before this start. */
  async start(): Promise<void> {
    this.#startedMs = this.#deps.clock.now();
    for (const record of await this.#recent()) {
      const { 'hinomi.agent': agent, 'event.ingested': ingested } = record;
      if (typeof agent === 'string') this.#take(agent, record, Date.parse(String(ingested)) || this.#startedMs);
    }
    this.#timer = setInterval(() => {
      this.#checking ??= this.check().finally(() => {
        this.#checking = undefined;
      });
    }, this.#config.checkMs);
  }

  /** Without it an alarm that lasts may be told once more. That must not keep a collector from starting. */
  async #recent(): Promise<readonly AnyRecord[]> {
    try {
      return await this.#deps.recent(this.#startedMs - RECENT_MS);
    } catch (error) {
      this.#deps.log.error({ error: describeError(error) }, 'what was told before this start could not be read');
      return [];
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
  }

  /** Records that are on disk. */
  onStored(box: Box, records: readonly AnyRecord[]): void {
    const nowMs = this.#deps.clock.now();
    for (const record of records) this.#take(box.agent, record, nowMs);
  }

  sightOf(agent: string): SightSummary | undefined {
    const sight = this.#sights.get(agent);
    const fate = this.#fates.get(agent);
    return sight === undefined && fate === undefined ? undefined : (sight ?? new Sight()).summary(fate);
  }

  #take(agent: string, record: AnyRecord, nowMs: number): void {
    const dataset = record['event.dataset'];
    if (dataset === 'coverage') this.#sight(agent).onCoverage(record);
    else if (dataset === 'alert') this.#sight(agent).onAlert(record);
    else if (dataset === 'canary') this.#fate(agent).onSaid(record, nowMs);
    else if (dataset === 'dns') this.#onDns(agent, record['dns.question.name']);
  }

  /** Most names are nobody's canary. */
  #onDns(agent: string, name: unknown): void {
    if (typeof name === 'string' && name.startsWith('hinomi-')) this.#fate(agent).onName(name);
  }

  /** Judges each box's canary. */
  async check(): Promise<void> {
    const nowMs = this.#deps.clock.now();
    const { canaryWaitMs: waitMs, canaryEveryMs: everyMs } = this.#config;
    for (const box of this.#deps.boxes()) {
      const sinceMs = this.#deps.connectedSinceMs(box.agent);
      const connectedMs = sinceMs === undefined ? undefined : Math.max(sinceMs, this.#startedMs);
      const outcome = this.#fate(box.agent).judge(nowMs, connectedMs, { waitMs, everyMs });
      const isRaised = this.#sight(box.agent).isRaised(RULE);
      const reason = outcome === undefined ? undefined : REASONS[outcome];
      if (outcome !== undefined && reason !== undefined && !isRaised) await this.#tell(box, 'raised', reason, outcome);
      if (outcome === 'arrived' && isRaised) await this.#tell(box, 'recovered', ARRIVED, outcome);
    }
  }

  /** When it cannot be written it is tried at the next check. */
  async #tell(
    box: Box,
    state: 'raised' | 'recovered',
    [message, messageJa]: readonly [string, string],
    subject: CanaryOutcome,
  ): Promise<void> {
    const row = await this.#deps.tell(box, {
      rule: RULE,
      name: 'The daily canary did not come out',
      state,
      severity: state === 'raised' ? 60 : 10,
      ...{ message, messageJa, subject },
    });
    if (row !== undefined) this.#sight(box.agent).onAlert(row);
  }

  #sight(agent: string): Sight {
    let sight = this.#sights.get(agent);
    if (sight === undefined) {
      sight = new Sight();
      this.#sights.set(agent, sight);
    }
    return sight;
  }

  #fate(agent: string): CanaryFate {
    let fate = this.#fates.get(agent);
    if (fate === undefined) {
      fate = new CanaryFate();
      this.#fates.set(agent, fate);
    }
    return fate;
  }
}
