import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { describeError } from '../../protocol/base/errors.js';
import type { Logger } from '../../protocol/base/log.js';
import type { Clock } from '../../protocol/base/time.js';
import { dialBroker } from './dial.js';
import { type GateTarget, gateBeside, learnTime } from './gate-client.js';
import {
  identityFolder,
  isIdentityIn,
  nextFolder,
  readIdentity,
  readIdentityIn,
  removeNext,
  type StoredIdentity,
  writeIdentity,
  writeIdentityTo,
  writeSigner,
} from './identity.js';
import { lifeOf } from './trust.js';
import { floorFile, TrustedTime } from './trusted-time.js';

/** Connections that reach the collector and are refused, in a row, before the other certificate is tried. */
const REFUSALS_MAX = 3;
const SETTLE_RETRY_MS = 60_000;

export interface KeeperDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The identity of a running box. A renewed one is on disk before it is used, and takes the place of the old one at the
 * collector's first acknowledgement; until then both are kept, so that nothing that happens in between locks the box out.
 */
export class IdentityKeeper {
  readonly time: TrustedTime;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  #old: StoredIdentity;
  #next: StoredIdentity | undefined;
  #dialled: StoredIdentity;
  /** Connections that reached the collector since one was taken. */
  #reached = 0;
  /** Connections with the renewed identity that reached the collector. */
  #triesOfNext = 0;
  #settleAtMs = Number.NEGATIVE_INFINITY;

  /** @throws ENROL_MISSING, DATA_FOLDER */
  constructor(dataFolder: string, deps: KeeperDeps) {
    this.#folder = dataFolder;
    this.#clock = deps.clock;
    this.#log = deps.log.child({ component: 'identity' });
    this.#next = readNext(dataFolder);
    // A stop while the old one was replaced leaves parts of both; the next one is whole then.
    this.#old = (this.#next !== undefined && !isWhole(dataFolder) ? this.#next : undefined) ?? readIdentity(dataFolder);
    this.#dialled = this.#next ?? this.#old;
    this.time = new TrustedTime(deps.clock, floorFile(identityFolder(dataFolder)), this.#log);
    this.time.raiseFloor(beginOf(this.current));
  }

  /** What to be known by now. */
  get current(): StoredIdentity {
    return this.#next ?? this.#old;
  }

  get site(): string {
    return this.current.site;
  }
  get agent(): string {
    return this.current.agent;
  }
  get mqttUrl(): string {
    return this.current.mqttUrl;
  }

  /** A renewed identity waits for the collector's first acknowledgement. */
  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  /** The collector is there, but takes none of our certificates. */
  get isRefused(): boolean {
    return this.#reached >= REFUSALS_MAX;
  }

  /** The gate, asked by the identity that holds now. */
  target(signal?: AbortSignal, identity = this.current): GateTarget {
    return { ...this.#targetOf(identity), signal };
  }

  /** What we can be known by, the newest first. */
  get all(): [StoredIdentity, StoredIdentity?] {
    return this.#next === undefined ? [this.#old] : [this.#next, this.#old];
  }

  /** A connection to the broker that has proven to be our collector. */
  async dial(url: string, msMax: number, signal?: AbortSignal): Promise<Duplex> {
    const isTurnOfOld = this.#reached % (REFUSALS_MAX + 1) === REFUSALS_MAX;
    const identity = isTurnOfOld ? this.#old : this.current;
    const askTime = (): Promise<void> => learnTime({ ...this.#targetOf(identity), signal });
    const socket = await dialBroker(url, identity, this.time, msMax, askTime, signal);
    this.#dialled = identity;
    this.#reached += 1;
    if (identity === this.#next) this.#triesOfNext += 1;
    return socket;
  }

  /** The collector has taken the connection that was dialled last. */
  onConnected(): void {
    this.#reached = 0;
  }

  /** The collector has acknowledged something on it. Never throws. */
  onAcked(): void {
    const next = this.#next;
    if (next === undefined || this.#clock.monotonic() < this.#settleAtMs) return;
    try {
      this.#settle(next);
    } catch (error) {
      // A full disk: both stay, and it is tried again.
      this.#settleAtMs = this.#clock.monotonic() + SETTLE_RETRY_MS;
      this.#log.error({ error: describeError(error) }, 'the renewed identity could not take the place of the old one');
    }
  }

  #settle(next: StoredIdentity): void {
    // Still on the connection from before the renewal.
    const isOnOld = this.#dialled.certificate !== next.certificate;
    if (isOnOld && this.#triesOfNext < REFUSALS_MAX) return;
    if (!isOnOld) {
      writeIdentity(this.#folder, next);
      this.#old = next;
      this.#log.info({ expires: new X509Certificate(next.certificate).validTo }, 'the renewed identity is in use');
    } else {
      this.#log.warn({}, 'the collector does not take the renewed identity; the old one stays');
      removeNext(this.#folder);
    }
    this.#next = undefined;
  }

  /**
   * Keeps a renewed identity beside the one by which it was got, on disk, and uses it from the next connection on.
   * @throws DATA_FOLDER
   */
  adopt(next: StoredIdentity, by: StoredIdentity): void {
    if (by.certificate !== this.#old.certificate) {
      // It waited still, and the collector knows it: the one before it may have ended.
      writeIdentity(this.#folder, by);
      this.#old = by;
    }
    writeIdentityTo(nextFolder(this.#folder), next);
    this.#next = next;
    this.#reached = 0;
    this.#triesOfNext = 0;
    this.time.raiseFloor(beginOf(next));
  }

  /** @param signer of our authority: the caller has checked that. @throws DATA_FOLDER */
  learnSigner(signer: string): void {
    if (signer === this.current.signer) return;
    if (this.#next !== undefined) {
      this.#next = { ...this.#next, signer };
      writeIdentityTo(nextFolder(this.#folder), this.#next);
    }
    this.#old = { ...this.#old, signer };
    writeSigner(this.#folder, signer);
    this.#log.info({}, 'the collector signs by another key now');
  }

  #targetOf({ key, certificate, authority, gateUrl, mqttUrl }: StoredIdentity): GateTarget {
    const { time } = this;
    return { url: gateUrl ?? gateBeside(mqttUrl), expected: { authority }, time, key, certificate };
  }
}

/** When a certificate was given, by the collector's clock: it is dated back a little. NaN when it cannot be read. */
function beginOf(identity: StoredIdentity): number {
  return lifeOf(identity)?.beginMs ?? Number.NaN;
}

/** One that is not whole is as if it had never come. */
function readNext(dataFolder: string): StoredIdentity | undefined {
  try {
    const folder = nextFolder(dataFolder);
    const next = isIdentityIn(folder) ? readIdentityIn(folder) : undefined;
    return next !== undefined && isPair(next) ? next : undefined;
  } catch {
    return undefined;
  }
}

function isWhole(dataFolder: string): boolean {
  try {
    return isPair(readIdentity(dataFolder));
  } catch {
    return false;
  }
}

const isPair = ({ key, certificate }: StoredIdentity): boolean =>
  new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
