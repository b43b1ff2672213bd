import { type Bytes, u8, u16, u32 } from './bytes.js';
import { Flaw } from './flaws.js';
import type { Frame } from './frame.js';
import { readIcmp, readIcmpv6 } from './icmp.js';

export const Protocol = { Icmp: 1, Tcp: 6, Udp: 17, Icmpv6: 58, Sctp: 132 } as const;
export const TcpFlag = { Fin: 1, Syn: 2, Rst: 4, Psh: 8, Ack: 16, Urg: 32 } as const;

// RFC 9293 3.1.
const TCP_HEADER_BYTES_MIN = 20;
const TCP_OPTION_END = 0;
const TCP_OPTION_NOP = 1;
const TCP_OPTION_WINDOW_SCALE = 3;
/** 40 bytes of options hold no more than this many. */
const TCP_OPTIONS_MAX = 40;
// RFC 768.
const UDP_HEADER_BYTES = 8;
const SCTP_HEADER_BYTES = 12;
// RFC 4303 2: what follows the two numbers is the payload, though nobody can read it.
const ESP = 50;
const ESP_HEADER_BYTES = 8;

/** Reads ports and payload of an unfragmented packet or a first fragment; other protocols have payload alone. */
export function readTransport(frame: Frame, b: Bytes): Flaw {
  switch (frame.protocol) {
    case Protocol.Tcp:
      return readTcp(frame, b);
    case Protocol.Udp:
      return readUdp(frame, b);
    case Protocol.Icmp:
      return frame.ipVersion === 4 ? readIcmp(frame, b) : readOther(frame);
    case Protocol.Icmpv6:
      return frame.ipVersion === 6 ? readIcmpv6(frame, b) : readOther(frame);
    case Protocol.Sctp:
      return readSctp(frame, b);
    default:
      return readOther(frame);
  }
}

function readTcp(frame: Frame, b: Bytes): Flaw {
  const start = frame.transportStart;
  const captured = frame.transportEnd - start;
  if (captured < TCP_HEADER_BYTES_MIN) return Flaw.TcpTruncated;
  const headerBytes = (u8(b, start + 12) >> 4) * 4;
  if (headerBytes < TCP_HEADER_BYTES_MIN || headerBytes > frame.transportBytes) return Flaw.TcpBadHeaderLength;
  frame.sourcePort = u16(b, start);
  frame.destinationPort = u16(b, start + 2);
  frame.seq = u32(b, start + 4);
  frame.ack = u32(b, start + 8);
  frame.flags = u8(b, start + 13);
  frame.window = u16(b, start + 14);
  frame.windowScale = -1;
  if ((frame.flags & TcpFlag.Syn) !== 0) {
    readTcpOptions(frame, b, start + TCP_HEADER_BYTES_MIN, start + Math.min(headerBytes, captured));
  }
  setPayload(frame, headerBytes);
  return Flaw.None;
}

/** The one option that the tracker wants: the window scale of a SYN (RFC 7323 2.2). Lengths of 0 end the walk. */
function readTcpOptions(frame: Frame, b: Bytes, start: number, end: number): void {
  let at = start;
  for (let count = 0; count < TCP_OPTIONS_MAX && at < end; count++) {
    const kind = u8(b, at);
    if (kind === TCP_OPTION_END) return;
    if (kind === TCP_OPTION_NOP) {
      at += 1;
      continue;
    }
    if (at + 1 >= end) return;
    const bytes = u8(b, at + 1);
    if (bytes < 2 || at + bytes > end) return;
    if (kind === TCP_OPTION_WINDOW_SCALE && bytes === 3) frame.windowScale = Math.min(14, u8(b, at + 2));
    at += bytes;
  }
}

function readUdp(frame: Frame, b: Bytes): Flaw {
  const start = frame.transportStart;
  if (frame.transportEnd - start < UDP_HEADER_BYTES) return Flaw.UdpTruncated;
  const said = u16(b, start + 4);
  // Zero: a jumbogram (RFC 2675 4) or offload. A first fragment says the length of the whole datagram.
  const bytes = said === 0 || (frame.isFragment && said > frame.transportBytes) ? frame.transportBytes : said;
  if (bytes < UDP_HEADER_BYTES || bytes > frame.transportBytes) return Flaw.UdpBadLength;
  frame.sourcePort = u16(b, start);
  frame.destinationPort = u16(b, start + 2);
  frame.transportBytes = bytes;
  frame.transportEnd = Math.min(frame.transportEnd, start + bytes);
  setPayload(frame, UDP_HEADER_BYTES);
  return Flaw.None;
}

function readSctp(frame: Frame, b: Bytes): Flaw {
  const start = frame.transportStart;
  if (frame.transportEnd - start < SCTP_HEADER_BYTES) return Flaw.SctpTruncated;
  frame.sourcePort = u16(b, start);
  frame.destinationPort = u16(b, start + 2);
  setPayload(frame, SCTP_HEADER_BYTES);
  return Flaw.None;
}

/** Where a header of unknown length ends, nobody knows: all of it is header. */
function readOther(frame: Frame): Flaw {
  setPayload(frame, frame.protocol === ESP ? Math.min(ESP_HEADER_BYTES, frame.transportBytes) : frame.transportBytes);
  return Flaw.None;
}

/** Payload begins `headerBytes` into the transport; captured and said ends are kept apart. */
export function setPayload(frame: Frame, headerBytes: number): void {
  frame.payloadStart = Math.min(frame.transportStart + headerBytes, frame.transportEnd);
  frame.payloadEnd = frame.transportEnd;
  frame.payloadBytes = frame.transportBytes - headerBytes;
}
