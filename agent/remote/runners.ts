import { CodedError } from '../../protocol/base/errors.js';
import type { CaptureRequest, CaptureResult, RingRequest, RingResult } from '../../protocol/capture.js';
import type { CaptureArgs, CommandName, LogLevelArgs } from '../../protocol/commands.js';
import { type DiagnosticSources, makeBundle } from './diagnostics.js';
import type { PassingLogLevel } from './log-level.js';
import { type FinishedFile, ResultFile } from './result-file.js';

type OnBytes = (piece: Buffer) => void | Promise<void>;
export type Result = Readonly<Record<string, unknown>>;

export interface RunnerDeps {
  /** Results lie below it until they are uploaded. */
  readonly folder: string;
  readonly diagnostics: DiagnosticSources;
  readonly logLevel: PassingLogLevel;
  now(): number;
  capture(request: Partial<CaptureRequest>, onBytes: OnBytes, signal: AbortSignal): Promise<CaptureResult>;
  readRing?(request: RingRequest, onBytes: OnBytes, signal: AbortSignal): Promise<RingResult>;
  rescan(): Promise<{ devices: number }>;
  /** Brings a file to the collector, however often that has to be tried. @throws REMOTE_UPLOAD_FAILED */
  upload(id: string, file: FinishedFile, signal: AbortSignal): Promise<void>;
}

/** What each command does; `restart` is done by whoever runs the agent. */
export class Runners {
  readonly #deps: RunnerDeps;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
  }

  /** @param args checked, with defaults @throws CodedError */
  async run(name: Exclude<CommandName, 'restart'>, id: string, args: object, signal: AbortSignal): Promise<Result> {
    switch (name) {
      case 'diagnostics':
        return this.#diagnostics(id, signal);
      case 'capture':
        return this.#capture(id, args as CaptureArgs, signal);
      case 'rescan':
        return this.#deps.rescan();
      case 'log-level':
        return this.#setLevel(args as LogLevelArgs);
    }
  }

  async #diagnostics(id: string, signal: AbortSignal): Promise<Result> {
    const bundle = await makeBundle(this.#deps.diagnostics, this.#deps.now());
    return this.#withFile(id, bundle.length, signal, async (file) => {
      file.write(bundle);
      return {};
    });
  }

  #capture(id: string, args: CaptureArgs, signal: AbortSignal): Promise<Result> {
    return this.#withFile(id, args.bytesMax, signal, async (file) => {
      const onBytes = (piece: Buffer): void => file.write(piece);
      const { lastSeconds, ...request } = args;
      const result =
        lastSeconds === undefined
          ? await this.#deps.capture(request, onBytes, signal)
          : await this.#readRing(args, lastSeconds, onBytes, signal);
      return { ...result };
    });
  }

  #readRing(args: CaptureArgs, lastSeconds: number, onBytes: OnBytes, signal: AbortSignal): Promise<RingResult> {
    if (this.#deps.readRing === undefined) throw new CodedError('CAPTURE_RING_OFF', 'this box keeps no packets');
    const { filter, bytesMax, snapBytes } = args;
    const to = this.#deps.now();
    const request = { filter, bytesMax, snapBytes, from: Math.max(0, to - lastSeconds * 1_000), to };
    return this.#deps.readRing(request, onBytes, signal);
  }

  #setLevel({ level, minutes }: LogLevelArgs): Result {
    this.#deps.logLevel.set(level, minutes);
    return { level, until: new Date(this.#deps.now() + minutes * 60_000).toISOString() };
  }

  /** Lets a file be filled, uploads it and removes it, whatever happens. */
  async #withFile(
    id: string,
    bytesMax: number,
    signal: AbortSignal,
    fill: (file: ResultFile) => Promise<Result>,
  ): Promise<Result> {
    const file = new ResultFile(this.#deps.folder, id, bytesMax);
    try {
      const result = await fill(file);
      const finished = file.finish();
      signal.throwIfAborted();
      await this.#deps.upload(id, finished, signal);
      return { ...result, bytes: finished.bytes, sha256: finished.sha256 };
    } finally {
      file.remove();
    }
  }
}
