import { randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import { isoMillis, sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { CANARY_LABEL, type CanaryRecord, type CanaryState } from '../../protocol/records/canary.js';
import { type Lane, laneOf } from '../../protocol/records/lanes.js';
import { sendQuestion } from './canary-packet.js';

export const CanaryConfig = Type.Object(
  {
    isOn: Type.Boolean({ default: true, description: 'Send one at the start and once a day.' }),
    everyMs: Type.Integer({ default: 86_400_000, minimum: 1_000, description: 'One each.' }),
    readyMs: Type.Integer({ default: 120_000, minimum: 10, description: 'Longest wait for the sensor to listen.' }),
    seenMs: Type.Integer({ default: 20_000, minimum: 10, description: 'Longest wait for its record, each time.' }),
    domain: Type.String({
      default: 'canary.invalid',
      pattern: '^[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63}){1,3}$',
      description: "Of the name that is asked for; RFC 6761 keeps invalid from ever being anybody's.",
    }),
  },
  { additionalProperties: false, default: {} },
);
export type CanaryConfig = Static<typeof CanaryConfig>;

export interface CanaryDeps extends World {
  /** What the sensor listens on now; undefined while it does not. */
  listening(): { readonly source: string; readonly place: string } | undefined;
  accept(lane: Lane, line: Buffer): void;
  /** For tests: in place of a packet on the wire. */
  readonly send?: (name: string, interfaceName: string) => Promise<void>;
}

/** A lost packet, or a record that was one too many, is no fault yet. */
const TRIES = 3;
const READY_POLL_MS = 250;
const ID_BYTES = 8;
const MESSAGES: Record<CanaryState, readonly [en: string, ja: string]> = {
  sent: [
    "A marked packet was sent from the box's own interface. Its dns record must come out at the collector; this says nothing about the mirror port.",
    '監視装置自身のインターフェースから確認用パケットを送りました。この名前の dns 記録が監視センターに届くはずです。ミラーポートの確認にはなりません。',
  ],
  seen: ['The sensor saw the marked packet.', 'センサーは確認用パケットを見ました。'],
  unseen: [
    'The sensor did not see the marked packet on its own interface.',
    'センサーは自身のインターフェースで確認用パケットを見ませんでした。',
  ],
  failed: ['The marked packet could not be sent.', '確認用パケットを送れませんでした。'],
  off: ['No marked packets are sent here.', 'ここでは確認用パケットを送りません。'],
};

/** Sends the daily canary and looks whether the sensor makes a record of it. */
export class Canary implements Component {
  readonly name = 'canary';
  readonly #config: CanaryConfig;
  readonly #deps: CanaryDeps;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  /** The name that is waited for, and who waits. */
  #awaited: Buffer | undefined;
  #onSeen: (() => void) | undefined;

  constructor(config: CanaryConfig, deps: CanaryDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#loop = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#deps.log.error({ error: describeError(error) }, 'canary failed');
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** Shown every record of the sensor on its way to the spool. */
  onRecord(line: Buffer): void {
    if (this.#awaited !== undefined && line.includes(this.#awaited)) this.#onSeen?.();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#once();
      await sleep(this.#config.everyMs, this.#stop.signal);
    }
  }

  async #once(): Promise<void> {
    if (!this.#config.isOn) return this.#tell('off', { 'hinomi.canary.reason': 'configuration' });
    const place = await this.#ready();
    if (place === undefined) return this.#tell('failed', { 'hinomi.canary.reason': 'the sensor does not listen' });
    if (place.source !== 'live') return this.#tell('off', { 'hinomi.canary.reason': 'a recording is played' });
    const id = randomBytes(ID_BYTES).toString('hex');
    const name = `${CANARY_LABEL}${id}.${this.#config.domain}`;
    const facts = { 'hinomi.canary.id': id, 'hinomi.canary.name': name, 'hinomi.canary.interface': place.place };
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const seen = this.#await(name);
      try {
        await (this.#deps.send ?? sendQuestion)(name, place.place);
      } catch (error) {
        this.#awaited = undefined;
        return this.#tell('failed', { ...facts, 'hinomi.canary.reason': describeError(error).slice(0, 200) });
      }
      if (attempt === 0) this.#tell('sent', facts);
      if (await seen) return this.#tell('seen', facts);
    }
    this.#tell('unseen', facts);
  }

  /** Waits until the sensor listens. */
  async #ready(): Promise<{ readonly source: string; readonly place: string } | undefined> {
    const endMs = this.#deps.clock.monotonic() + this.#config.readyMs;
    for (;;) {
      const place = this.#deps.listening();
      if (place !== undefined) return place;
      if (this.#deps.clock.monotonic() > endMs) return undefined;
      await sleep(READY_POLL_MS, this.#stop.signal);
    }
  }

  /** Whether a record with this name comes in time. */
  #await(name: string): Promise<boolean> {
    this.#awaited = Buffer.from(`"${name}"`);
    return new Promise((resolve) => {
      const over = (isSeen: boolean): void => {
        clearTimeout(timer);
        this.#stop.signal.removeEventListener('abort', stopped);
        this.#awaited = undefined;
        resolve(isSeen);
      };
      const stopped = (): void => over(false);
      const timer = setTimeout(over, this.#config.seenMs, false);
      this.#stop.signal.addEventListener('abort', stopped, { once: true });
      this.#onSeen = () => over(true);
    });
  }

  #tell(state: CanaryState, facts: Partial<CanaryRecord>): void {
    if (this.#stop.signal.aborted) return;
    const [message, messageJa] = MESSAGES[state];
    const record: CanaryRecord = {
      '@timestamp': isoMillis(this.#deps.clock.now()),
      'event.kind': 'event',
      'event.dataset': 'canary',
      message,
      'hinomi.message_ja': messageJa,
      ...facts,
      'hinomi.canary.state': state,
    };
    this.#deps.accept(laneOf('canary'), Buffer.from(JSON.stringify(record)));
  }
}
