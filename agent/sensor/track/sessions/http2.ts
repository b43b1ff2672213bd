import { u8, u32 } from '../../wire/bytes.js';
import { HpackReader } from '../../wire/hpack.js';
import type { HttpHead } from '../../wire/http-head.js';
import {
  HTTP2_HEADER_BYTES,
  HTTP2_PREFACE,
  Http2Flag,
  type Http2Frame,
  Http2Type,
  http2Block,
  http2Frame,
} from '../../wire/http2-frame.js';
import { Http2Fields } from '../http2-head.js';
import { Http2Streams } from '../http2-streams.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** Bytes of one block of fields with all of its continuations. */
const BLOCK_BYTES_MAX = 65_536;
/** Frames of one block: an empty one costs its sender nothing. */
const BLOCK_FRAMES_MAX = 64;
/** Connections followed at once: each may keep tables of 16 KiB. */
const CONNECTIONS_MAX = 2_048;
const NOTHING = Buffer.alloc(0);

/** Connections followed now. */
let connections = 0;

/** HTTP/2 without TLS, by prior knowledge. RFC 9113 3.3. */
export const HTTP2: Protocol = {
  name: 'http',
  transport: 'tcp',
  datasets: ['http'],
  recognise: (b, start, end) => {
    const bytes = Math.min(HTTP2_PREFACE.length, end - start);
    if (HTTP2_PREFACE.compare(b, start, start + bytes, 0, bytes) !== 0) return Verdict.No;
    return bytes === HTTP2_PREFACE.length ? Verdict.Yes : Verdict.More;
  },
  open: (conversation) => new Http2Session(conversation),
};

/** What one side has begun and not ended. */
class Half {
  readonly fields = new HpackReader();
  hasBegun = false;
  isBroken = false;
  /** A block that goes on in another frame, the stream that it tells of, and the one that its frames are on. */
  block: Buffer = NOTHING;
  blockStream = 0;
  blockOn = 0;
  blockFrames = 0;
  isBlockEnd = false;
  /** Data that are passed over, and the stream that they are of. */
  passing = 0;
  passingStream = 0;
  isPassingEnd = false;
}

/** One connection: header fields are read, bodies are counted and passed over. */
export class Http2Session implements Session {
  readonly #conversation: Conversation;
  readonly #streams: Http2Streams;
  readonly #halves = [new Half(), new Half()] as const;
  #client: number | undefined;

  /** @param client the side that asks, when an upgrade has told (RFC 7540 3.2) */
  constructor(conversation: Conversation, client?: number) {
    this.#conversation = conversation;
    this.#streams = new Http2Streams(conversation);
    this.#client = client;
    connections += 1;
  }

  /** The request by which the connection became this: its answer comes in stream 1. RFC 7540 3.2. */
  onUpgrade(request: HttpHead, timeUs: number): void {
    this.#streams.onHead(1, { ...request, version: '2' }, timeUs);
    this.#streams.onSideEnd(1, true);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#halves[side as 0 | 1].isBroken) return end - start;
    if (connections > CONNECTIONS_MAX) return DONE;
    this.#client ??= side;
    const half = this.#halves[side as 0 | 1];
    this.#endPassing(half, side, 0);
    let at = start;
    if (!half.hasBegun) {
      if (side === this.#client) {
        if (end - at < HTTP2_PREFACE.length) return 0;
        if (HTTP2_PREFACE.compare(b, at, at + HTTP2_PREFACE.length) !== 0) return DONE;
        at += HTTP2_PREFACE.length;
      }
      half.hasBegun = true;
    }
    while (end - at >= HTTP2_HEADER_BYTES) {
      const frame = http2Frame(b, at);
      if (frame === undefined || !isExpected(half, frame)) return DONE;
      if (frame.end > end && !isPassable(frame, end)) break;
      if (!this.#onFrame(half, side, b, frame, timeUs)) return DONE;
      at = frame.end;
      if (at <= end) this.#endPassing(half, side, 0);
    }
    return at - start;
  }

  /** What the tables of this side hold is not known any more; of its bodies no more than that they end. */
  onGap(side: number): void {
    this.#halves[side as 0 | 1].isBroken = true;
  }

  onEnd(): void {
    connections -= 1;
    for (const side of [0, 1] as const) this.#endPassing(this.#halves[side], side, this.#conversation.unseen(side));
    this.#streams.tellAll();
  }

  /** @returns false when the connection cannot be read any further */
  #onFrame(half: Half, side: number, b: Buffer, frame: Http2Frame, timeUs: number): boolean {
    switch (frame.type) {
      case Http2Type.Data:
        return this.#onData(half, b, frame);
      case Http2Type.Headers:
      case Http2Type.PushPromise:
      case Http2Type.Continuation:
        return this.#onBlock(half, side, b, frame, timeUs);
      case Http2Type.Reset:
        this.#streams.tell(frame.stream);
        return true;
      default:
        return true;
    }
  }

