import { ntStatusName } from '../../wire/nt-status.js';
import { KEPT_CHARACTERS } from '../budget.js';
import type { SmbFacts } from './facts.js';

const NAMES_MAX = 128;
const NAME_CHARACTERS_MAX = 16_384;
const REFUSALS_MAX = 16;
/** A share may stay connected for days: what was done in it is told while it is. */
const TELL_AFTER_US = 900e6;

export type ShareKind = 'disk' | 'pipe' | 'printer';

/** A share that somebody uses, and the files in it. When there are many, they are told in several records. */
export class SmbShare {
  /** Undefined when it was connected before we came. */
  readonly path: string | undefined;
  readonly user: Readonly<Record<string, unknown>>;
  readonly isPipes: boolean;
  /** A pipe has been opened in it: reads and writes are looked at. */
  hasPipes = false;
  readonly #facts: SmbFacts;
  readonly #about: readonly string[];
  /** Every file that something was done with. */
  readonly #opened = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #renamed = new Set<string>();
  readonly #refused = new Map<string, number>();
  #characters = 0;
  #opens = 0;
  #startUs: number;
  #isTold = false;

  constructor(
    facts: SmbFacts,
    startUs: number,
    path: string | undefined,
    user: Readonly<Record<string, unknown>>,
    kind: ShareKind = 'disk',
    fileSystem = '',
  ) {
    this.#facts = facts;
    this.#startUs = startUs;
    this.path = path;
    this.user = user;
    this.isPipes = kind === 'pipe' || /[\\/]IPC\$$/i.test(path ?? '');
    this.#about = [
      ...(path === undefined ? [] : [`share_type=${this.isPipes ? 'pipe' : kind}`]),
      ...(fileSystem === '' ? [] : [`file_system=${fileSystem.slice(0, 32)}`]),
    ];
  }

  onOpened(name: string, timeUs: number): void {
    this.#begin(timeUs);
    this.#opens += 1;
    this.#keep(this.#opened, name);
  }

  onDeleted(name: string, timeUs: number): void {
    this.#begin(timeUs);
    this.#keep(this.#deleted, name);
    if (!this.isPipes) this.#keep(this.#opened, name);
  }

  onRenamed(name: string, to: string, timeUs: number): void {
    this.#begin(timeUs);
    this.#keep(this.#renamed, `${name} -> ${to}`);
    this.#keep(this.#opened, to);
  }

  onRefused(status: number, timeUs: number): void {
    this.#begin(timeUs);
    const name = ntStatusName(status);
    if (this.#refused.size < REFUSALS_MAX || this.#refused.has(name)) {
      this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
    }
  }

  /** The share is left, or was not given. */
  onEnd(error?: string): void {
    if (!this.#isTold || this.#hasNews) this.#tell(error);
  }

  get #hasNews(): boolean {
    return this.#opens > 0 || this.#deleted.size > 0 || this.#renamed.size > 0 || this.#refused.size > 0;
  }

  get #isTooMuch(): boolean {
    return this.#characters > NAME_CHARACTERS_MAX || (this.#characters > 0 && KEPT_CHARACTERS.isUsedUp);
  }

  #begin(timeUs: number): void {
    const isFull = this.#opened.size >= NAMES_MAX;
    const isDue = this.#hasNews && timeUs - this.#startUs > TELL_AFTER_US;
    if (isFull || isDue || this.#isTooMuch) this.#tell(undefined);
    if (this.#isTold && !this.#hasNews) this.#startUs = timeUs;
  }

  /** The root of a share has no name. */
  #keep(names: Set<string>, name: string): void {
    if (name === '' || names.has(name)) return;
    names.add(name);
    this.#characters += name.length;
    KEPT_CHARACTERS.take(name.length);
  }

  #tell(error: string | undefined): void {
    if (this.path === undefined && !this.#hasNews) return;
    const names = [...this.#opened];
    const details = [
      ...this.#about,
      ...(this.#opens === 0 ? [] : [`opens=${this.#opens}`]),
      ...[...this.#refused].map(([name, count]) => `refused=${name}:${count}`),
    ];
    this.#facts.emit(this.#startUs, {
      'hinomi.session.outcome': error === undefined ? 'success' : 'failure',
      ...(error === undefined ? {} : { 'hinomi.session.error': error }),
      ...this.user,
      ...(this.path === undefined ? {} : { 'hinomi.session.share': this.path }),
      ...(names.length === 0 ? {} : namesOf(names, this.isPipes)),
      ...(this.#deleted.size === 0 ? {} : { 'hinomi.session.deleted_names': [...this.#deleted] }),
      ...(this.#renamed.size === 0 ? {} : { 'hinomi.session.renamed_names': [...this.#renamed] }),
      ...this.#facts.fields(details),
    });
    this.#isTold = true;
    this.#opens = 0;
    KEPT_CHARACTERS.give(this.#characters);
    this.#characters = 0;
    for (const kept of [this.#opened, this.#deleted, this.#renamed, this.#refused]) kept.clear();
  }
}

function namesOf(names: readonly string[], isPipes: boolean): Record<string, unknown> {
  return isPipes ? { 'hinomi.session.pipe': names.join(', ') } : { 'hinomi.session.file_names': names };
}
