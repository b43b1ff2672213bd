import { gunzipSync } from 'node:zlib';
import { BATCH_UNPACKED_BYTES_MAX } from '../../protocol/base/limits.js';
import { peekBatch } from '../../protocol/codec.js';
import type { BatchHeader } from '../../protocol/envelope.js';

/**
 * Whether the bytes are the batch of that name: the collector could not acknowledge one that says something else.
 * @param isWhole also whether all of it is as it was packed (RFC 1952 2.3.1: checksum and length)
 */
export function isBatch(bytes: Buffer, name: Pick<BatchHeader, 'epoch' | 'lane' | 'seq'>, isWhole: boolean): boolean {
  const header = peekBatch(bytes)?.header;
  if (header?.epoch !== name.epoch || header.lane !== name.lane || header.seq !== name.seq) return false;
  return !isWhole || unpacks(bytes);
}

function unpacks(bytes: Buffer): boolean {
  try {
    gunzipSync(bytes, { maxOutputLength: BATCH_UNPACKED_BYTES_MAX });
    return true;
  } catch {
    return false;
  }
}
