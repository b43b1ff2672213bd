import { Value } from 'typebox/value';
import { ERROR_CODES, type ErrorCode } from '../../protocol/base/error-codes.js';
import { CodedError } from '../../protocol/base/errors.js';
import { type CaptureEnd, CaptureRequest, type CaptureResult } from '../../protocol/capture.js';
import { HandOver, type OnBytes, type Pausable } from './hand-over.js';
import { emptyPcap, PCAP_HEADER_BYTES, PcapCutter } from './pcap-cutter.js';
import type { CaptureNotice } from './sensor-line.js';

export interface CapturesDeps {
  /** Writes to the sensor. @returns false when there is none */
  send(text: string): boolean;
}

/** How long the sensor may take to say that it has ended; then it is ended without its word. */
const GRACE_MS = 10_000;
const MS_PER_S = 1_000;

/** One capture: what was asked, what has come, and who waits for it. */
interface Session {
  readonly id: number;
  readonly request: CaptureRequest;
  readonly cutter: PcapCutter;
  readonly handOver: HandOver;
  readonly resolve: (result: CaptureResult) => void;
  readonly reject: (error: unknown) => void;
  timer: NodeJS.Timeout | undefined;
  source: Pausable | undefined;
  /** Of the sensor's pipe. */
  receivedBytes: number;
  ended: Extract<CaptureNotice, { kind: 'ended' }> | undefined;
  /** Whoever waited has been told; what still comes is thrown away. */
  isSettled: boolean;
}

/** The parent's side of captures: one at a time, and none before the last byte of the one before has come. */
export class Captures {
  readonly #deps: CapturesDeps;
  #session: Session | undefined;
  #id = 0;

  constructor(deps: CapturesDeps) {
    this.#deps = deps;
  }

  get isRunning(): boolean {
    return this.#session !== undefined && !this.#session.isSettled;
  }

  /**
   * @param signal ends it before its time
   * @throws CAPTURE_REQUEST, CAPTURE_BUSY, CAPTURE_NO_SENSOR, CAPTURE_FILTER, and what `onBytes` throws
   */
  async run(asked: Partial<CaptureRequest>, onBytes: OnBytes, signal?: AbortSignal): Promise<CaptureResult> {
    const request = checkedRequest(asked);
    if (this.#session !== undefined) throw new CodedError('CAPTURE_BUSY', 'packets are being captured already');
    const id = ++this.#id;
    const stop = (): void => this.#stop(id);
    const result = new Promise<CaptureResult>((resolve, reject) => {
      const handOver = new HandOver(onBytes, (error) => this.#fail(id, error));
      const state = { timer: undefined, source: undefined, receivedBytes: 0, ended: undefined, isSettled: false };
      this.#session = { id, request, cutter: new PcapCutter(), handOver, resolve, reject, ...state };
    });
    if (!this.#deps.send(`c${JSON.stringify({ ...request, id })}\n`)) {
      this.#session = undefined;
      throw new CodedError('CAPTURE_NO_SENSOR', 'the sensor is not running');
    }
    this.#expectEnd(id, request.seconds * MS_PER_S + GRACE_MS, 'time');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    return result.finally(() => signal?.removeEventListener('abort', stop));
  }

  /** From the sensor's pipe. */
  onBytes(chunk: Buffer, source: Pausable): void {
    const session = this.#session;
    if (session === undefined) return;
    session.source = source;
    session.receivedBytes += chunk.length;
    if (!session.isSettled) this.#handOn(session, chunk, source);
    this.#endIfWhole(session);
  }

  onNotice(notice: CaptureNotice): void {
    const session = this.#session;
    if (session === undefined || notice.id !== session.id || notice.kind === 'started') return;
    if (notice.kind === 'refused') {
      this.#session = undefined;
      const code = Object.hasOwn(ERROR_CODES, notice.code) ? (notice.code as ErrorCode) : 'SENSOR_FAILED';
      this.#settle(session, () => session.reject(new CodedError(code, notice.message, notice.facts)));
      return;
    }
    session.ended = notice;
    this.#endIfWhole(session);
  }

  /** The sensor is gone, and its last byte was read. */
  onGone(endedBy: CaptureEnd): void {
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) this.#finish(session, session.ended?.endedBy ?? endedBy);
  }

  #handOn(session: Session, chunk: Buffer, source: Pausable): void {
    const { cutter, request, handOver } = session;
    const piece = cutter.push(chunk);
    const isTooLong = cutter.bytes > request.bytesMax; // The sensor keeps the limit; unless it is not ours any more.
    if (piece !== undefined && !isTooLong) handOver.give(piece, source);
    if (cutter.isBroken || isTooLong)
      this.#fail(session.id, new CodedError('SENSOR_FAILED', 'the sensor wrote what is no capture'));
  }

  #endIfWhole(session: Session): void {
    if (session.ended === undefined || session.receivedBytes < session.ended.bytes) return;
    this.#session = undefined;
    this.#finish(session, session.ended.endedBy);
  }

  #stop(id: number): void {
    if (this.#session?.id !== id) return;
    this.#deps.send('x');
    this.#expectEnd(id, GRACE_MS, 'stopped');
  }

  #fail(id: number, error: unknown): void {
    const session = this.#session;
    if (session?.id !== id) return;
    this.#deps.send('x');
    this.#settle(session, () => session.reject(error));
  }

  #expectEnd(id: number, afterMs: number, endedBy: CaptureEnd): void {
    const session = this.#session;
    if (session?.id !== id || session.isSettled) return;
    clearTimeout(session.timer);
    session.timer = setTimeout(() => {
      this.#deps.send('x');
      this.#finish(session, endedBy);
    }, afterMs);
  }

  #finish(session: Session, endedBy: CaptureEnd): void {
    if (session.isSettled) return;
    const { cutter, handOver, ended } = session;
    const isEmpty = cutter.header === undefined;
    if (isEmpty) handOver.give(emptyPcap(), { pause: () => {}, resume: () => {} });
    const bytes = isEmpty ? PCAP_HEADER_BYTES : cutter.bytes;
    const result = { packets: cutter.packets, bytes, dropped: ended?.dropped ?? 0, endedBy };
    this.#settle(session, () => void handOver.idle().then(() => session.resolve(result)));
  }

  #settle(session: Session, tell: () => void): void {
    clearTimeout(session.timer);
    if (session.isSettled) return;
    session.isSettled = true;
    session.source?.resume(); // What still comes is read, whoever may be slow.
    tell();
  }
}

/** @throws CAPTURE_REQUEST */
function checkedRequest(asked: Partial<CaptureRequest>): CaptureRequest {
  const request = Value.Default(CaptureRequest, { ...asked });
  if (Value.Check(CaptureRequest, request)) return request;
  const [problem] = Value.Errors(CaptureRequest, request);
  const place = problem?.instancePath.slice(1) ?? '';
  throw new CodedError('CAPTURE_REQUEST', `the request is wrong: ${place} ${problem?.message ?? ''}`.trim());
}
