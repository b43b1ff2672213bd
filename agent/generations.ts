import { describeError } from '../protocol/base/errors.js';
import type { Logger } from '../protocol/base/log.js';
import type { Component, Scope } from '../protocol/base/scope.js';
import type { AgentConfig } from './config.js';
import type { Desired, Start } from './remote/remote.js';

/** What a run of the agent may do with itself. */
export interface RunControl {
  readonly desired: Desired;
  readonly isTrial: boolean;
  /** Ends this run and begins another one in the same process. */
  reload(): void;
  /** Ends the process. */
  restart(): void;
  /** Why these settings cannot be this box's, in words. */
  flawOfSettings(settings: object): string | undefined;
}

export interface GenerationsDeps {
  readonly log: Logger;
  readonly desired: Desired;
  /** The box's own configuration with settings from afar over it. @throws CONFIG_INVALID */
  load(settings: Readonly<Record<string, unknown>>): AgentConfig;
  start(config: AgentConfig, control: RunControl): Promise<Scope>;
  restart(): void;
  /** Nothing runs any more, and nothing could be started. */
  onLost(): void;
}

/**
 * The agent, one run after the other: another configuration is another run in the same process. One that cannot be
 * started is taken back at once, and what was before is started in its place.
 */
export class Generations implements Component {
  readonly name = 'generations';
  readonly #deps: GenerationsDeps;
  #scope: Scope | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;
  #isLost = false;

  constructor(deps: GenerationsDeps) {
    this.#deps = deps;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** @throws what the agent cannot start without */
  async start(): Promise<void> {
    await this.#begin();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
    const scope = this.#scope;
    this.#scope = undefined;
    await scope?.close();
  }

  #reload(): void {
    this.#turn = this.#turn
      .then(() => this.#again())
      .catch((error: unknown) => {
        this.#deps.log.error({ error: describeError(error) }, 'the agent could not be started again');
        this.#isLost = true;
        this.#deps.onLost();
      });
  }

  async #again(): Promise<void> {
    if (this.#isClosed) return;
    const scope = this.#scope;
    this.#scope = undefined;
    // What fails to close has been told to end all the same; the next run finds out what is still held.
    await scope?.close().catch((error: unknown) => {
      this.#deps.log.error({ error: describeError(error) }, 'a part of the agent did not close');
    });
    if (!this.#isClosed) await this.#begin();
  }

  async #begin(): Promise<void> {
    const { desired } = this.#deps;
    const next = desired.begin();
    try {
      this.#scope = await this.#start(next);
    } catch (error) {
      if (next.version === 0) throw error;
      await this.#goBack(next, error);
    }
  }

  async #goBack(failed: Start, error: unknown): Promise<void> {
    const { desired, log } = this.#deps;
    if (failed.isTrial) {
      desired.back('REMOTE_CONFIG_FAILED', describeError(error));
      return this.#begin();
    }
    // What was proven once may not do any more with what the office has changed in its own file.
    log.error(
      { version: failed.version, error: describeError(error) },
      'the kept configuration from afar does not start',
    );
    this.#scope = await this.#start({ version: 0, settings: {}, isTrial: false });
    desired.dropKept('REMOTE_CONFIG_FAILED', describeError(error));
  }

  #start({ settings, isTrial }: Start): Promise<Scope> {
    return this.#deps.start(this.#deps.load(settings), {
      desired: this.#deps.desired,
      isTrial,
      reload: () => setImmediate(() => this.#reload()),
      restart: () => this.#deps.restart(),
      flawOfSettings: (changed) => this.#flawOf(changed),
    });
  }

  #flawOf(settings: object): string | undefined {
    try {
      this.#deps.load(settings as Readonly<Record<string, unknown>>);
      return undefined;
    } catch (error) {
      return describeError(error);
    }
  }
}
