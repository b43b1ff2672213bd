import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';

const FILE_BYTES_MAX = 2 ** 20;
/** Refused messages a minute that are written down; more are counted with the next line. */
const REFUSALS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

export interface AuditFacts {
  readonly id?: string;
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly version?: number;
  readonly args?: object;
}

/**
 * What was asked of this box from afar and what it did: the office's own book, `audit.ndjson`, beside the collector's.
 * Two files of at most a mebibyte; the older one is the earlier part.
 */
export class BoxAudit {
  readonly #path: string;
  readonly #world: World;
  #minute = 0;
  #refusals = 0;
  #unwritten = 0;

  constructor(path: string, world: World) {
    this.#path = path;
    this.#world = world;
  }

  /** Never throws: a full disk must not keep the box from refusing. */
  write(what: 'accepted' | 'done' | 'failed' | 'refused' | 'config', facts: AuditFacts): void {
    this.#world.log.info({ what, ...facts }, 'from afar');
    if (what === 'refused' && !this.#mayRefuse()) return;
    const more = this.#unwritten === 0 ? {} : { unwritten: this.#unwritten };
    const line = `${JSON.stringify({ at: isoMillis(this.#world.clock.now()), what, ...facts, ...more })}\n`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      this.#turn();
      appendFileSync(this.#path, line, { mode: 0o600, flush: true });
      this.#unwritten = 0;
    } catch {
      this.#unwritten += 1;
    }
  }

  #mayRefuse(): boolean {
    const minute = Math.floor(this.#world.clock.monotonic() / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#refusals = 0;
    }
    this.#refusals += 1;
    if (this.#refusals <= REFUSALS_PER_MINUTE) return true;
    this.#unwritten += 1;
    return false;
  }

  #turn(): void {
    const bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes >= FILE_BYTES_MAX) renameSync(this.#path, `${this.#path}.1`);
  }
}
