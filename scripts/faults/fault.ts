/** How a fault is played. */
export interface Play {
  /** A short one, for every test run, or a long one. */
  readonly isShort: boolean;
  readonly seed: number;
  say(text: string): void;
}

/** One fault: does it, and checks what must hold. */
export interface Fault {
  readonly name: string;
  /** What happens, and what must hold, for the table. */
  readonly what: string;
  readonly needs: readonly Need[];
  /** @returns what was seen to hold @throws when it does not hold */
  play(play: Play): Promise<string>;
}

/** `root`: mounts, network namespaces. `faketime`: Debian's libfaketime. */
export type Need = 'root' | 'faketime';
