import type { KeyObject } from 'node:crypto';
import type { ErrorCode } from '../../protocol/base/error-codes.js';
import { describeError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import {
  CONFIG_BYTES_MAX,
  type ConfigMessage,
  type ConfigReply,
  flawOfSettings,
  isConfigMessage,
} from '../../protocol/commands.js';
import { openSigned } from '../../protocol/signed.js';
import type { BoxAudit } from './box-audit.js';
import type { Desired } from './desired.js';
import { forbiddenKeys, type PolicyConfig } from './policy.js';

export interface ConfigTrialDeps extends World {
  readonly identity: { readonly site: string; readonly agent: string };
  readonly policy: PolicyConfig;
  readonly desired: Desired;
  readonly audit: BoxAudit;
  readonly isTrial: boolean;
  flawOfSettings(settings: object): string | undefined;
  acks(): number;
  send(reply: ConfigReply): void;
  reload(): void;
}

const LOOK_MS = 100;

/** Takes configurations from afar: checks them, has them tried, and keeps them once they have proven themselves. */
export class ConfigTrial {
  readonly #proofMs: number;
  readonly #deps: ConfigTrialDeps;
  #timer: NodeJS.Timeout | undefined;
  #startedMs = 0;
  #isOver = false;

  constructor(config: { readonly proofMs: number }, deps: ConfigTrialDeps) {
    this.#proofMs = config.proofMs;
    this.#deps = deps;
  }

  start(): void {
    if (!this.#deps.isTrial) return;
    this.#startedMs = this.#deps.clock.monotonic();
    this.#timer = setInterval(() => this.#look(), Math.min(LOOK_MS, this.#proofMs));
  }

  close(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }

  tell(): void {
    this.#deps.send(this.#deps.desired.reply(this.#deps.clock.now()));
  }

  onMessage(bytes: Uint8Array, key: KeyObject): void {
    const body = this.#opened(bytes, key);
    if (body === undefined || this.#isOver) return;
    const { version, settings } = body;
    const flaw = this.#flawOf(settings);
    if (flaw === undefined) this.#try(version, settings);
    else this.#refuse(version, ...flaw);
  }

  /** A genuine one for this box that is newer than all before. */
  #opened(bytes: Uint8Array, key: KeyObject): ConfigMessage | undefined {
    const { audit, identity, desired } = this.#deps;
    const refuse = (code: ErrorCode, version?: number): undefined => {
      audit.write('refused', { name: 'config', code, ...(version === undefined ? {} : { version }) });
    };
    const body = openSigned('config', bytes, CONFIG_BYTES_MAX, key);
    if (body === undefined) return refuse('REMOTE_SIGNATURE');
    if (!isConfigMessage(body)) return refuse('REMOTE_INVALID');
    const { agent, site, version } = body;
    if (agent !== identity.agent || site !== identity.site) return refuse('REMOTE_NOT_FOR_US', version);
    if (version > desired.seen) return body;
    // The newest one comes again from a collector that has not heard yet what became of it.
    if (version < desired.seen) refuse('REMOTE_CONFIG_OLD', version);
    this.tell();
    return undefined;
  }

  #flawOf(settings: Record<string, unknown>): [code: ErrorCode, message: string] | undefined {
    const flaw = flawOfSettings(settings);
    if (flaw !== undefined) return ['REMOTE_CONFIG_INVALID', flaw];
    const keys = forbiddenKeys(this.#deps.policy, settings);
    if (keys.length > 0) return ['REMOTE_FORBIDDEN', `the policy of this box does not allow ${keys.join(', ')}`];
    const own = this.#deps.flawOfSettings(settings);
    return own === undefined ? undefined : ['REMOTE_CONFIG_INVALID', own];
  }

  #try(version: number, settings: Record<string, unknown>): void {
    try {
      this.#deps.desired.propose(version, settings);
    } catch (error) {
      this.#refuse(version, 'DATA_FOLDER', describeError(error));
      return;
    }
    this.#deps.audit.write('config', { name: 'trial', version, args: settings });
    this.tell();
    this.close();
    this.#deps.reload();
  }

  #refuse(version: number, code: ErrorCode, message: string): void {
    this.#deps.desired.refuse(version, code, message);
    this.#deps.audit.write('refused', { name: 'config', version, code, message });
    this.tell();
  }

  #look(): void {
    if (this.#isOver) return;
    if (this.#deps.acks() > 0) this.#keep();
    else if (this.#deps.clock.monotonic() - this.#startedMs >= this.#proofMs) this.#back();
  }

  #keep(): void {
    const { desired, audit, clock, log } = this.#deps;
    try {
      desired.keep();
    } catch (error) {
      log.error({ error: describeError(error) }, 'a proven configuration could not be written down; tried again');
      return;
    }
    // The run goes on, and takes the next one.
    clearInterval(this.#timer);
    audit.write('config', { name: 'kept', version: desired.reply(clock.now()).running });
    this.tell();
  }

  #back(): void {
    const { desired, audit, clock } = this.#deps;
    this.close();
    const { running: version } = desired.reply(clock.now());
    const message = `the collector acknowledged nothing for ${this.#proofMs / 1_000} s`;
    desired.back('REMOTE_CONFIG_UNPROVEN', message);
    audit.write('config', { name: 'back', version, code: 'REMOTE_CONFIG_UNPROVEN', message });
    this.#deps.reload();
  }
}
