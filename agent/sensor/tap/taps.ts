import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CodedError } from '../../../protocol/base/errors.js';
import { type CaptureEnd, CaptureRequest } from '../../../protocol/capture.js';
import { PacketFilter } from '../filter/filter.js';
import { PcapOutput } from './pcap-output.js';
import { Tap } from './tap.js';

const Fd = Type.Integer({ minimum: 3, maximum: 1_023 });

/** Where packets go; given by the agent, which opened the pipes. */
export const TapsConfig = Type.Object(
  {
    captureFd: Fd,
    ring: Type.Optional(
      Type.Object(
        {
          fd: Fd,
          filter: Type.String(),
          snapBytes: Type.Integer({ minimum: 14 }),
          bytesPerSMax: Type.Integer({ minimum: 1 }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type TapsConfig = Static<typeof TapsConfig>;

/** What the agent writes. @see agent/watch/captures.ts */
const CaptureOrder = Type.Object(
  { ...CaptureRequest.properties, id: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
);
type CaptureOrder = Static<typeof CaptureOrder>;
const orders = Compile(CaptureOrder);

/** Nobody asks so often. */
const UNTOLD_MAX = 64;
/** Packets that wait for the agent: 30 ms of a full gigabit. */
const CAPTURE_BUFFER_BYTES = 4 * 2 ** 20;
const RING_BUFFER_BYTES = 2 ** 20;
const MS_PER_S = 1_000;

export interface TapsDeps {
  /** A line for the agent about a capture. @returns false when there is no room for it now */
  tell(value: object): boolean;
}

interface Running {
  readonly id: number;
  readonly tap: Tap;
  readonly output: PcapOutput;
  readonly endsAtMs: number;
}

/** Where packets leave the sensor whole: one capture at a time, and the ring of the last minutes. */
export class Taps {
  /** Whether packets are wanted: all that the packet path asks while they are not. */
  isOn = false;
  readonly #config: TapsConfig | undefined;
  readonly #deps: TapsDeps;
  #ring: Tap | undefined;
  #ringOutput: PcapOutput | undefined;
  #capture: Running | undefined;
  /** Of a capture that has ended: bytes that have not left yet. */
  #rest: PcapOutput | undefined;
  /** Lines for which there was no room. */
  #untold: object[] = [];

  constructor(config: TapsConfig | undefined, deps: TapsDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  /** Begins to fill the ring, where there is one. @throws CAPTURE_FILTER */
  openRing(): void {
    if (this.#config?.ring === undefined) return;
    const { fd, filter, snapBytes, bytesPerSMax } = this.#config.ring;
    const tapConfig = { filter: new PacketFilter(filter), snapBytes, bytesPerSMax };
    this.#ringOutput = new PcapOutput({ fd, bufferBytes: RING_BUFFER_BYTES });
    this.#ring = new Tap(tapConfig, this.#ringOutput);
    this.isOn = true;
  }

  get pendingBytes(): number {
    const capture = (this.#capture?.output ?? this.#rest)?.pendingBytes ?? 0;
    return capture + (this.#ringOutput?.pendingBytes ?? 0);
  }

  /** Packets that the ring had no room for, or that were more than it may take. */
  get ringDropped(): number {
    return this.#ring?.dropped ?? 0;
  }

  onPacket(b: Buffer, start: number, end: number, wireBytes: number, timeUs: number, linkType: number): void {
    this.#capture?.tap.onPacket(b, start, end, wireBytes, timeUs, linkType);
    this.#ring?.onPacket(b, start, end, wireBytes, timeUs, linkType);
  }

  /** @param json a request and its number */
  start(json: string, nowMs: number): void {
    const order = parse(json);
    try {
      if (!orders.Check(order)) throw new CodedError('CAPTURE_REQUEST', 'the request is not understood');
      this.#begin(order, nowMs);
      this.#tell({ id: order.id, kind: 'started' });
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const { code, message, facts } = error;
      this.#tell({ id: idOf(order), kind: 'refused', code, message, facts });
    }
  }

  /** @throws CAPTURE_BUSY, CAPTURE_FILTER */
  #begin(order: CaptureOrder, nowMs: number): void {
    if (this.#config === undefined || this.#capture !== undefined || this.#rest !== undefined)
      throw new CodedError('CAPTURE_BUSY', 'packets are being captured already');
    const filter = new PacketFilter(order.filter);
    const output = new PcapOutput({ fd: this.#config.captureFd, bufferBytes: CAPTURE_BUFFER_BYTES });
    const endsAtMs = nowMs + order.seconds * MS_PER_S;
    this.#capture = { id: order.id, tap: new Tap({ ...order, filter }, output), output, endsAtMs };
    this.isOn = true;
  }

  /** Ends the capture, if there is one; its last bytes leave as they can. */
  end(endedBy: CaptureEnd): void {
    const running = this.#capture;
    if (running === undefined) return;
    const { id, tap, output } = running;
    tap.finish();
    this.#capture = undefined;
    this.#rest = output;
    this.isOn = this.#ring !== undefined;
    this.#tell({ id, kind: 'ended', packets: tap.packets, bytes: tap.bytes, dropped: tap.dropped, endedBy });
    this.flush();
  }

  /** Ten times a second: limits, and what could not leave before. */
  tick(nowMs: number): void {
    const running = this.#capture;
    if (running !== undefined) {
      if (running.tap.isFull) this.end('bytes');
      else if (nowMs >= running.endsAtMs) this.end('time');
      else if (running.output.isBroken) this.end('closing');
    }
    this.flush();
  }

  flush(): void {
    this.#capture?.output.flush();
    this.#ringOutput?.flush();
    this.#rest?.flush();
    if (this.#rest?.pendingBytes === 0) this.#rest = undefined;
    while (this.#untold.length > 0 && this.#deps.tell(this.#untold[0]!)) this.#untold.shift();
  }

  #tell(value: object): void {
    if (this.#untold.length === 0 && this.#deps.tell(value)) return;
    if (this.#untold.length < UNTOLD_MAX) this.#untold.push(value);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Of an order that is not understood, as far as it can be told. */
function idOf(order: unknown): number {
  const id = (order as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : 0;
}
