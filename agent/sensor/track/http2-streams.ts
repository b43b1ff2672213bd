import type { HttpHead } from '../wire/http-head.js';
import { type Exchange, newExchange, tellExchange } from './http-record.js';
import type { Conversation } from './session.js';

/** Programs allow 100 to 256 at once. */
const STREAMS_MAX = 256;

interface Stream extends Exchange {
  responseBytes: number;
  isRequestOver: boolean;
  isResponseOver: boolean;
}

/** The exchanges of one HTTP/2 connection by their streams; each is told when it is over. RFC 9113 5. */
export class Http2Streams {
  readonly #conversation: Conversation;
  /** In the order of their beginning. */
  readonly #streams = new Map<number, Stream>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onHead(id: number, head: HttpHead, timeUs: number): void {
    const stream = this.#streams.get(id) ?? this.#open(id, timeUs);
    if (head.isRequest) {
      stream.request ??= head;
    } else if (head.status >= 200) {
      // RFC 9110 15.2: what comes before is not the answer.
      stream.response ??= head;
      stream.responseUs = timeUs;
    }
  }

  onData(id: number, isRequest: boolean, bytes: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (isRequest) stream.requestBytes += bytes;
    else stream.responseBytes += bytes;
  }

  /** One side has nothing more to say. */
  onSideEnd(id: number, isRequest: boolean): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (isRequest) stream.isRequestOver = true;
    else stream.isResponseOver = true;
    if (stream.isRequestOver && stream.isResponseOver) this.tell(id);
  }

  /** The stream was broken off, or everything ends. */
  tell(id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    if (stream.request === undefined && stream.response === undefined) return;
    tellExchange(this.#conversation, stream, stream.response === undefined ? undefined : stream.responseBytes);
  }

  tellAll(): void {
    for (const id of this.#streams.keys()) this.tell(id);
  }

  #open(id: number, timeUs: number): Stream {
    if (this.#streams.size >= STREAMS_MAX) this.tell(this.#streams.keys().next().value!);
    const stream = {
      ...newExchange(undefined, timeUs),
      responseBytes: 0,
      isRequestOver: false,
      isResponseOver: false,
    };
    this.#streams.set(id, stream);
    return stream;
  }
}
