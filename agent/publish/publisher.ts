import { Backoff } from '../../protocol/base/backoff.js';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { decodeAck } from '../../protocol/codec.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';
import type { PublishConfig } from './config.js';
import { Connection, type Dial, type Identity, type RemoteKind } from './connection.js';
import { OwnAddresses } from './own-addresses.js';
import { Pulse } from './pulse.js';
import { type Pending, SendWindow } from './window.js';

export { PublishConfig } from './config.js';
export type { Dial, Identity } from './connection.js';

/** Where batches wait. The spool is one. */
export interface BatchSource extends Pending {
  read(lane: Lane, seq: number): Promise<Buffer | undefined>;
  ack(epoch: string, lane: Lane, seq: number): boolean;
  onStored(listener: () => void): void;
  /** What waits now may become backlog, behind what comes from now on. */
  beginGeneration(): void;
}

export interface PublisherDeps extends World {
  readonly source: BatchSource;
  readonly identity: Identity;
  readonly dial: Dial;
  /** The collector took the connection that was dialled last. */
  onConnected?(): void;
  /** The collector acknowledged something on it. */
  onAcked?(): void;
  readonly version: string;
  readonly boot: string;
  /** For tests: in place of this machine's. */
  readonly addresses?: OwnAddresses;
  /** Who hears what the collector wants of the box. Must not throw. */
  readonly remote?: {
    onMessage(kind: RemoteKind, bytes: Uint8Array): void;
    /** Replies can be sent from now on. */
    onConnected(): void;
  };
}

export interface PublisherStats {
  readonly state: 'stopped' | 'connecting' | 'waiting' | 'connected';
  readonly connections: number;
  readonly failedAttempts: number;
  readonly batchesSent: number;
  readonly batchesSentAgain: number;
  readonly bytesSent: number;
  readonly acks: number;
  /** Of another epoch, or for numbers never given. */
  readonly acksForeign: number;
  readonly acksMalformed: number;
  readonly inFlight: number;
  readonly credit: number;
  readonly isPaused: boolean;
  /** Lanes that the collector does not take now. */
  readonly heldLanes: readonly Lane[];
  readonly lastError: string;
}

/** Looks at what may be sent while something is held up; and when there is nothing but time to watch. */
const TICK_MS = 250;
const QUIET_TICK_MS = 1_000;
const READ_RETRY_MS = 200;
const BACKOFF_BASE_MS = 500;
/** When the collector had stored nothing for longer, what waits is looked at anew. */
const SILENCE_MS = 10_000;
const COMPLAIN_MS = 60_000;
/** How often a new address is looked for while waiting; and within what time it is used. */
const NEW_ADDRESS_MS = 1_000;
/** So many unanswered timeouts in a row and the connection is given up. */
const TIMEOUTS_MAX = 3;

