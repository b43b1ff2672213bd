import { type Bytes, u8 } from './bytes.js';
import { wellFormed } from './ntlm.js';

/** ITU-T T.124: what the client brings begins behind this key, in PER. */
const CLIENT_KEY = Buffer.from('Duca', 'latin1');
const BLOCK_HEADER_BYTES = 4;
const BLOCKS_MAX = 16;
const CORE = 0xc001;
const NETWORK = 0xc003;
/** Places in the block of the core, [MS-RDPBCGR] 2.2.1.3.2, its header included. */
const WIDTH = 8;
const HEIGHT = 10;
const KEYBOARD_LAYOUT = 16;
const BUILD = 20;
const NAME = 24;
const NAME_BYTES = 32;
const PRODUCT_ID = 146;
const PRODUCT_ID_BYTES = 64;
const CHANNEL_BYTES = 12;
const CHANNEL_NAME_BYTES = 8;
/** [MS-RDPBCGR] 2.2.1.3.4. */
const CHANNELS_MAX = 31;

/** What a client says of itself before anything is hidden, where neither TLS nor CredSSP was agreed on. */
export interface RdpClient {
  readonly name?: string;
  readonly build?: number;
  readonly keyboardLayout?: number;
  readonly width?: number;
  readonly height?: number;
  readonly productId?: string;
  readonly channels?: readonly string[];
}

/** An MCS Connect-Initial. @returns undefined when there is no client's data in it */
export function decodeRdpClient(b: Bytes, start: number, end: number): RdpClient | undefined {
  const key = b.subarray(start, end).indexOf(CLIENT_KEY);
  if (key < 0) return undefined;
  let at = start + key + CLIENT_KEY.length;
  if (at >= end) return undefined;
  // The length in one byte, or in two with the highest bit set.
  at += (u8(b, at) & 0x80) === 0 ? 1 : 2;
  let client: RdpClient | undefined;
  for (let count = 0; count < BLOCKS_MAX && at + BLOCK_HEADER_BYTES <= end; count++) {
    const type = littleU16(b, at);
    const blockEnd = at + littleU16(b, at + 2);
    if (blockEnd < at + BLOCK_HEADER_BYTES || blockEnd > end) break;
    if (type === CORE) client = { ...client, ...readCore(b, at, blockEnd) };
    if (type === NETWORK) client = { ...client, ...readChannels(b, at, blockEnd) };
    at = blockEnd;
  }
  return client;
}

function readCore(b: Bytes, at: number, end: number): RdpClient {
  if (at + NAME + NAME_BYTES > end) return {};
  const name = wideText(b, at + NAME, NAME_BYTES);
  const productId = at + PRODUCT_ID + PRODUCT_ID_BYTES <= end ? wideText(b, at + PRODUCT_ID, PRODUCT_ID_BYTES) : '';
  return {
    width: littleU16(b, at + WIDTH),
    height: littleU16(b, at + HEIGHT),
    keyboardLayout: b.readUInt32LE(at + KEYBOARD_LAYOUT),
    build: b.readUInt32LE(at + BUILD),
    ...(name === '' ? {} : { name }),
    ...(productId === '' ? {} : { productId }),
  };
}

function readChannels(b: Bytes, at: number, end: number): RdpClient {
  const first = at + BLOCK_HEADER_BYTES + 4;
  if (first > end) return {};
  const count = Math.min(
    b.readUInt32LE(at + BLOCK_HEADER_BYTES),
    CHANNELS_MAX,
    Math.floor((end - first) / CHANNEL_BYTES),
  );
  const channels = Array.from({ length: count }, (_, index) => {
    const from = first + index * CHANNEL_BYTES;
    return b.toString('latin1', from, from + CHANNEL_NAME_BYTES).split('\0')[0] ?? '';
  });
  return { channels: channels.filter(Boolean) };
}

function wideText(b: Bytes, from: number, bytes: number): string {
  return wellFormed(b.toString('utf16le', from, from + bytes).split('\0')[0] ?? '');
}

const littleU16 = (b: Bytes, at: number): number => b.readUInt16LE(at);
