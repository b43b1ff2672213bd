import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';

/** A log is kept with the one before it. */
const LOG_BYTES_MAX = 8 * 2 ** 20;
const LINE_CHARACTERS_MAX = 64 * 1024;
/** Pino's number of the level. */
const WARN = 40;

interface LogLine {
  readonly level?: number;
  readonly msg?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly error?: string;
}

/** What a program writes to standard error: all of it into a file, and what people must know in plain words. */
export class ProgramLog {
  readonly path: string;
  /** The last line that was meant for people: why the program ended, when it did. */
  lastWords = '';
  readonly #name: string;
  readonly #tell: (text: string) => void;
  #bytes: number;
  #rest = '';

  /** @param tell is called with each warning and error */
  constructor(name: string, path: string, tell: (text: string) => void) {
    this.#name = name;
    this.path = path;
    this.#tell = tell;
    this.#bytes = sizeOf(path);
  }

  take(text: string): void {
    this.#keep(text);
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-LINE_CHARACTERS_MAX);
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    if (line.startsWith(`${this.#name}: `)) {
      this.lastWords = line;
      return;
    }
    const facts = parse(line);
    if (facts?.level === undefined || facts.level < WARN) return;
    const why = facts.reason ?? facts.error;
    this.#tell(`${this.#name}: ${facts.msg ?? facts.code ?? ''}${why === undefined ? '' : ` (${why})`}`);
  }

  /** A full disk must not end what it is told about. */
  #keep(text: string): void {
    try {
      if (this.#bytes > LOG_BYTES_MAX) {
        renameSync(this.path, `${this.path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.path, text, { mode: 0o640 });
      this.#bytes += Buffer.byteLength(text);
    } catch {
      rmSync(`${this.path}.1`, { force: true });
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function parse(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
