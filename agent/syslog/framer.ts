/** Why bytes were no whole, ordinary frame. Counted by connection and told in the status. */
export type FrameReason = 'cut' | 'half_frame' | 'lost_sync' | 'count_too_large';

export interface FrameSink {
  /** Valid until it returns. The reason is there for a frame that is not whole. */
  frame(bytes: Buffer, reason?: FrameReason): void;
}

/** An octet count, and where its message begins. */
interface Count {
  readonly bodyStart: number;
  readonly length: number;
}

type Mode = 'unknown' | 'counted' | 'line' | 'nul';

const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const LESS = 0x3c;
/** RFC 6587 3.4.1: MSG-LEN is NONZERO-DIGIT *DIGIT SP. Seven digits are far beyond every frame that is taken. */
const COUNT_DIGITS_MAX = 7;
/** What is skipped of one frame that is too long; whoever sends more has lost the thread. */
const SKIP_BYTES_MAX = 2 ** 20;
/** A first frame that counts its bytes and begins with no `<`: shorter ones are a version or a day. */
const BARE_COUNT_MIN = 16;
const START_BYTES = 4_096;

/**
 * Finds the messages in the bytes of one connection, by itself: octet counts (RFC 6587 3.4.1), LF, CR LF or NUL at the
 * end (3.4.2), looked at anew at each frame's begin and nowhere else. How the bytes were cut on their way makes no
 * difference. Memory: one frame and what came with it.
 */
export class Framer {
  readonly #sink: FrameSink;
  readonly #bytesMax: number;
  #buffer = Buffer.allocUnsafe(START_BYTES);
  #start = 0;
  #end = 0;
  /** Up to here no delimiter was found. */
  #scanned = 0;
  #mode: Mode = 'unknown';
  /** Bytes of a counted frame that was cut; they are dropped. */
  #skipCount = 0;
  /** Bytes dropped so far of a line that was cut; -1: none is being dropped. */
  #skippedLine = -1;
  #isBroken = false;
  /** Messages told so far. */
  frames = 0;

  constructor(bytesMax: number, sink: FrameSink) {
    this.#bytesMax = bytesMax;
    this.#sink = sink;
  }

  /** Bytes of a frame that is not whole yet. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Whether the sender counts its bytes: then half a frame stays half, however long one waits. */
  get isCounted(): boolean {
    return this.#mode === 'counted';
  }

