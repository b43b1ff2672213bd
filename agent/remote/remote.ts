import type { KeyObject } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import { encodeReply, type Reply } from '../../protocol/commands.js';
import type { BoxAudit } from './box-audit.js';
import { Commands, type TrustedClock } from './commands.js';
import { ConfigTrial } from './config-trial.js';
import type { Desired } from './desired.js';
import type { Ledger } from './ledger.js';
import type { PolicyConfig } from './policy.js';
import type { Runners } from './runners.js';

export { BoxAudit } from './box-audit.js';
export type { TrustedClock } from './commands.js';
export { Desired, type Start } from './desired.js';
export { Ledger } from './ledger.js';
export { PassingLogLevel } from './log-level.js';
export { PolicyConfig } from './policy.js';
export { clearResults, type FinishedFile } from './result-file.js';
export { Runners } from './runners.js';

export const RemoteConfig = Type.Object(
  {
    proofMs: Type.Integer({
      default: 60_000,
      minimum: 100,
      maximum: 3_600_000,
      description: 'A configuration from afar has to be acknowledged in this time, or the one before comes back.',
    }),
    uploadMs: Type.Integer({
      default: 3_600_000,
      minimum: 1_000,
      maximum: 86_400_000,
      description: 'How long it is tried to bring a result to the collector.',
    }),
  },
  { additionalProperties: false, default: {} },
);
export type RemoteConfig = Static<typeof RemoteConfig>;

export interface RemoteDeps extends World {
  readonly identity: { readonly site: string; readonly agent: string };
  readonly policy: PolicyConfig;
  readonly desired: Desired;
  readonly ledger: Ledger;
  readonly audit: BoxAudit;
  readonly runners: Runners;
  readonly time: TrustedClock;
  /** Whether this run is a trial of what came last. */
  readonly isTrial: boolean;
  /** By which the collector signs, as its authority says; undefined: not known, nothing is obeyed. */
  signerKey(): KeyObject | undefined;
  /** Why these settings cannot be this box's, in words. */
  flawOfSettings(settings: object): string | undefined;
  /** The collector's acknowledgements in this run. */
  acks(): number;
  /** @returns false when there is no connection */
  send(reply: Buffer): boolean;
  /** Ends this run of the agent and begins another one with what is to be used then. */
  reload(): void;
  /** Ends the program, so that its supervisor starts it anew. */
  restart(): void;
}

/** The collector's hand in the box: what it may change and ask for, as far as the office allows. */
export class Remote implements Component {
  readonly name = 'remote';
  readonly #deps: RemoteDeps;
  readonly #commands: Commands;
  readonly #trial: ConfigTrial;

  constructor(config: RemoteConfig, deps: RemoteDeps) {
    this.#deps = { ...deps, log: deps.log.child({ component: 'remote' }) };
    const send = (reply: Reply): void => void this.#deps.send(encodeReply(reply));
    this.#commands = new Commands({ ...this.#deps, send });
    this.#trial = new ConfigTrial(config, { ...this.#deps, send });
  }

  async start(): Promise<void> {
    this.#commands.start();
    this.#trial.start();
  }

  async close(): Promise<void> {
    this.#trial.close();
    await this.#commands.close();
  }

  /** For the status of the box: which version it runs with, and since a trial that failed, which one did not do. */
  stats(): { readonly state: string; readonly version: number; readonly failed?: object } {
    const { state, running: version, failed } = this.#deps.desired.reply(this.#deps.clock.now());
    return { state, version, ...(failed === undefined ? {} : { failed }) };
  }

  /** From the collector. Never throws, never rejects. */
  onMessage(kind: 'config' | 'command', bytes: Uint8Array): void {
    const key = this.#signerKey();
    if (key === undefined) {
      const message = 'the key by which the collector signs is not known yet';
      this.#deps.audit.write('refused', { code: 'REMOTE_SIGNATURE', message });
      return;
    }
    if (kind === 'config') this.#trial.onMessage(bytes, key);
    else void this.#commands.onMessage(bytes, key);
  }

  /** What the collector may have missed is told again: it takes nothing twice. */
  onConnected(): void {
    this.#trial.tell();
    this.#commands.tellAgain();
  }

  #signerKey(): KeyObject | undefined {
    try {
      return this.#deps.signerKey();
    } catch (error) {
      this.#deps.log.error({ error: describeError(error) }, 'the key by which the collector signs cannot be used');
      return undefined;
    }
  }
}
