import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError } from '../../protocol/base/errors.js';
import { replaceFile } from '../../protocol/base/files.js';
import type { Logger } from '../../protocol/base/log.js';
import { type Clock, isoMillis, RELEASED_MS } from '../../protocol/base/time.js';

/** A clock that is off by less is left alone. */
const TOLERANCE_MS = 60_000;
/** The floor is written again when it has moved by this much: once a day is little wear. */
const FLOOR_STEP_MS = 86_400_000;

/**
 * The time as far as it can be believed. A box without a battery wakes up in 1970, or in 2040: what the collector
 * signed tells the time from then on, by the monotonic clock; until then the clock is believed, but never before the
 * newest time that was ever known for sure.
 */
export class TrustedTime {
  readonly #file: string | undefined;
  readonly #clock: Clock;
  readonly #log: Logger | undefined;
  #floorMs = RELEASED_MS;
  #storedMs = RELEASED_MS;
  #anchor: { readonly nowMs: number; readonly monotonic: number } | undefined;

  /** @param file keeps the floor; undefined: only in memory */
  constructor(clock: Clock, file?: string, log?: Logger) {
    this.#clock = clock;
    this.#file = file;
    this.#log = log;
    const stored = file === undefined ? Number.NaN : readFloor(file);
    if (stored > this.#floorMs) {
      this.#floorMs = stored;
      this.#storedMs = stored;
    }
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const clockMs = this.#clock.now();
    if (this.#anchor === undefined) return Math.max(clockMs, this.#floorMs);
    const trueMs = this.#anchor.nowMs + this.#clock.monotonic() - this.#anchor.monotonic;
    return Math.abs(clockMs - trueMs) <= TOLERANCE_MS ? clockMs : trueMs;
  }

  /** Milliseconds since the collector last said the time; undefined when it never did. */
  get ageMs(): number | undefined {
    return this.#anchor === undefined ? undefined : this.#clock.monotonic() - this.#anchor.monotonic;
  }

  /** How far the clock is from the collector's, where that is known: ahead is positive. */
  get clockErrorMs(): number | undefined {
    if (this.#anchor === undefined) return undefined;
    return this.#clock.now() - (this.#anchor.nowMs + this.#clock.monotonic() - this.#anchor.monotonic);
  }

  /** The collector has signed that it is now this time. */
  learn(nowMs: number): void {
    const wasUnknown = this.#anchor === undefined;
    this.#anchor = { nowMs, monotonic: this.#clock.monotonic() };
    this.raiseFloor(nowMs);
    const error = this.clockErrorMs ?? 0;
    if (wasUnknown && Math.abs(error) > TOLERANCE_MS)
      this.#log?.warn(
        { clock: isoMillis(this.#clock.now()), collector: isoMillis(nowMs) },
        'the clock of this box is wrong; the time of the collector is used for trust',
      );
  }

  /** It cannot be earlier than this: a certificate that was given to us begins then. */
  raiseFloor(ms: number): void {
    if (!(ms > this.#floorMs)) return;
    this.#floorMs = ms;
    if (this.#file === undefined || ms - this.#storedMs < FLOOR_STEP_MS) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      replaceFile(this.#file, `${isoMillis(ms)}\n`, 0o600);
      this.#storedMs = ms;
    } catch (error) {
      this.#log?.warn({ error: describeError(error) }, 'the newest known time could not be written');
    }
  }
}

/** Beside the identity. */
export const floorFile = (identityFolder: string): string => join(identityFolder, 'time-floor');

function readFloor(file: string): number {
  try {
    return Date.parse(readFileSync(file, 'utf8').trim());
  } catch {
    return Number.NaN;
  }
}
