import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import { CAPTURE_ENDS } from '../../protocol/capture.js';
import { LANES, type Lane } from '../../protocol/records/lanes.js';

const Count = Type.Number({ minimum: 0 });

/** What the sensor says about itself, about once a second; counts since its start. */
export const SensorStats = Type.Object({
  /** `live` or `recording`. */
  source: Type.String(),
  /** The interface, or the recording's path. */
  place: Type.String(),
  deliveredPackets: Count,
  kernelReceived: Count,
  kernelDropped: Count,
  interfaceDropped: Count,
  flowsLive: Count,
  /** Records written, by lane. */
  acceptedRecords: Type.Array(Count, { minItems: LANES.length, maxItems: LANES.length }),
  /** Records for which there was no room, by lane. */
  droppedRecords: Type.Array(Count, { minItems: LANES.length, maxItems: LANES.length }),
  pendingBytes: Count,
  memoryBytes: Count,
  /** Share of the conversations that is followed now; below 1 there are more packets than can be handled. */
  keptShare: Type.Optional(Count),
  /** Whether applications of new flows are looked into now. */
  isDeep: Type.Optional(Type.Boolean()),
  /** Packets that did not go into the ring, when there is one. */
  ringDropped: Type.Optional(Count),
  /** A recording came to its end. */
  isFinished: Type.Boolean(),
});
export type SensorStats = Static<typeof SensorStats>;

const SensorFailure = Type.Object({ code: Type.String(), message: Type.String() });
export type SensorFailure = Static<typeof SensorFailure>;

/** What the sensor says about a capture, by the number that the order had. */
export const CaptureNotice = Type.Union([
  Type.Object({ id: Count, kind: Type.Literal('started') }),
  Type.Object({
    id: Count,
    kind: Type.Literal('refused'),
    code: Type.String({ maxLength: 64 }),
    message: Type.String({ maxLength: 4_096 }),
    facts: Type.Object({ position: Type.Optional(Count) }),
  }),
  Type.Object({
    id: Count,
    kind: Type.Literal('ended'),
    packets: Count,
    bytes: Count,
    dropped: Count,
    endedBy: Type.Enum([...CAPTURE_ENDS]),
  }),
]);
export type CaptureNotice = Static<typeof CaptureNotice>;

const RescanNotice = Type.Object({ devices: Count });

const checkCapture = Compile(CaptureNotice);
const checkRescan = Compile(RescanNotice);
const checkStats = Compile(SensorStats);
const checkFailure = Compile(SensorFailure);

/** A record with its lane's digit and the line feed. */
export const LINE_BYTES_MAX = RECORD_BYTES_MAX + 2;
const LF = 0x0a;
const DIGIT_ZERO = 0x30;
const LETTER_S = 's'.charCodeAt(0);
const LETTER_E = 'e'.charCodeAt(0);
const LETTER_B = 'b'.charCodeAt(0);
const LETTER_C = 'c'.charCodeAt(0);
const LETTER_R = 'r'.charCodeAt(0);
/** Lines that are JSON for us. */
const PARSED = new Set([LETTER_S, LETTER_E, LETTER_C, LETTER_R]);

export interface LineHandlers {
  /** @param line one record as JSON without the line feed, a view that stays valid */
  onRecord(lane: Lane, line: Buffer): void;
  onStats(stats: SensorStats): void;
  onFailure(failure: SensorFailure): void;
  /** What the sensor has learned, as it said it: nobody but another sensor reads it. */
  onState(json: Buffer): void;
  onCapture(notice: CaptureNotice): void;
  /** @param devices that will be told once more */
  onRescan(devices: number): void;
  /** A line that is too long or not understood: the sensor is not to be trusted, but the next line may be good. */
  onBadLine(): void;
}

/** Takes the sensor's bytes apart into lines, whatever way they were cut. Keeps at most one line. */
export class SensorLines {
  readonly #handlers: LineHandlers;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #isTooLong = false;

  constructor(handlers: LineHandlers) {
    this.#handlers = handlers;
  }

  /** Bytes of a line whose end has not come. */
  get restBytes(): number {
    return this.#restBytes;
  }

  /** @param chunk owned by the callee from now on: records are views of it */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      this.#line(chunk.subarray(start, end));
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#restBytes += bytes.length;
    if (this.#restBytes > LINE_BYTES_MAX) this.#isTooLong = true;
    if (this.#isTooLong) this.#rest = [];
    else this.#rest.push(bytes);
  }

  #line(end: Buffer): void {
    const isTooLong = this.#isTooLong || this.#restBytes + end.length > LINE_BYTES_MAX;
    const line = this.#rest.length === 0 ? end : Buffer.concat([...this.#rest, end]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#isTooLong = false;
    if (isTooLong) this.#handlers.onBadLine();
    else this.#take(line);
  }

  #take(line: Buffer): void {
    const first = line[0] ?? 0;
    const lane = LANES[first - DIGIT_ZERO];
    const body = line.subarray(1);
    const value = PARSED.has(first) ? parse(body) : undefined;
    if (lane !== undefined && body.length > 0) this.#handlers.onRecord(lane, body);
    else if (first === LETTER_S && checkStats.Check(value)) this.#handlers.onStats(value);
    else if (first === LETTER_E && checkFailure.Check(value)) this.#handlers.onFailure(value);
    else if (first === LETTER_C && checkCapture.Check(value)) this.#handlers.onCapture(value);
    else if (first === LETTER_R && checkRescan.Check(value)) this.#handlers.onRescan(value.devices);
    else if (first === LETTER_B && body.length > 0) this.#handlers.onState(body);
    else this.#handlers.onBadLine();
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
