import type { Component } from '../../../protocol/base/scope.js';

/**
 * One packet. `b[start, end)` are the captured bytes, valid only until the callback returns: copy what is kept.
 * @param wireBytes length on the wire, at least `end - start` unless the recording lies
 * @param timeUs microseconds since the Unix epoch
 * @param linkType LINKTYPE number of tcpdump.org, see `wire/link-types.ts`
 */
export type OnPacket = (
  b: Buffer,
  start: number,
  end: number,
  wireBytes: number,
  timeUs: number,
  linkType: number,
) => void;

/** Counts since the start. A recording has no kernel: its last three stay 0. */
export interface CaptureStats {
  readonly deliveredPackets: number;
  /** Packets that the kernel put or wanted to put into the ring, the dropped ones included. */
  readonly kernelReceived: number;
  /** Lost because the ring was full. */
  readonly kernelDropped: number;
  /** Lost by the interface or its driver. */
  readonly interfaceDropped: number;
}

/** Pushes packets to its `OnPacket` from `start` to `close`. */
export interface PacketSource extends Component {
  start(): Promise<void>;
  stats(): CaptureStats;
}

/**
 * A recording, pulled in slices, so that the caller can wait for its output to drain between them.
 * Packets before a damage are always delivered first.
 */
export interface Recording {
  /**
   * Delivers up to `packetsMax` packets, synchronously one after the other once their bytes are read.
   * @throws CAPTURE_CORRUPT, CAPTURE_TRUNCATED (with the byte offset), CAPTURE_FORMAT, CAPTURE_LINK_TYPE, CAPTURE_UNREADABLE
   */
  next(onPacket: OnPacket, packetsMax: number): Promise<'more' | 'end'>;
  close(): Promise<void>;
}

/** `openRecording(path)` of `capture/recording.ts`; `-` is standard input. @throws CAPTURE_UNREADABLE, CAPTURE_FORMAT */
export type OpenRecording = (path: string) => Promise<Recording>;
