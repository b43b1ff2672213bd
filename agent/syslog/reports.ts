import type { World } from '../../protocol/base/world.js';
import type { SourceRecord } from '../../protocol/records/source.js';
import type { Counts, Source } from './source.js';
import { recordOfSource } from './source-record.js';

export interface ReportsDeps extends World {
  isSilent(id: string): boolean;
  tell(record: SourceRecord): void;
}

interface Told {
  readonly counts: Counts;
  readonly atMs: number;
}

/** The first word of a new source is told soon, so that whoever sets up a device sees it arrive. */
const FIRST_MS = 10_000;

/** Tells of each source every few minutes. */
export class Reports {
  readonly #reportMs: number;
  readonly #deps: ReportsDeps;
  readonly #told = new WeakMap<Source, Told>();
  #sources: () => readonly Source[] = () => [];
  #timer: NodeJS.Timeout | undefined;

  constructor(config: { readonly reportMs: number }, deps: ReportsDeps) {
    this.#reportMs = config.reportMs;
    this.#deps = deps;
  }

  start(sources: () => readonly Source[]): void {
    this.#sources = sources;
    this.#timer = setInterval(() => this.#look(), Math.min(FIRST_MS, this.#reportMs));
  }

  /** What is new since the last word is told. */
  close(): void {
    clearInterval(this.#timer);
    for (const source of this.#sources()) this.last(source);
    this.#sources = () => [];
  }

  /** The last word of a source. */
  last(source: Source): void {
    if (this.#told.get(source)?.counts.messages !== source.counts.messages) this.#tell(source);
  }

  #look(): void {
    const nowMs = this.#deps.clock.monotonic();
    for (const source of this.#sources()) {
      const told = this.#told.get(source);
      if (told === undefined || nowMs - told.atMs >= this.#reportMs) this.#tell(source);
    }
  }

  #tell(source: Source): void {
    const { clock } = this.#deps;
    const told = this.#told.get(source);
    const nowMs = clock.now();
    const periodMs = told === undefined ? Math.max(0, nowMs - source.firstMs) : clock.monotonic() - told.atMs;
    const facts = { periodMs, nowMs, isSilent: this.#deps.isSilent(source.id) };
    this.#deps.tell(recordOfSource(source, told?.counts ?? {}, facts));
    this.#told.set(source, { counts: { ...source.counts }, atMs: clock.monotonic() });
  }
}
