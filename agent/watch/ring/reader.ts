import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { ERROR_CODES, type ErrorCode } from '../../../protocol/base/error-codes.js';
import { CodedError } from '../../../protocol/base/errors.js';
import { inheritedExecArgs, programPath } from '../../../protocol/base/place.js';
import { RingRequest, type RingResult } from '../../../protocol/capture.js';
import { HandOver, type OnBytes } from '../hand-over.js';

const PROGRAM = 'agent/sensor/extract';
const RESULT_FD = 3;
/** A gigabyte from an SD card takes a minute. */
const READ_MS_MAX = 300_000;
const RESULT_BYTES_MAX = 8_192;

const Count = Type.Number({ minimum: 0 });
/** The reading process's last word. @see agent/sensor/extract.ts */
const Answer = Type.Union([
  Type.Object({
    packets: Count,
    bytes: Count,
    dropped: Count,
    firstMs: Type.Optional(Count),
    lastMs: Type.Optional(Count),
    endedBy: Type.Enum(['end', 'bytes']),
  }),
  Type.Object({
    code: Type.String(),
    message: Type.String(),
    facts: Type.Object({ position: Type.Optional(Count) }),
  }),
]);
const answers = Compile(Answer);

/** @throws CAPTURE_REQUEST */
export function checkedRingRequest(asked: Partial<RingRequest>): RingRequest {
  const request = Value.Default(RingRequest, { ...asked });
  if (!Value.Check(RingRequest, request)) {
    const [problem] = Value.Errors(RingRequest, request);
    const what = `${problem?.instancePath.slice(1) ?? ''} ${problem?.message ?? ''}`.trim();
    throw new CodedError('CAPTURE_REQUEST', `the request is wrong: ${what}`);
  }
  if (request.from >= request.to) throw new CodedError('CAPTURE_REQUEST', 'the span ends before it begins');
  return request;
}

/**
 * Reads files in a process of its own: what is in them came from the network, and much of it takes time.
 * @throws CAPTURE_FILTER, CAPTURE_RING_FAILED, and what `onBytes` throws
 */
export async function readSegments(
  paths: readonly string[],
  request: RingRequest,
  onBytes: OnBytes,
  signal?: AbortSignal,
): Promise<RingResult> {
  const files = openAll(paths);
  const program = programPath(PROGRAM);
  const argument = JSON.stringify({ ...request, files: files.length });
  const child = spawn(process.execPath, [...inheritedExecArgs(program), program, argument], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe', ...files],
  });
  for (const file of files) closeSync(file); // They are the child's now.
  let failure: unknown;
  const handOver = new HandOver(onBytes, (error) => {
    failure = error;
    child.kill('SIGKILL');
  });
  const output = child.stdout as Readable;
  output.on('data', (piece: Buffer) => handOver.give(piece, output));
  const onAbort = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const timer = setTimeout(onAbort, READ_MS_MAX);
  try {
    const [answer] = await Promise.all([textOf(child.stdio[RESULT_FD] as Readable), ended(child)]);
    await handOver.idle();
    if (failure !== undefined) throw failure;
    return resultOf(answer);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The oldest ones may be deleted meanwhile; an open one stays whole. */
function openAll(paths: readonly string[]): number[] {
  return paths.flatMap((path) => {
    try {
      return [openSync(path, 'r')];
    } catch {
      return [];
    }
  });
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new CodedError('CAPTURE_RING_FAILED', 'could not start the reading process', {}, { cause })),
    );
    child.on('close', () => resolve());
  });
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) if (text.length < RESULT_BYTES_MAX) text += String(chunk);
  return text;
}

/** @throws CAPTURE_FILTER, CAPTURE_RING_FAILED */
function resultOf(text: string): RingResult {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // It was ended before it could answer.
  }
  if (!answers.Check(answer)) throw new CodedError('CAPTURE_RING_FAILED', 'the reading process ended without a result');
  const said = answer as Static<typeof Answer>;
  if (!('code' in said)) return said;
  const code = Object.hasOwn(ERROR_CODES, said.code) ? (said.code as ErrorCode) : 'CAPTURE_RING_FAILED';
  throw new CodedError(code, said.message, said.facts);
}
