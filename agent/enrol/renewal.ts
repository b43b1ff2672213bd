import { type Static, Type } from 'typebox';
import { Backoff } from '../../protocol/base/backoff.js';
import { CodedError, describeError, hasCode } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis, sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { checked } from './enrol.js';
import { askGate, learnTimeAndSigner } from './gate-client.js';
import type { StoredIdentity } from './identity.js';
import type { IdentityKeeper } from './keeper.js';
import { makeKey } from './key-request.js';
import { checkOwn, lifeOf, signerKey } from './trust.js';

export const RenewalConfig = Type.Object(
  {
    checkMs: Type.Integer({ default: 60_000, minimum: 50, description: 'How often the certificate is looked at.' }),
    timeEveryMs: Type.Integer({
      default: 86_400_000,
      minimum: 1_000,
      description: 'How often the collector is asked for the time.',
    }),
    backoffMsMax: Type.Integer({
      default: 3_600_000,
      minimum: 50,
      description: 'Longest wait between two attempts to renew or to ask for the time.',
    }),
  },
  { additionalProperties: false, default: {} },
);
export type RenewalConfig = Static<typeof RenewalConfig>;

export interface RenewalDeps extends World {
  readonly keeper: IdentityKeeper;
  /** Uses the renewed identity at once. */
  reconnect(): void;
}

export interface RenewalStats {
  readonly expires: string;
  /** From when on it is renewed. */
  readonly renews: string;
  /** Waits for the first acknowledgement of a renewed one. */
  readonly isPending: boolean;
  readonly renewals: number;
  readonly failures: number;
  readonly lastError: string;
  readonly clockErrorMs?: number;
}

const BACKOFF_BASE_MS = 5_000;
/** Boxes that were enrolled together do not renew together: some come later than half of their life. */
const SPREAD = 0.1;

/** Renews the box's certificate at half of its life, and asks the collector for the time and who signs. */
export class Renewal implements Component {
  readonly name = 'renewal';
  readonly #config: RenewalConfig;
  readonly #deps: RenewalDeps;
  readonly #abort = new AbortController();
  readonly #spread: number;
  readonly #renewBackoff: Backoff;
  readonly #timeBackoff: Backoff;
  #renewAtMs = Number.NEGATIVE_INFINITY;
  #timeAtMs = Number.NEGATIVE_INFINITY;
  #renewals = 0;
  #failures = 0;
  #lastError = '';
  #loop: Promise<void> | undefined;

  constructor(config: RenewalConfig, deps: RenewalDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'renewal' }) };
    this.#spread = 0.5 + SPREAD * deps.random();
    const waits = { baseMs: Math.min(BACKOFF_BASE_MS, config.backoffMsMax), maxMs: config.backoffMsMax };
    this.#renewBackoff = new Backoff(waits, deps.random);
    this.#timeBackoff = new Backoff(waits, deps.random);
  }

  /** Returns at once: the collector may be away for days. */
  async start(): Promise<void> {
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }

  stats(): RenewalStats {
    const { keeper } = this.#deps;
    const life = lifeOf(keeper.current);
    const error = keeper.time.clockErrorMs;
    return {
      expires: life === undefined ? '' : isoMillis(life.endMs),
      renews: life === undefined ? '' : isoMillis(this.#dueMs()),
      isPending: keeper.hasNext,
      ...{ renewals: this.#renewals, failures: this.#failures, lastError: this.#lastError },
      ...(error === undefined ? {} : { clockErrorMs: Math.round(error) }),
    };
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await this.#askTime();
      await this.#renewWhenDue();
      await sleep(this.#config.checkMs, this.#abort.signal).catch(() => {});
    }
  }

  async #askTime(): Promise<void> {
    const { keeper, clock } = this.#deps;
    const isFresh = (keeper.time.ageMs ?? Number.POSITIVE_INFINITY) < this.#config.timeEveryMs;
    // One that was asked for by a connection brings no signer.
    if ((isFresh && keeper.current.signer !== '') || clock.monotonic() < this.#timeAtMs) return;
    try {
      keeper.learnSigner(await learnTimeAndSigner(keeper.target(this.#abort.signal)));
      this.#timeBackoff.reset();
    } catch (error) {
      this.#timeAtMs = clock.monotonic() + this.#timeBackoff.next();
      this.#deps.log.debug({ error: describeError(error) }, 'the collector could not be asked for the time');
    }
  }

  async #renewWhenDue(): Promise<void> {
    const { keeper, clock, log } = this.#deps;
    if (clock.monotonic() < this.#renewAtMs || this.#abort.signal.aborted) return;
    const isDue = this.#dueMs() <= keeper.time.now();
    if (!isDue && !keeper.isRefused) return;
    try {
      const [renewed, by] = await this.#renewByAny();
      keeper.adopt(renewed, by);
      this.#renewals += 1;
      this.#lastError = '';
      this.#renewBackoff.reset();
      log.info({ expires: this.stats().expires }, 'certificate renewed');
      this.#deps.reconnect();
    } catch (error) {
      this.#failures += 1;
      this.#lastError = describeError(error);
      const waitMs = this.#renewBackoff.next();
      this.#renewAtMs = clock.monotonic() + waitMs;
      const code = error instanceof CodedError ? error.code : null;
      log.warn({ code, error: this.#lastError, waitMs }, 'the certificate could not be renewed');
    }
  }

  #dueMs(): number {
    const life = lifeOf(this.#deps.keeper.current);
    return life === undefined ? Number.NaN : life.beginMs + (life.endMs - life.beginMs) * this.#spread;
  }

  /** By the renewed identity that waits, if there is one, else by the old one. */
  async #renewByAny(): Promise<[renewed: StoredIdentity, by: StoredIdentity]> {
    const [first, second] = this.#deps.keeper.all;
    try {
      return [await this.#renew(first), first];
    } catch (error) {
      if (second === undefined || !hasCode(error, 'IDENTITY_UNKNOWN')) throw error;
      return [await this.#renew(second), second];
    }
  }

  /** @throws what `askGate` throws, ENROL_REFUSED */
  async #renew(identity: StoredIdentity): Promise<StoredIdentity> {
    const target = this.#deps.keeper.target(this.#abort.signal, identity);
    const { key, csr } = await makeKey();
    const { body } = await askGate(target, 'POST', '/renew', { csr });
    const answer = checked(target.url, body);
    if (answer.agent !== identity.agent || answer.site !== identity.site)
      throw new CodedError('ENROL_REFUSED', 'the renewed identity is that of another box');
    const { authority } = identity;
    checkOwn(answer.certificate, key, authority);
    signerKey(answer.signer, authority);
    const { enrolled, collectorUrl } = identity;
    return { ...answer, authority, enrolled, collectorUrl, key };
  }
}
