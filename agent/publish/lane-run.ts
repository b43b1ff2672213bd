/** How far the batches of one epoch in one lane are sent and acknowledged. */
export class LaneRun {
  #acked = 0;
  #cursor = 0;
  #inFlight: { seq: number; sentMs: number }[] = [];
  /** Of the round robin between lanes. */
  turn = 0;

  /** The last number sent on this connection. */
  get cursor(): number {
    return this.#cursor;
  }
  get inFlight(): number {
    return this.#inFlight.length;
  }
  get oldestSentMs(): number | undefined {
    return this.#inFlight[0]?.sentMs;
  }

  sent(seq: number, nowMs: number): void {
    this.#cursor = seq;
    this.#inFlight.push({ seq, sentMs: nowMs });
  }

  skip(seq: number): void {
    this.#cursor = seq;
  }

  onAck(seq: number): void {
    this.#acked = Math.max(this.#acked, seq);
    this.#cursor = Math.max(this.#cursor, this.#acked);
    this.#inFlight = this.#inFlight.filter((batch) => batch.seq > this.#acked);
  }

  /** Everything that is not acknowledged is sent again, in order. */
  rewind(): void {
    this.#cursor = this.#acked;
    this.#inFlight = [];
    this.turn = 0;
  }
}
