import { isPlainIp } from '../../protocol/records/field-types.js';
import { Networks } from './addresses.js';
import type { KnownSource, SyslogConfig } from './config.js';
import { idOf, Source, type SourceName, type SourceSettings } from './source.js';

interface Known {
  readonly networks: Networks;
  readonly entry: KnownSource;
}

type Now = { readonly ms: number; readonly monotonicMs: number };

/** All sources that were heard, the one heard longest ago first to go. Who may not speak gets none. */
export class Sources {
  readonly #config: SyslogConfig;
  readonly #allowed: Networks;
  readonly #known: readonly Known[];
  readonly #sources = new Map<string, Source>();
  readonly #onForgotten: (source: Source) => void;
  /** Of sources that were forgotten, and of all that was told. */
  readonly #floodedOfGone = { messages: 0, bytes: 0 };
  #told = { messages: 0, bytes: 0 };
  forgotten = 0;
  /** Messages and connections of senders that are not allowed. */
  refused = 0;

  /** @throws Error naming an address or network that is none */
  constructor(config: SyslogConfig, onForgotten: (source: Source) => void = () => {}) {
    this.#config = config;
    this.#onForgotten = onForgotten;
    this.#allowed = new Networks(config.allow);
    this.#known = config.sources.map((entry) => ({ networks: new Networks([entry.address]), entry }));
  }

  isAllowed(address: string): boolean {
    return isPlainIp(address) && this.#allowed.has(address);
  }

  /** Undefined for a sender that is not allowed, which is counted. */
  of(name: SourceName, now: () => Now): Source | undefined {
    const id = idOf(name);
    const known = this.#sources.get(id);
    if (known !== undefined) return known;
    if (!this.isAllowed(name.address)) {
      this.refused += 1;
      return undefined;
    }
    if (this.#sources.size >= this.#config.sourcesMax) this.#forgetOldest();
    const source = new Source(name, this.#settingsOf(name.address), now());
    this.#sources.set(id, source);
    return source;
  }

  all(): readonly Source[] {
    return [...this.#sources.values()];
  }

  /** What was dropped beyond the rates since the last call. */
  takeFlooded(): { messages: number; bytes: number } {
    const all = { messages: this.#floodedOfGone.messages, bytes: this.#floodedOfGone.bytes };
    for (const { counts } of this.#sources.values()) {
      all.messages += counts.flooded;
      all.bytes += counts.floodedBytes;
    }
    const news = { messages: all.messages - this.#told.messages, bytes: all.bytes - this.#told.bytes };
    this.#told = all;
    return news;
  }

  get size(): number {
    return this.#sources.size;
  }

  #settingsOf(address: string): SourceSettings {
    const { zone, ratePerS, burst } = this.#config;
    const entry = this.#known.find(({ networks }) => networks.has(address))?.entry;
    return {
      ...{ zone: entry?.zone ?? zone, ratePerS, burst },
      ...(entry?.encoding === undefined ? {} : { encoding: entry.encoding }),
    };
  }

  #forgetOldest(): void {
    let oldest: Source | undefined;
    for (const source of this.#sources.values())
      if (oldest === undefined || source.lastMs < oldest.lastMs) oldest = source;
    if (oldest === undefined) return;
    this.#sources.delete(oldest.id);
    this.forgotten += 1;
    this.#floodedOfGone.messages += oldest.counts.flooded;
    this.#floodedOfGone.bytes += oldest.counts.floodedBytes;
    this.#onForgotten(oldest);
  }
}
