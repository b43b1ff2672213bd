import type { LinkState } from './link-state.js';
import type { SensorStats } from './sensor-line.js';

/** Why a running sensor is restarted. `moved`: its interface was taken away and made anew. */
export type Illness = 'hung' | 'deaf' | 'moved';

/**
 * Judges a running sensor by what it says and by what its interface does. node-pcap can go deaf without an error:
 * packets reach the kernel, or the interface, and none is delivered.
 */
export class Liveness {
  readonly #deafMs: number;
  readonly #hungMs: number;
  readonly #startMs: number;
  #wordMs: number;
  #hasSpoken = false;
  #delivered = 0;
  /** What the kernel had kept for the sensor when it last delivered something. */
  #kept = 0;
  #unheardSinceMs: number | undefined;
  #first: LinkState | undefined;
  #operstate: string | undefined;
  /** The interface's own count when it last changed its state; watched until a packet is delivered again. */
  #rxAtChange: number | undefined;

  constructor(config: { deafMs: number; hungMs: number; startMs: number }, nowMs: number) {
    this.#deafMs = config.deafMs;
    this.#hungMs = config.hungMs;
    this.#startMs = config.startMs;
    this.#wordMs = nowMs;
  }

  /** When nothing could be heard of it, through no fault of its own: its output was not read. */
  excuse(nowMs: number): void {
    this.#wordMs = nowMs;
  }

  onStats(stats: SensorStats, nowMs: number): void {
    this.#wordMs = nowMs;
    this.#hasSpoken = true;
    const kept = stats.kernelReceived - stats.kernelDropped;
    if (stats.deliveredPackets > this.#delivered) {
      this.#delivered = stats.deliveredPackets;
      this.#kept = kept;
      this.#unheardSinceMs = undefined;
      this.#rxAtChange = undefined;
    } else if (kept > this.#kept) {
      this.#unheardSinceMs ??= nowMs;
    }
  }

  /** @param link undefined when it cannot be read: there is none, or it is gone */
  check(nowMs: number, link: LinkState | undefined): Illness | undefined {
    if (nowMs - this.#wordMs > (this.#hasSpoken ? this.#hungMs : this.#startMs)) return 'hung';
    if (link !== undefined && this.#follow(link, nowMs)) return 'moved';
    const isDeaf = this.#unheardSinceMs !== undefined && nowMs - this.#unheardSinceMs > this.#deafMs;
    return isDeaf ? 'deaf' : undefined;
  }

  /** @returns whether it is another interface of the same name */
  #follow(link: LinkState, nowMs: number): boolean {
    this.#first ??= link;
    this.#operstate ??= link.operstate;
    if (link.ifindex !== this.#first.ifindex) return true;
    if (link.operstate !== this.#operstate) {
      this.#operstate = link.operstate;
      this.#rxAtChange = link.rxPackets;
    }
    if (this.#rxAtChange !== undefined && link.rxPackets > this.#rxAtChange) this.#unheardSinceMs ??= nowMs;
    return false;
  }
}
