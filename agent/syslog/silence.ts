import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeError } from '../../protocol/base/errors.js';
import { replaceFile } from '../../protocol/base/files.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { AlertRecord } from '../../protocol/records/alert.js';
import type { SilenceConfig } from './config.js';
import { hourOfWeek } from './habit.js';
import { enoughWords, forgottenWords, heardWords, lowWords, silentWords } from './silence-texts.js';
import type { Source } from './source.js';
import { type Finding, type StoredWatched, Watched } from './watched.js';

export interface SilenceDeps extends World {
  readonly file: string;
  /** Of the office: in whose days and hours its habits are. */
  readonly zone: string;
  readonly sourcesMax: number;
  sources(): readonly Source[];
  /** Whether anything could be heard. */
  isListening(): boolean;
  tell(alert: AlertRecord): void;
}

const DAY_MS = 86_400_000;
const SAVE_MS = 3_600_000;
type Words = ReturnType<typeof silentWords>;

/**
 * Misses sources that fall silent, and those that say far less than usual. It stands on the box, where silence is seen
 * first-hand: when the box is off or cannot hear there is nobody who could take that for a silence of the sources, and
 * the collector tells that the box is away.
 */
export class Silence implements Component {
  readonly name = 'silence';
  readonly #config: SilenceConfig;
  readonly #deps: SilenceDeps;
  readonly #watched = new Map<string, Watched>();
  /** Messages of each source that were looked at. */
  readonly #seen = new WeakMap<Source, number>();
  #lastMs: number | undefined;
  #savedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor(config: SilenceConfig, deps: SilenceDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#load();
    this.#isStarted = true;
    this.#savedMs = this.#deps.clock.monotonic();
    if (this.#config.isOn) this.#timer = setInterval(() => this.check(), this.#config.checkMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#isStarted && this.#config.isOn) this.#save();
    this.#isStarted = false;
  }

  isSilent(id: string): boolean {
    return this.#watched.get(id)?.isSilent ?? false;
  }

