import { CodedError, describeError } from '../../protocol/base/errors.js';
import { Trial } from '../../protocol/base/trial.js';
import type { World } from '../../protocol/base/world.js';
import { Note } from './noted.js';
import { type Cure, isDamage, type Medium, type Opened } from './open.js';
import type { SpoolState } from './state.js';

/** Who lived for so long with the spool does not end because of it. */
const PROVEN_MS = 60_000;

/** Opens the spool's database, and keeps what lies beside it: how far it is, and that it is being tried. */
export class Opener {
  readonly #folder: string;
  readonly #medium: Medium;
  readonly #world: World;
  readonly #trial: Trial | undefined;
  readonly #note: Note | undefined;
  #openedMs: number | undefined;

  constructor(folder: string, machineBoot: string, medium: Medium, world: World) {
    this.#folder = folder;
    this.#medium = medium;
    this.#world = world;
    if (!medium.isOnDisk) return;
    this.#trial = new Trial(`${folder}.trial`, machineBoot);
    this.#note = new Note(`${folder}.noted`);
  }

  /**
   * Opens it so that it can be written: damage may show only when LevelDB brings its files into order, at a write.
   * @param use takes what was opened, and writes to it
   * @throws SPOOL_OPEN_FAILED, SPOOL_WRITE_FAILED
   */
  async open(use: (opened: Opened) => Promise<void>): Promise<void> {
    const isSuspect = this.#trial?.begin() ?? false;
    if (isSuspect)
      this.#world.log.warn({ folder: this.#folder }, 'the spool was not closed in order and is looked at first');
    try {
      await this.#openAfter(isSuspect, use);
      this.#openedMs = this.#world.clock.monotonic();
    } catch (error) {
      this.#trial?.giveUp();
      throw error;
    }
  }

  async #openAfter(isSuspect: boolean, use: (opened: Opened) => Promise<void>): Promise<void> {
    const { log, clock } = this.#world;
    const folder = this.#folder;
    let first: Cure = 'none';
    for (;;) {
      const opened = await this.#medium.open(folder, clock.now(), log, first, isSuspect);
      try {
        await use({ ...opened, noted: this.#note?.read() });
        return;
      } catch (error) {
        await opened.db.close();
        if (first === 'quarantine' || !isDamage(error))
          throw new CodedError('SPOOL_WRITE_FAILED', `could not write to ${folder}`, { folder }, { cause: error });
        log.error({ folder, reason: describeError(error) }, 'the first write shows damage in the spool');
        first = opened.damage === 'none' ? 'repair' : 'quarantine';
      }
    }
  }

  /** After each write. */
  async note({ meta, lanes }: SpoolState): Promise<void> {
    const { p0, p1, p2, p3 } = lanes;
    const next = { p0: p0.meta.nextSeq, p1: p1.meta.nextSeq, p2: p2.meta.nextSeq, p3: p3.meta.nextSeq };
    await this.#note?.write({ epoch: meta.epoch, commit: meta.commit, next });
  }

  /** Now and then. */
  settle(): void {
    if (this.#openedMs === undefined || this.#world.clock.monotonic() - this.#openedMs < PROVEN_MS) return;
    this.#openedMs = undefined;
    this.#trial?.prove();
  }

  /** After the database was closed in order. */
  async close(): Promise<void> {
    this.#openedMs = undefined;
    this.#trial?.end();
    await this.#note?.close();
  }
}
