/** How times without a zone or year are understood. */
export interface MessageClock {
  readonly receivedMs: number;
  /** IANA name of the source's zone, such as `Asia/Tokyo`. */
  readonly zone: string;
}
