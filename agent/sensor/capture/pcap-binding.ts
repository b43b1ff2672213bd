import { createRequire } from 'node:module';
import { CodedError } from '../../../protocol/base/errors.js';

/**
 * The native part of npm `pcap`, without the JavaScript around it: that prints warnings to the console, brings a
 * decoder that hangs, and stops polling for ever once the interface was down.
 */
export interface PcapSession {
  /** @returns `LINKTYPE_NAME`, or `Unknown linktype N` @throws with libpcap's words */
  open_live(
    device: string,
    filter: string,
    ringBytes: number,
    snapBytes: number,
    dumpFile: string,
    onPacket: () => void,
    isMonitor: boolean,
    readMs: number,
    onWarning: (text: string) => void,
    isPromiscuous: boolean,
  ): string;
  /**
   * Empties the ring: for each packet fills `packet` and `header` and calls `onPacket`. Returns when the ring is
   * empty, which under a flood may be never. An exception of `onPacket` ends the process.
   */
  dispatch(packet: Buffer, header: Buffer): number;
  /** Calls `read_callback` when packets wait, until the interface goes down. */
  start_polling(): void;
  read_callback?: () => void;
  /** Takes effect in the next `dispatch`. */
  close(): void;
  stats(): { ps_recv: number; ps_drop: number; ps_ifdrop: number };
}

/** What `dispatch` writes into `header`: four numbers of 32 bits in the machine's byte order. */
export const HEADER_BYTES = 16;
export const HEADER_SECONDS = 0;
export const HEADER_MICROS = 1;
export const HEADER_CAPTURED = 2;
export const HEADER_ORIGINAL = 3;

/** @throws CAPTURE_LIBRARY */
export function createPcapSession(): PcapSession {
  try {
    const require = createRequire(import.meta.url);
    const binding = require('pcap/build/Release/pcap_binding') as { PcapSession: new () => PcapSession };
    return new binding.PcapSession();
  } catch (cause) {
    throw new CodedError('CAPTURE_LIBRARY', 'could not load the capture library', {}, { cause });
  }
}
