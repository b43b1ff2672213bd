import { type FileHandle, open } from 'node:fs/promises';
import { request } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { GATE_PREFIX } from '../../protocol/api/gate.js';
import { Backoff } from '../../protocol/base/backoff.js';
import { CodedError, describeError, hasCode } from '../../protocol/base/errors.js';
import { sleep } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { UPLOAD_PIECE_BYTES_MAX } from '../../protocol/commands.js';
import { bodyOf, learnTime, openTrusted, placeOf } from './gate-client.js';
import type { StoredIdentity } from './identity.js';
import type { TrustedTime } from './trusted-time.js';

export interface UploadDeps extends World {
  /** As it is now: it may be renewed meanwhile. */
  identity(): StoredIdentity;
  readonly time: TrustedTime;
  /** How long it is tried. */
  readonly uploadMs: number;
}

export interface UploadFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const PIECE_MS_MAX = 30_000;
const ANSWER_BYTES_MAX = 4_096;
const BACKOFF = { baseMs: 1_000, maxMs: 60_000 };

/**
 * Brings a command's result to the gate, piece by piece; after a failure it goes on where the collector says that it is.
 * @throws REMOTE_UPLOAD_FAILED, or what the collector refuses it with
 */
export async function upload(id: string, file: UploadFile, signal: AbortSignal, deps: UploadDeps): Promise<void> {
  const backoff = new Backoff(BACKOFF, deps.random);
  const endMs = deps.clock.monotonic() + deps.uploadMs;
  const handle = await open(file.path, 'r');
  try {
    for (let offset = 0; offset !== file.bytes; ) {
      signal.throwIfAborted();
      try {
        offset = await sendPiece(id, file, handle, offset, deps);
        backoff.reset();
      } catch (error) {
        await waitAfter(error, backoff, endMs, signal, deps);
      }
    }
  } finally {
    await handle.close();
  }
}

async function waitAfter(
  error: unknown,
  backoff: Backoff,
  endMs: number,
  signal: AbortSignal,
  { clock, log }: UploadDeps,
): Promise<void> {
  const isRefused =
    error instanceof CodedError && !hasCode(error, 'PUBLISH_UNREACHABLE') && !hasCode(error, 'AUTH_LIMITED');
  if (isRefused) throw error;
  if (clock.monotonic() >= endMs)
    throw new CodedError('REMOTE_UPLOAD_FAILED', 'the gate was not reached in time', {}, { cause: error });
  log.warn({ error: describeError(error) }, 'a result waits to be uploaded');
  await sleep(backoff.next(), signal);
}

/** @returns how many bytes the collector has now */
async function sendPiece(
  id: string,
  { bytes, sha256 }: UploadFile,
  handle: FileHandle,
  offset: number,
  deps: UploadDeps,
): Promise<number> {
  const piece = Buffer.alloc(Math.min(UPLOAD_PIECE_BYTES_MAX, bytes - offset));
  await handle.read(piece, 0, piece.length, offset);
  const path = `/uploads/${id}?${new URLSearchParams({ offset: String(offset), total: String(bytes), sha256 })}`;
  const answer = (await put(deps, path, piece)) as { received?: unknown };
  if (typeof answer.received !== 'number' || !(answer.received >= 0 && answer.received <= bytes))
    throw new CodedError('REMOTE_UPLOAD_FAILED', 'the gate gave an answer that is not understood');
  return answer.received;
}

async function put({ identity, time }: UploadDeps, path: string, content: Buffer): Promise<unknown> {
  const { gateUrl: url, key, certificate, authority } = identity();
  if (url === undefined) throw new CodedError('REMOTE_UPLOAD_FAILED', 'the gate of the collector is not known yet');
  const target = { url, expected: { authority }, time, key, certificate };
  const door = { ...placeOf(url), key, certificate };
  try {
    const { socket } = await openTrusted(door, target.expected, time, PIECE_MS_MAX, () => learnTime(target));
    try {
      const { status, text } = await exchange(socket, door, path, content);
      return bodyOf(url, status, text);
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('PUBLISH_UNREACHABLE', `no answer from ${url}`, { url }, { cause: error });
  }
}

function exchange(
  socket: TLSSocket,
  { host, port }: { host: string; port: number },
  path: string,
  content: Buffer,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': content.length };
    const call = request({
      ...{ host, port, method: 'PUT', path: `${GATE_PREFIX}${path}`, headers },
      createConnection: () => socket,
    });
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${PIECE_MS_MAX} ms`)), PIECE_MS_MAX);
    call.once('close', () => clearTimeout(timer));
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > ANSWER_BYTES_MAX) call.destroy(new Error('the answer is too large'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.end(content);
  });
}
