import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ErrorCode } from '../../protocol/base/error-codes.js';
import { CodedError } from '../../protocol/base/errors.js';
import type { Logger } from '../../protocol/base/log.js';
import { type ConfigReply, REMOTE_VERSION } from '../../protocol/commands.js';
import { putAside, readJsonFile, replaceSynced } from './files.js';

const Version = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  settings: Type.Record(Type.String(), Type.Unknown()),
});
const DesiredFile = Type.Object({
  seen: Type.Integer({ minimum: 0 }),
  kept: Type.Optional(Version),
  trial: Type.Optional(Type.Object({ ...Version.properties, starts: Type.Integer({ minimum: 0 }) })),
  failed: Type.Optional(
    Type.Object({
      version: Type.Integer({ minimum: 0 }),
      code: Type.String(),
      message: Type.String(),
      wasTried: Type.Boolean(),
    }),
  ),
});
type DesiredFile = Static<typeof DesiredFile>;

const check = Compile(DesiredFile);
const FILE = 'config.json';
const MESSAGE_MAX = 1_000;

/** With what a run of the agent shall start. Version 0: with its own file alone. */
export interface Start {
  readonly version: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly isTrial: boolean;
}

/**
 * The configuration from afar, on disk: what is kept, what is on trial, and what did not do. Each step is one replaced
 * file, so that whenever the agent is killed the next start finds either the step before or the step after:
 * `propose` -> `begin` (once: a trial that is found begun and unproven goes back) -> `keep` or `back`.
 */
export class Desired {
  readonly #path: string;
  readonly #log: Logger;
  #file: DesiredFile;
  #running = 0;

  constructor(folder: string, log: Logger) {
    this.#path = join(folder, FILE);
    this.#log = log;
    this.#file = this.#read();
  }

  /** What the next run starts with. Written down before it is given out. */
  begin(): Start {
    const { trial } = this.#file;
    if (trial !== undefined && trial.starts > 0)
      this.#give('REMOTE_CONFIG_CRASHED', 'the agent ended with it before it was acknowledged');
    else if (trial !== undefined && this.#tryWrite({ ...this.#file, trial: { ...trial, starts: 1 } })) {
      this.#running = trial.version;
      return { version: trial.version, settings: trial.settings, isTrial: true };
    }
    const { kept } = this.#file;
    this.#running = kept?.version ?? 0;
    return { version: this.#running, settings: kept?.settings ?? {}, isTrial: false };
  }

  get seen(): number {
    return this.#file.seen;
  }

  get isOnTrial(): boolean {
    return this.#file.trial !== undefined;
  }

  /** @throws DATA_FOLDER when it cannot be written down: then nothing has changed */
  propose(version: number, settings: Record<string, unknown>): void {
    const { failed: _failed, ...rest } = this.#file;
    this.#write({ ...rest, seen: version, trial: { version, settings, starts: 0 } });
  }

  /** It is not even tried. */
  refuse(version: number, code: ErrorCode, message: string): void {
    const failed = { version, code, message: message.slice(0, MESSAGE_MAX), wasTried: false };
    this.#tryWrite({ ...this.#file, seen: Math.max(version, this.#file.seen), failed });
  }

  /** It has proven itself. @throws DATA_FOLDER */
  keep(): void {
    const { trial, failed: _failed, ...rest } = this.#file;
    if (trial === undefined) return;
    this.#write({ ...rest, kept: { version: trial.version, settings: trial.settings } });
  }

  /** The trial has failed; the next `begin` gives what was before. */
  back(code: ErrorCode, message: string): void {
    this.#give(code, message);
  }

  /** What is kept does not start any more, while the box's own file alone does. */
  dropKept(code: ErrorCode, message: string): void {
    const { kept, ...rest } = this.#file;
    if (kept === undefined) return;
    const failed = { version: kept.version, code, message: message.slice(0, MESSAGE_MAX), wasTried: true };
    this.#tryWrite({ ...rest, failed });
  }

  /** What the collector is told. */
  reply(at: number): ConfigReply {
    const { seen, failed, trial } = this.#file;
    const base = { v: REMOTE_VERSION, kind: 'config' as const, running: this.#running, seen, at };
    if (trial !== undefined) return { ...base, state: 'trial' };
    if (failed === undefined) return { ...base, state: this.#running === 0 ? 'local' : 'kept' };
    const { wasTried, ...reason } = failed;
    return { ...base, state: wasTried ? 'back' : 'refused', failed: reason };
  }

  #give(code: ErrorCode, message: string): void {
    const { trial, ...rest } = this.#file;
    if (trial === undefined) return;
    const failed = { version: trial.version, code, message: message.slice(0, MESSAGE_MAX), wasTried: true };
    this.#log.warn(failed, 'a configuration from afar did not do; the one before is used again');
    this.#tryWrite({ ...rest, failed });
  }

  /** In memory it holds, whether or not it could be written. @returns whether it was */
  #tryWrite(file: DesiredFile): boolean {
    try {
      this.#write(file);
      return true;
    } catch (error) {
      this.#log.error({ error: (error as Error).message }, 'the configuration from afar could not be written down');
      // A trial that is not known to be one must not begin; everything else is true all the same.
      if ((file.trial?.starts ?? 0) === 0) this.#file = file;
      return false;
    }
  }

  #write(file: DesiredFile): void {
    try {
      replaceSynced(this.#path, JSON.stringify(file));
    } catch (error) {
      throw new CodedError('DATA_FOLDER', `could not write ${this.#path}`, {}, { cause: error });
    }
    this.#file = file;
  }

  #read(): DesiredFile {
    const found = readJsonFile(this.#path);
    if (found.state === 'missing') return { seen: 0 };
    if (found.state === 'read' && check.Check(found.value)) return found.value;
    putAside(this.#path);
    this.#log.error(
      { file: this.#path },
      'the configuration from afar cannot be read; it comes again from the collector',
    );
    return { seen: 0 };
  }
}
