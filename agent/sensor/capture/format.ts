import { CodedError } from '../../../protocol/base/errors.js';
import { isKnownLinkType, linkTypeName } from '../wire/link-types.js';
import type { ByteWindow } from './byte-window.js';
import type { OnPacket } from './source.js';

/** No tool writes longer packets (libpcap's MAXIMUM_SNAPLEN); a longer one is damage. */
export const PACKET_BYTES_MAX = 262_144;

/** One file format. It works on what is in memory and says what it needs next; the caller reads. */
export interface RecordingFormat {
  /**
   * Delivers at most `packetsMax` packets from the window, without waiting, and returns how many.
   * @throws CAPTURE_CORRUPT, CAPTURE_LINK_TYPE at the first thing that is wrong, after all packets before it
   */
  deliver(window: ByteWindow, onPacket: OnPacket, packetsMax: number): number;
  /** Bytes that must be in memory before `deliver` can do more. */
  readonly neededBytes: number;
  /** Bytes to pass over before that: what is of no interest may be longer than the window. */
  takeSkip(): number;
}

export function corrupt(offset: number, what: string): CodedError {
  return new CodedError('CAPTURE_CORRUPT', `damaged at byte ${offset}: ${what}`, { offset });
}

export function truncated(offset: number, what: string): CodedError {
  return new CodedError('CAPTURE_TRUNCATED', `ends at byte ${offset}, ${what}`, { offset });
}

/** @throws CAPTURE_LINK_TYPE naming it */
export function requireKnownLinkType(linkType: number, offset: number): void {
  if (isKnownLinkType(linkType)) return;
  const message = `link type ${linkType} (${linkTypeName(linkType)}), named at byte ${offset}, is not supported`;
  throw new CodedError('CAPTURE_LINK_TYPE', message, { linkType, offset });
}