  /** Counted when it is behind us; padding is none of it. RFC 9113 6.1. */
  #onData(half: Half, b: Buffer, { flags, stream, start, end }: Http2Frame): boolean {
    const padding = (flags & Http2Flag.Padded) === 0 || start === end ? 0 : 1 + u8(b, start);
    if (padding > end - start) return false;
    half.passing = end - start - padding;
    half.passingStream = stream;
    half.isPassingEnd = (flags & Http2Flag.EndStream) !== 0;
    return true;
  }

  #endPassing(half: Half, side: number, unseen: number): void {
    if (half.passingStream === 0) return;
    const isRequest = side === this.#client;
    this.#streams.onData(half.passingStream, isRequest, Math.max(0, half.passing - unseen));
    if (half.isPassingEnd && unseen === 0) this.#streams.onSideEnd(half.passingStream, isRequest);
    half.passingStream = 0;
  }

  #onBlock(half: Half, side: number, b: Buffer, frame: Http2Frame, timeUs: number): boolean {
    const block = http2Block(b, frame);
    if (block === undefined) return false;
    if (frame.type !== Http2Type.Continuation) {
      const isPush = frame.type === Http2Type.PushPromise;
      half.blockStream = isPush ? u32(b, block.start - 4) & 0x7fffffff : frame.stream;
      half.isBlockEnd = !isPush && (frame.flags & Http2Flag.EndStream) !== 0;
      half.blockOn = frame.stream;
      half.blockFrames = 0;
    }
    half.blockFrames += 1;
    const isWhole = (frame.flags & Http2Flag.EndHeaders) !== 0;
    if (isWhole && half.block.length === 0) return this.#onFields(half, side, b, block.start, block.end, timeUs);
    const bytes = half.block.length + block.end - block.start;
    if (bytes > BLOCK_BYTES_MAX || half.blockFrames > BLOCK_FRAMES_MAX) return false;
    // A copy: what was given is valid during the call only.
    half.block = Buffer.concat([half.block, b.subarray(block.start, block.end)]);
    return !isWhole || this.#onFields(half, side, half.block, 0, half.block.length, timeUs);
  }

  #onFields(half: Half, side: number, b: Buffer, start: number, end: number, timeUs: number): boolean {
    const { blockStream: stream, isBlockEnd } = half;
    const fields = new Http2Fields();
    half.block = NOTHING;
    half.blockOn = 0;
    if (!half.fields.read(b, start, end, (name, value) => fields.add(name, value))) return false;
    const head = fields.head();
    if (head !== undefined) this.#streams.onHead(stream, head, timeUs);
    if (isBlockEnd) this.#streams.onSideEnd(stream, side === this.#client);
    return true;
  }
}

/** RFC 9113 6.10: a block that has begun is gone on with, and by nothing else. */
function isExpected(half: Half, { type, stream }: Http2Frame): boolean {
  if (half.blockOn === 0) return type !== Http2Type.Continuation;
  return type === Http2Type.Continuation && stream === half.blockOn;
}

/** Frames that are not waited for, but for the byte that says how long the padding is. */
function isPassable({ type, flags, start }: Http2Frame, end: number): boolean {
  if (type === Http2Type.Data) return (flags & Http2Flag.Padded) === 0 || start < end;
  return type !== Http2Type.Headers && type !== Http2Type.PushPromise && type !== Http2Type.Continuation;
}
