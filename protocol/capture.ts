import { type Static, Type } from 'typebox';

/** Filters: of their text, of the conditions in it, and of brackets and `not`s in one another. */
export const FILTER_CHARACTERS_MAX = 1_024;
export const FILTER_CONDITIONS_MAX = 64;
export const FILTER_DEPTH_MAX = 16;

/** No tool writes longer packets (libpcap's MAXIMUM_SNAPLEN). */
export const SNAP_BYTES_MAX = 262_144;
/** A header and one whole Ethernet frame fit. */
const BYTES_MIN = 2_048;

const Filter = Type.String({
  default: '',
  maxLength: FILTER_CHARACTERS_MAX,
  description: "Which packets, in the words of tcpdump's filters (docs/capture.md). Empty: all.",
});
const BytesMax = Type.Integer({
  default: 10 * 2 ** 20,
  minimum: BYTES_MIN,
  maximum: 2 ** 30,
  description: 'Longest file; it ends before the packet that would not fit.',
});
const SnapBytes = Type.Integer({
  default: 65_535,
  minimum: 14,
  maximum: SNAP_BYTES_MAX,
  description: 'Bytes kept of a packet.',
});

/** What packets a box shall write into a pcap file. */
export const CaptureRequest = Type.Object(
  {
    filter: Filter,
    seconds: Type.Integer({ default: 60, minimum: 1, maximum: 3_600, description: 'Longest time.' }),
    bytesMax: BytesMax,
    snapBytes: SnapBytes,
  },
  { additionalProperties: false },
);
export type CaptureRequest = Static<typeof CaptureRequest>;

/**
 * `time`, `bytes`: a limit was reached; `stopped`: somebody asked; `source`: the recording came to its end; `closing`:
 * the agent or the sensor was to end; `sensor`: the sensor died.
 */
export const CAPTURE_ENDS = ['time', 'bytes', 'stopped', 'source', 'closing', 'sensor'] as const;
export type CaptureEnd = (typeof CAPTURE_ENDS)[number];

export interface CaptureResult {
  /** Written. */
  readonly packets: number;
  /** Of the file. */
  readonly bytes: number;
  /** Packets that passed the filter and were not written: the reader was slow, or their link type another one. */
  readonly dropped: number;
  readonly endedBy: CaptureEnd;
}

/** What of the kept packets shall be read: of [from, to), in milliseconds since the epoch. */
export const RingRequest = Type.Object(
  {
    filter: Filter,
    from: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
    to: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
    bytesMax: BytesMax,
    snapBytes: SnapBytes,
  },
  { additionalProperties: false },
);
export type RingRequest = Static<typeof RingRequest>;

export interface RingResult {
  readonly packets: number;
  readonly bytes: number;
  /** Packets of another link type than the first one, which one file cannot hold. */
  readonly dropped: number;
  /** Of the first and the last packet that were written, in milliseconds since the epoch. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  /** `bytes`: there were more packets than fit. */
  readonly endedBy: 'end' | 'bytes';
}