/** Sends what the spool holds, as long as the collector gives credit, and frees it only by the collector's own word. */
export class Publisher implements Component {
  readonly name = 'publisher';
  readonly #config: PublishConfig;
  readonly #deps: PublisherDeps;
  readonly #window: SendWindow;
  readonly #backoff: Backoff;
  readonly #abort = new AbortController();
  readonly #addresses: OwnAddresses;
  readonly #counts = {
    connections: 0,
    failedAttempts: 0,
    batchesSent: 0,
    batchesSentAgain: 0,
    bytesSent: 0,
    acks: 0,
    acksForeign: 0,
    acksMalformed: 0,
  };
  #state: PublisherStats['state'] = 'stopped';
  #lastError = '';
  #complainedMs = Number.NEGATIVE_INFINITY;
  #connection: Connection | undefined;
  #pulse = new Pulse(0);
  #timeouts = 0;
  /** When an acknowledgement last freed something, or a connection began. */
  #freedMs = 0;
  #timeoutMs = Number.NEGATIVE_INFINITY;
  #loop: Promise<void> | undefined;
  #wakeUp: () => void = () => {};
  #isDraining = false;
  /** Another connection is to take the place of this one, without a wait. */
  #isMoving = false;

  constructor(config: PublishConfig, deps: PublisherDeps) {
    this.#config = config;
    this.#deps = { ...deps, log: deps.log.child({ component: 'publisher' }) };
    this.#window = new SendWindow(config, deps.source);
    this.#addresses = deps.addresses ?? new OwnAddresses();
    this.#backoff = new Backoff({ baseMs: BACKOFF_BASE_MS, maxMs: config.backoffMsMax }, deps.random);
  }

  /** Returns at once: the collector may be away for days. @throws CONFIG_INVALID */
  async start(): Promise<void> {
    this.#checkUrl();
    this.#deps.source.onStored(() => this.#wakeUp());
    this.#loop = this.#run();
  }

  stats(): PublisherStats {
    return {
      state: this.#state,
      ...this.#counts,
      inFlight: this.#window.inFlight,
      credit: this.#window.credit,
      heldLanes: this.#window.held,
      isPaused: this.#window.isPaused(this.#deps.clock.monotonic()),
      lastError: this.#lastError,
    };
  }

  /** Ends the connection in order and opens another at once: the identity was renewed. */
  reconnect(): void {
    this.#isMoving = this.#connection?.isOpen ?? false;
    this.#wakeUp();
  }

  /** An answer to what the collector wants. @returns false when there is no connection */
  reply(bytes: Buffer): boolean {
    if (this.#connection?.isOpen !== true) return false;
    this.#connection.sendReply(bytes);
    return true;
  }

  /** Sends what it can for a bounded time, then says goodbye. */
  async close(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    const endMs = this.#deps.clock.monotonic() + this.#config.drainMsMax;
    while (this.#connection?.isOpen && this.#hasPending() && this.#deps.clock.monotonic() < endMs) await sleep(20);
    this.#abort.abort();
    this.#wakeUp();
    await this.#loop;
    this.#state = 'stopped';
  }

  #checkUrl(): void {
    const text = this.#config.url ?? this.#deps.identity.mqttUrl;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== 'mqtts:' && url?.protocol !== 'mqtt:')
      throw new CodedError('CONFIG_INVALID', `publish.url ${text} is not an mqtts:// address`);
    if (url.protocol === 'mqtts:') return;
    if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname))
      throw new CodedError(
        'CONFIG_INVALID',
        `publish.url ${text}: without TLS only this machine itself may be reached`,
      );
    this.#deps.log.warn({ url: text }, 'publishing without TLS, to this machine itself');
  }

  #hasPending(): boolean {
    const { source } = this.#deps;
    return this.#window.inFlight > 0 || LANES.some((lane) => source.next(lane, 0, source.epoch) !== undefined);
  }

  /** The only loop. Never rejects. */
  async #run(): Promise<void> {
    this.#state = 'waiting';
    await this.#sleep(this.#config.firstMsMax * this.#deps.random());
    while (!this.#abort.signal.aborted) {
      const startMs = this.#deps.clock.monotonic();
      try {
        await this.#session();
      } catch (error) {
        this.#complain(error);
      }
      this.#connection = undefined;
      if (this.#abort.signal.aborted) return;
      if (this.#isMoving) {
        this.#isMoving = false;
        continue;
      }
      // One that dies young, refused subscriptions included, waits longer each time.
      if (this.#deps.clock.monotonic() - startMs >= this.#config.stableMs) this.#backoff.reset();
      this.#state = 'waiting';
      await this.#waitToRetry(this.#backoff.next());
    }
  }

  /** Ends at once when this machine has a new address: the cable is in again, or the line has come back as another. */
  async #waitToRetry(ms: number): Promise<void> {
    const endMs = this.#deps.clock.monotonic() + ms;
    for (let leftMs = ms; leftMs > 0 && !this.#abort.signal.aborted; leftMs = endMs - this.#deps.clock.monotonic()) {
      await this.#sleep(Math.min(leftMs, NEW_ADDRESS_MS));
      if (!this.#addresses.takeNew()) continue;
      this.#backoff.reset();
      await this.#sleep(NEW_ADDRESS_MS * this.#deps.random());
      return;
    }
  }

  #sleep(ms: number): Promise<void> {
    return sleep(ms, this.#abort.signal).catch(() => {});
  }

  async #session(): Promise<void> {
    const { identity, version, boot, clock, remote } = this.#deps;
    this.#state = 'connecting';
    const connection = await Connection.open(
      this.#config,
      identity,
      () => ({ version, boot, clock: clock.now() }),
      {
        onAck: (bytes) => this.#onAck(bytes),
        onHeard: () => this.#pulse.onHeard(clock.monotonic()),
        onClosed: () => this.#wakeUp(),
        ...(remote && { onMessage: (kind, bytes) => remote.onMessage(kind, bytes) }),
      },
      (address, msMax) => this.#deps.dial(address, msMax, this.#abort.signal),
    );
    this.#deps.onConnected?.();
    this.#connection = connection;
    this.#state = 'connected';
    this.#counts.connections += 1;
    this.#timeouts = 0;
    this.#pulse = new Pulse(clock.monotonic());
    this.#addresses.reset();
    this.#lastError = '';
    this.#window.reset(clock.monotonic());
    this.#freedMs = clock.monotonic();
    this.#deps.source.beginGeneration();
    this.#deps.log.info({ connection: connection.id }, 'connected to the collector');
    remote?.onConnected();
    try {
      while (connection.isOpen && !this.#abort.signal.aborted && !this.#isMoving) await this.#step(connection);
      if (!connection.isOpen && !this.#isMoving) throw new CodedError('PUBLISH_UNREACHABLE', 'the connection ended');
    } finally {
      if (this.#abort.signal.aborted) await connection.goodbye();
      else if (this.#isMoving) await connection.leave();
      else connection.drop();
    }
  }

  /** Sends one batch, or waits until there may be something to do. */
  async #step(connection: Connection): Promise<void> {
    const nowMs = this.#deps.clock.monotonic();
    this.#checkTimeouts(nowMs);
    this.#checkPulse(connection, nowMs);
    const batch = this.#window.pick(nowMs);
    if (batch === undefined) return this.#wait();
    const { lane, seq, epoch } = batch;
    const bytes = await this.#deps.source.read(lane, seq);
    if (bytes === undefined) {
      if (this.#deps.source.next(lane, seq - 1, epoch)?.seq === seq) await sleep(READ_RETRY_MS);
      else this.#window.skip(batch);
      return;
    }
    if (!connection.isOpen) return;
    connection.sendBatch(bytes);
    this.#window.sent(batch, bytes.length, this.#deps.clock.monotonic());
    this.#counts.batchesSent += 1;
    this.#counts.bytesSent += bytes.length;
  }

  #checkTimeouts(nowMs: number): void {
    const count = this.#window.expire(nowMs);
    if (count === 0) return;
    this.#counts.batchesSentAgain += count;
    // Lanes run out one after the other: one silence of the collector counts once.
    if (nowMs - this.#timeoutMs < this.#config.ackTimeoutMs) return;
    this.#timeoutMs = nowMs;
    this.#timeouts += 1;
    this.#deps.log.warn({ batches: count }, 'batches were not acknowledged and are sent again');
    if (this.#timeouts >= TIMEOUTS_MAX)
      throw new CodedError('PUBLISH_UNREACHABLE', 'the collector acknowledges nothing');
  }

  /** @throws PUBLISH_UNREACHABLE */
  #checkPulse(connection: Connection, nowMs: number): void {
    if (this.#addresses.isGone(connection.localAddress, nowMs))
      throw new CodedError('PUBLISH_UNREACHABLE', `this machine has lost its address ${connection.localAddress}`);
    const pulse = this.#pulse.check(nowMs);
    if (pulse === 'ask') connection.ask();
    if (pulse === 'dead') throw new CodedError('PUBLISH_UNREACHABLE', 'the collector cannot be heard any more');
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const isBusy = this.#pulse.isAsking || this.#window.hasUnsent;
      const timer = setTimeout(resolve, isBusy ? TICK_MS : QUIET_TICK_MS);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #onAck(bytes: Uint8Array): void {
    const ack = decodeAck(bytes);
    if (ack === undefined) {
      this.#counts.acksMalformed += 1;
      return;
    }
    const oldest = this.#deps.source.next(ack.lane, 0, ack.epoch);
    if (!this.#deps.source.ack(ack.epoch, ack.lane, ack.seq)) {
      this.#counts.acksForeign += 1;
      return;
    }
    this.#counts.acks += 1;
    this.#deps.onAcked?.();
    this.#timeouts = 0;
    const nowMs = this.#deps.clock.monotonic();
    this.#window.onAck(ack, nowMs);
    if (oldest !== undefined && oldest.seq <= ack.seq) this.#onFreed(nowMs);
    this.#wakeUp();
  }

  #onFreed(nowMs: number): void {
    // After a long time on a living connection what has gathered is as old as after a broken one.
    if (nowMs - this.#freedMs > SILENCE_MS) this.#deps.source.beginGeneration();
    this.#freedMs = nowMs;
  }

  /** Says a failure aloud, then at most once a minute. */
  #complain(error: unknown): void {
    this.#counts.failedAttempts += 1;
    this.#lastError = describeError(error);
    const now = this.#deps.clock.monotonic();
    if (now - this.#complainedMs < COMPLAIN_MS) return;
    this.#complainedMs = now;
    const facts = { code: 'PUBLISH_UNREACHABLE', reason: this.#lastError, failures: this.#counts.failedAttempts };
    this.#deps.log.warn(facts, 'the collector cannot be reached; records wait on disk');
  }
}
