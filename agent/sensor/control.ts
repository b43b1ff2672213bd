import { readSync } from 'node:fs';
import { Socket } from 'node:net';

/** What the agent writes: to ask for the end, for the counts at once, for every device that is known once more. */
export const CONTROL_QUIT = 'q';
export const CONTROL_STATS = 's';
export const CONTROL_RESCAN = 'r';
/** Begins a line with a request for packets as JSON; the other one ends that capture. */
export const CONTROL_CAPTURE = 'c';
export const CONTROL_CAPTURE_END = 'x';

/** A request for packets, its filter written with an escape for each character. */
const LINE_BYTES_MAX = 8_192;
const READ_BYTES = 4_096;
const LF = 0x0a;
const CAPTURE = CONTROL_CAPTURE.charCodeAt(0);

export interface ControlDeps {
  onQuit(): void;
  onStats(): void;
  /** @param json what stood in the line; empty when that was too long */
  onCapture(json: string): void;
  onCaptureEnd(): void;
  onRescan(): void;
  /** The agent is gone: nobody reads what is written. Its death closes the pipe. */
  onOrphaned(): void;
}

/** The agent's end of standard input. Signals wait for the event loop; `poll` does not. */
export class Control {
  readonly #fd: number;
  readonly #deps: ControlDeps;
  readonly #bytes = Buffer.alloc(READ_BYTES);
  readonly #line = Buffer.alloc(LINE_BYTES_MAX);
  /** Of a line that has begun; beyond the buffer's length when it is too long. */
  #lineBytes = -1;
  #socket: Socket | undefined;

  constructor(fd: number, deps: ControlDeps) {
    this.#fd = fd;
    this.#deps = deps;
  }

  start(): void {
    this.#socket = new Socket({ fd: this.#fd, readable: true, writable: false }); // Makes it non-blocking, too.
    this.#socket.on('data', (bytes: Buffer) => this.take(bytes));
    this.#socket.on('error', () => this.#deps.onOrphaned());
    this.#socket.on('close', () => this.#deps.onOrphaned());
    this.#socket.on('end', () => this.#deps.onOrphaned());
  }

  /** Looks without waiting, from inside the packet path. */
  poll(): void {
    try {
      const count = readSync(this.#fd, this.#bytes, 0, READ_BYTES, null);
      if (count === 0) this.#deps.onOrphaned();
      else this.take(this.#bytes.subarray(0, count));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#deps.onOrphaned();
    }
  }

  /** What the agent wrote, whatever way it was cut. */
  take(bytes: Buffer): void {
    for (const byte of bytes) {
      if (this.#lineBytes >= 0) this.#takeOfLine(byte);
      else if (byte === CAPTURE) this.#lineBytes = 0;
      else this.#obey(String.fromCharCode(byte));
    }
  }

  #takeOfLine(byte: number): void {
    if (byte !== LF) {
      if (this.#lineBytes < LINE_BYTES_MAX) this.#line[this.#lineBytes] = byte;
      this.#lineBytes = Math.min(this.#lineBytes + 1, LINE_BYTES_MAX + 1);
      return;
    }
    const count = this.#lineBytes;
    this.#lineBytes = -1;
    this.#deps.onCapture(count > LINE_BYTES_MAX ? '' : this.#line.toString('utf8', 0, count));
  }

  #obey(letter: string): void {
    if (letter === CONTROL_STATS) this.#deps.onStats();
    else if (letter === CONTROL_QUIT) this.#deps.onQuit();
    else if (letter === CONTROL_CAPTURE_END) this.#deps.onCaptureEnd();
    else if (letter === CONTROL_RESCAN) this.#deps.onRescan();
  }
}