  /** One look at all sources. */
  check(): void {
    const monotonicMs = this.#deps.clock.monotonic();
    const nowMs = this.#deps.clock.now();
    const sinceMs = this.#lastMs === undefined ? 0 : monotonicMs - this.#lastMs;
    this.#lastMs = monotonicMs;
    // A machine that stood still heard nobody, and that is not their fault.
    const passedMs = this.#deps.isListening() ? Math.min(sinceMs, 2 * this.#config.checkMs) : 0;
    const hour = hourOfWeek(nowMs, this.#deps.zone);
    const news = this.#news();
    let isChanged = false;
    for (const watched of this.#watched.values()) {
      const look = { messages: news.get(watched.id) ?? 0, passedMs, nowMs, hour };
      const findings = watched.look(look);
      for (const finding of findings) this.#tell(watched, finding, nowMs);
      isChanged ||= findings.length > 0;
    }
    isChanged = this.#forget(nowMs) || isChanged;
    if (isChanged || monotonicMs - this.#savedMs >= SAVE_MS) this.#save();
  }

  /** Messages since the last look, by source; new sources are watched from now on. */
  #news(): Map<string, number> {
    const news = new Map<string, number>();
    for (const source of this.#deps.sources()) {
      const { messages, flooded } = source.counts;
      const total = messages + flooded;
      news.set(source.id, total - (this.#seen.get(source) ?? 0));
      this.#seen.set(source, total);
      this.#watch(source);
    }
    return news;
  }

  #watch(source: Source): void {
    let watched = this.#watched.get(source.id);
    if (watched === undefined) {
      if (this.#watched.size >= this.#deps.sourcesMax) this.#dropOne();
      const { id, address, transport, lastMs } = source;
      const habit = { week: [], weeks: [], day: [], days: [], gapMs: 0 };
      watched = new Watched(this.#config, { id, address, transport, lastMs, messages: 0, heardMs: 0, habit });
      this.#watched.set(id, watched);
    }
    watched.vendor = source.vendor ?? watched.vendor;
    watched.product = source.product ?? watched.product;
  }

  /** The one heard longest ago; of one that is missed the end is told. */
  #dropOne(): void {
    const oldest = [...this.#watched.values()].reduce((a, b) => (b.lastMs < a.lastMs ? b : a));
    this.#drop(oldest, this.#deps.clock.now());
  }

  #forget(nowMs: number): boolean {
    const gone = [...this.#watched.values()].filter(({ lastMs }) => nowMs - lastMs > this.#config.forgetMs);
    for (const watched of gone) this.#drop(watched, nowMs);
    return gone.length > 0;
  }

  #drop(watched: Watched, nowMs: number): void {
    this.#watched.delete(watched.id);
    const days = Math.max(1, Math.round((nowMs - watched.lastMs) / DAY_MS));
    if (watched.silentSinceMs !== undefined)
      this.#send(watched, forgottenWords(watched, days), 'recovered', watched.silentSinceMs, nowMs);
    if (watched.lowSinceMs !== undefined)
      this.#send(watched, enoughWords(watched, 0, 0), 'recovered', watched.lowSinceMs, nowMs);
  }

  #tell(watched: Watched, finding: Finding, nowMs: number): void {
    const send = (words: Words, state: 'raised' | 'recovered', sinceMs: number, facts = {}): void =>
      this.#send(watched, words, state, sinceMs, nowMs, facts);
    if (finding.kind === 'silent')
      send(silentWords(watched, finding.quietMs, this.#others(watched)), 'raised', watched.silentSinceMs ?? nowMs);
    else if (finding.kind === 'heard') send(heardWords(watched, nowMs - finding.sinceMs), 'recovered', finding.sinceMs);
    else {
      const { messages, usual } = finding;
      const facts = { 'hinomi.alert.value': messages, 'hinomi.alert.usual': usual };
      if (finding.kind === 'low')
        send(lowWords(watched, messages, usual), 'raised', watched.lowSinceMs ?? nowMs, facts);
      else send(enoughWords(watched, messages, usual), 'recovered', finding.sinceMs, facts);
    }
  }

  #others(watched: Watched): 'heard' | 'silent' | 'none' {
    const others = [...this.#watched.values()].filter((each) => each !== watched && each.address !== watched.address);
    if (others.length === 0) return 'none';
    return others.some(({ isSilent, quietMs }) => !isSilent && quietMs < watched.quietMs) ? 'heard' : 'silent';
  }

  #send(
    watched: Watched,
    words: Words,
    state: 'raised' | 'recovered',
    sinceMs: number,
    nowMs: number,
    facts: object = {},
  ): void {
    this.#deps.tell({
      '@timestamp': isoMillis(nowMs),
      'event.kind': 'alert',
      'event.dataset': 'alert',
      ...words,
      'hinomi.alert.state': state,
      'hinomi.alert.since': isoMillis(sinceMs),
      'hinomi.alert.subject': watched.id,
      ...facts,
    });
    this.#deps.log.warn({ rule: words['rule.id'], state, source: watched.id }, 'alert');
  }

  #load(): void {
    let stored: unknown;
    try {
      stored = JSON.parse(readFileSync(this.#deps.file, 'utf8'));
    } catch {
      // None yet, or none that can be read: habits are learned anew.
      return;
    }
    for (const each of Array.isArray(stored) ? stored.slice(0, this.#deps.sourcesMax) : [])
      if (isStored(each)) this.#watched.set(each.id, new Watched(this.#config, each));
  }

  #save(): void {
    this.#savedMs = this.#deps.clock.monotonic();
    try {
      mkdirSync(dirname(this.#deps.file), { recursive: true, mode: 0o700 });
      const all = [...this.#watched.values()].map((watched) => watched.stored());
      replaceFile(this.#deps.file, JSON.stringify(all), 0o600);
    } catch (error) {
      this.#deps.log.warn({ error: describeError(error) }, 'habits of sources could not be saved');
    }
  }
}

function isStored(value: unknown): value is StoredWatched {
  if (typeof value !== 'object' || value === null) return false;
  const { id, address, transport, messages, heardMs, lastMs } = value as Record<string, unknown>;
  return (
    [id, address, transport].every((each) => typeof each === 'string') &&
    [messages, heardMs, lastMs].every((each) => typeof each === 'number')
  );
}
