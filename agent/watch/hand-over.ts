/** Takes a piece of a file, the callee's from here on. While a promise of it waits, no further piece comes. */
export type OnBytes = (piece: Buffer) => void | Promise<void>;

/** What pieces come from, such as a pipe. */
export interface Pausable {
  pause(): unknown;
  resume(): unknown;
}

/** Hands pieces over one after the other, and makes their source wait for whoever takes them. */
export class HandOver {
  readonly #onBytes: OnBytes;
  readonly #onFailure: (error: unknown) => void;
  /** Those that the source had given before it waited. */
  #queue: Buffer[] = [];
  #isTaking = false;
  #isFailed = false;
  #idle: (() => void)[] = [];

  /** @param onFailure called once, with what `onBytes` threw */
  constructor(onBytes: OnBytes, onFailure: (error: unknown) => void) {
    this.#onBytes = onBytes;
    this.#onFailure = onFailure;
  }

  give(piece: Buffer, source: Pausable): void {
    if (this.#isFailed) return;
    this.#queue.push(piece);
    if (!this.#isTaking) this.#run(source);
  }

  /** Resolves when everything was taken, or one was not. */
  idle(): Promise<void> {
    if (!this.#isTaking) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #run(source: Pausable): void {
    for (let piece = this.#queue.shift(); piece !== undefined; piece = this.#queue.shift()) {
      const taking = this.#take(piece);
      if (taking === undefined) continue;
      this.#isTaking = true;
      source.pause();
      void taking.then(() => {
        this.#isTaking = false;
        source.resume();
        this.#run(source);
      });
      return;
    }
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #take(piece: Buffer): Promise<void> | undefined {
    try {
      return this.#onBytes(piece)?.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    this.#queue = [];
    if (this.#isFailed) return;
    this.#isFailed = true;
    this.#onFailure(error);
  }
}
