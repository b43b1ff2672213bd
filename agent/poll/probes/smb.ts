import { bad, type Probe } from '../result.js';
import { talk, type Verdict } from './connect.js';

// [MS-SMB2] 2.2.1.2, 2.2.3 and 2.2.4; the four bytes in front are those of direct TCP, [MS-SMB2] 2.1.
const FRAME_BYTES = 4;
const HEADER_BYTES = 64;
const MAGIC = Buffer.from([0xfe, 0x53, 0x4d, 0x42]);
/** What answers so speaks SMB 1 alone: it is there, and it says so. */
const MAGIC_1 = Buffer.from([0xff, 0x53, 0x4d, 0x42]);
const STATUS = 8;
const COMMAND = 12;
const FLAGS = 16;
const FLAG_RESPONSE = 1;
const DIALECT = HEADER_BYTES + 4;
const NEGOTIATE_BYTES = 36;
/** 3.1.1 is left out: it wants negotiate contexts, and whoever speaks it speaks 3.0 too. */
const DIALECTS: Readonly<Record<number, string>> = { 514: '2.0.2', 528: '2.1', 768: '3.0', 770: '3.0.2' };

/** Whether a file server agrees on a version of SMB; nobody is logged in. */
export const probeSmb: Probe = async ({ smb }, signal, { clock }) =>
  smb === undefined ? bad('failed') : talk({ ...smb, say: negotiate(), judge: judgeSmb }, signal, clock);

function negotiate(): Buffer {
  const dialects = Object.keys(DIALECTS).map(Number);
  const message = Buffer.alloc(HEADER_BYTES + NEGOTIATE_BYTES + 2 * dialects.length);
  MAGIC.copy(message);
  message.writeUInt16LE(HEADER_BYTES, 4);
  message.writeUInt16LE(1, 14); // Credits that are asked for.
  message.writeUInt16LE(NEGOTIATE_BYTES, HEADER_BYTES);
  message.writeUInt16LE(dialects.length, HEADER_BYTES + 2);
  message.writeUInt16LE(1, HEADER_BYTES + 4); // Signing is possible.
  for (const [index, dialect] of dialects.entries())
    message.writeUInt16LE(dialect, HEADER_BYTES + NEGOTIATE_BYTES + 2 * index);
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeUInt32BE(message.length);
  return Buffer.concat([frame, message]);
}

/** A negotiate response, its length fields not believed. */
export function judgeSmb(received: Buffer): Verdict {
  if (received.length < FRAME_BYTES + MAGIC.length) return startsWrong(received) ? { reason: 'malformed' } : undefined;
  if (startsWrong(received)) return { reason: 'malformed' };
  const message = received.subarray(FRAME_BYTES);
  if (message.subarray(0, 4).equals(MAGIC_1))
    return { reason: 'ok', facts: { 'hinomi.endpoint.protocol_version': 'SMB 1' } };
  if (message.length < DIALECT + 2) return undefined;
  if (message.readUInt16LE(COMMAND) !== 0 || (message.readUInt32LE(FLAGS) & FLAG_RESPONSE) === 0)
    return { reason: 'malformed' };
  if (message.readUInt32LE(STATUS) !== 0) return { reason: 'server-failed' };
  const dialect = DIALECTS[message.readUInt16LE(DIALECT)];
  if (dialect === undefined) return { reason: 'malformed' };
  return { reason: 'ok', facts: { 'hinomi.endpoint.protocol_version': `SMB ${dialect}` } };
}

/** What is there of the frame and the magic number has to fit. */
function startsWrong(received: Buffer): boolean {
  if (received[0] !== 0) return received.length > 0;
  const magic = received.subarray(FRAME_BYTES, FRAME_BYTES + MAGIC.length);
  return ![MAGIC, MAGIC_1].some((known) => known.subarray(0, magic.length).equals(magic));
}