  /** @returns false when the connection has to end: where the next frame begins is not known any more */
  push(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length && !this.#isBroken; ) {
      const length = Math.min(chunk.length - at, this.#bytesMax);
      this.#append(chunk, at, at + length);
      at += length;
      while (this.#next());
    }
    return !this.#isBroken;
  }

  /** Nothing more comes, or nothing came for a while: what lies here is a message, or half of one. */
  end(): void {
    if (!this.#isBroken && this.#skippedLine < 0) this.#tellRest();
    this.#start = this.#end = this.#scanned = 0;
  }

  #tellRest(): void {
    while (this.#start < this.#end && isFiller(this.#buffer[this.#start]!)) this.#start += 1;
    if (this.#start === this.#end) return;
    const count = this.#countAt();
    if (typeof count === 'object') {
      const { bodyStart, length } = count;
      const isWhole = this.#end - bodyStart === length;
      if (isWhole || this.#isCount(bodyStart)) {
        this.#emit(bodyStart, this.#end, isWhole ? undefined : 'half_frame');
        return;
      }
    }
    this.#emit(this.#start, trimEnd(this.#buffer, this.#start, this.#end));
  }

  #append(chunk: Buffer, from: number, to: number): void {
    const length = to - from;
    if (this.#start === this.#end) this.#start = this.#end = this.#scanned = 0;
    if (this.#end + length > this.#buffer.length) this.#makeRoom(length);
    chunk.copy(this.#buffer, this.#end, from, to);
    this.#end += length;
  }

  #makeRoom(length: number): void {
    const pending = this.#end - this.#start;
    let size = this.#buffer.length;
    while (size < pending + length) size *= 2;
    const target = size === this.#buffer.length ? this.#buffer : Buffer.allocUnsafe(size);
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#scanned -= this.#start;
    this.#end = pending;
    this.#start = 0;
  }

  /** @returns whether there may be more */
  #next(): boolean {
    if (this.#isBroken || this.#start >= this.#end) return false;
    if (this.#skipCount > 0) return this.#skip();
    if (this.#skippedLine >= 0) return this.#readLine();
    if (this.#scanned > this.#start) return this.#readLine();
    const first = this.#buffer[this.#start]!;
    if (isFiller(first)) {
      this.#advance(this.#start + 1);
      return true;
    }
    return this.#nextFrame(first);
  }

  #nextFrame(first: number): boolean {
    if (first <= ZERO || first > NINE) {
      if (this.#mode === 'counted' && first !== LESS) return this.#break('lost_sync');
      return this.#readLine();
    }
    const count = this.#countAt();
    if (count === 'more') return false;
    if (count === 'none') return this.#mode === 'counted' ? this.#break('lost_sync') : this.#readLine();
    if (this.#isCount(count.bodyStart)) return this.#readCounted(count.bodyStart, count.length);
    if (count.bodyStart >= this.#end) return false;
    return this.#tryBareCount(count.bodyStart, count.length);
  }

  #isCount(bodyStart: number): boolean {
    return this.#mode === 'counted' || (bodyStart < this.#end && this.#buffer[bodyStart] === LESS);
  }

  #countAt(): Count | 'none' | 'more' {
    let length = 0;
    for (let at = this.#start; at < this.#end; at++) {
      const byte = this.#buffer[at]!;
      if (byte === SPACE && at > this.#start) return { bodyStart: at + 1, length };
      if (byte < ZERO || byte > NINE || at - this.#start >= COUNT_DIGITS_MAX) return 'none';
      if (byte === ZERO && at === this.#start) return 'none';
      length = length * 10 + byte - ZERO;
    }
    return 'more';
  }

  /**
   * A number in front of what begins with no `<`: an octet count or the year of a line. It is a count when so many bytes
   * have no line feed before their end and another frame begins behind them.
   */
  #tryBareCount(bodyStart: number, length: number): boolean {
    if (length < BARE_COUNT_MIN || length > this.#bytesMax) return this.#readLine();
    const bodyEnd = bodyStart + length;
    const feed = this.#buffer.subarray(bodyStart, Math.min(this.#end, bodyEnd - 1)).indexOf(LF);
    if (feed >= 0) return this.#readLine();
    if (this.#end <= bodyEnd) return false;
    const behind = this.#buffer[bodyEnd]!;
    if (behind > NINE || (behind <= ZERO && !isFiller(behind))) return this.#readLine();
    return this.#readCounted(bodyStart, length);
  }

  #readCounted(bodyStart: number, length: number): boolean {
    this.#mode = 'counted';
    if (length > SKIP_BYTES_MAX) return this.#break('count_too_large');
    const wanted = Math.min(length, this.#bytesMax);
    if (this.#end - bodyStart < wanted) return false;
    this.#emit(bodyStart, bodyStart + wanted, wanted < length ? 'cut' : undefined);
    this.#skipCount = length - wanted;
    this.#advance(bodyStart + wanted);
    return true;
  }

  #skip(): boolean {
    const length = Math.min(this.#skipCount, this.#end - this.#start);
    this.#skipCount -= length;
    this.#advance(this.#start + length);
    return true;
  }

  #readLine(): boolean {
    const end = this.#findEnd(Math.max(this.#scanned, this.#start));
    if (end < 0) return this.#waitForEnd();
    const isNul = this.#buffer[end] === NUL;
    if (this.#skippedLine >= 0) this.#skippedLine = -1;
    else if (end - this.#start > this.#bytesMax) this.#emit(this.#start, this.#start + this.#bytesMax, 'cut');
    else this.#emit(this.#start, trimEnd(this.#buffer, this.#start, end));
    this.#mode = isNul ? 'nul' : 'line';
    this.#advance(end + 1);
    return true;
  }

  /** Where frames end with NUL a line feed is a part of them. */
  #findEnd(from: number): number {
    const rest = this.#buffer.subarray(from, this.#end);
    const nul = rest.indexOf(NUL);
    const feed = this.#mode === 'nul' ? -1 : (nul < 0 ? rest : rest.subarray(0, nul)).indexOf(LF);
    const at = feed < 0 ? nul : feed;
    return at < 0 ? -1 : from + at;
  }

  #waitForEnd(): false {
    const length = this.#end - this.#start;
    if (this.#skippedLine >= 0) {
      this.#skippedLine += length;
      this.#advance(this.#end);
      if (this.#skippedLine > SKIP_BYTES_MAX) this.#break('lost_sync');
      return false;
    }
    this.#scanned = this.#end;
    if (length <= this.#bytesMax) return false;
    this.#emit(this.#start, this.#start + this.#bytesMax, 'cut');
    this.#skippedLine = length - this.#bytesMax;
    this.#advance(this.#end);
    return false;
  }

  /** What is here is told as it is, since nothing is dropped unseen. */
  #break(reason: FrameReason): false {
    this.#isBroken = true;
    if (this.#end > this.#start) {
      const end = Math.min(this.#end, this.#start + this.#bytesMax);
      this.#emit(this.#start, trimEnd(this.#buffer, this.#start, end), reason);
    }
    this.#advance(this.#end);
    return false;
  }

  #advance(to: number): void {
    this.#start = to;
    this.#scanned = to;
  }

  #emit(from: number, to: number, reason?: FrameReason): void {
    if (to <= from) return;
    this.frames += 1;
    this.#sink.frame(this.#buffer.subarray(from, to), reason);
  }
}

const isFiller = (byte: number): boolean => byte === LF || byte === CR || byte === NUL;

/** Without the line ends and NUL that stand behind a message; a datagram has them too. */
export function trimEnd(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isFiller(bytes[at - 1]!)) at -= 1;
  return at;
}
