/**
 * What the sessions of all connections keep together. Whoever keeps more when it is used up tells, or forgets, what it
 * has: memory is not what an attacker chooses.
 */
export class Budget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isUsedUp(): boolean {
    return this.#used >= this.#most;
  }

  take(amount: number): void {
    this.#used += amount;
  }

  give(amount: number): void {
    this.#used -= amount;
  }
}

/** Characters of names, paths and filters that wait to be told: 16 MiB as text of two bytes. */
export const KEPT_CHARACTERS = new Budget(2 ** 23);
/** Files and pipes that are open on shares. */
export const OPEN_FILES = new Budget(2 ** 15);
