import { readSync } from 'node:fs';
import { Socket } from 'node:net';

/** What the agent writes to ask for the end. Its death closes the pipe, which asks for an end at once. */
export const CONTROL_QUIT = 'q';
/** And what it writes to hear the counts at once. */
export const CONTROL_STATS = 's';

export interface ControlDeps {
  onQuit(): void;
  onStats(): void;
  /** The agent is gone: nobody reads what is written. */
  onOrphaned(): void;
}

/** The agent's end of standard input. Signals wait for the event loop; `poll` does not. */
export class Control {
  readonly #fd: number;
  readonly #deps: ControlDeps;
  readonly #byte = Buffer.alloc(1);
  #socket: Socket | undefined;

  constructor(fd: number, deps: ControlDeps) {
    this.#fd = fd;
    this.#deps = deps;
  }

  start(): void {
    this.#socket = new Socket({ fd: this.#fd, readable: true, writable: false }); // Makes it non-blocking, too.
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#socket.on('error', () => this.#deps.onOrphaned());
    this.#socket.on('close', () => this.#deps.onOrphaned());
    this.#socket.on('end', () => this.#deps.onOrphaned());
  }

  /** Looks without waiting, from inside the packet path. */
  poll(): void {
    try {
      if (readSync(this.#fd, this.#byte, 0, 1, null) === 0) this.#deps.onOrphaned();
      else this.#take(this.#byte);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#deps.onOrphaned();
    }
  }

  #take(bytes: Buffer): void {
    if (bytes.includes(CONTROL_STATS)) this.#deps.onStats();
    if (bytes.includes(CONTROL_QUIT)) this.#deps.onQuit();
  }
}
