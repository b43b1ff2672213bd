import { CodedError, describeError } from '../../protocol/base/errors.js';

/** No answer of these clouds is nearly as deep. */
const DEPTH_MAX = 48;
const RETRY_AFTER_MS_MAX = 3_600_000;
const SAID_MAX = 300;

export interface WebLimits {
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
}

export interface WebRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @throws EDR_INVALID unless it is https, or http on this machine */
export function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === undefined || !isSafe || url.username !== '' || url.password !== '')
    throw new CodedError('EDR_INVALID', 'the address of the cloud has to be https, without a name or password in it');
  return url;
}

/**
 * Asks once. What is refused, late, too large, too deep or no JSON is an error; redirections are not followed.
 * @throws EDR_REFUSED, EDR_LIMITED, EDR_UNAVAILABLE, EDR_ANSWER
 */
export async function askWeb(request: WebRequest, limits: WebLimits, signal: AbortSignal): Promise<unknown> {
  checkUrl(request.url);
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const { status, retryAfter, text } = await exchange(request, limits, AbortSignal.any([signal, timeout])).catch(
    (error: unknown) => {
      if (error instanceof CodedError) throw error;
      signal.throwIfAborted();
      const why = timeout.aborted ? 'no answer in time' : describeError(error);
      throw new CodedError('EDR_UNAVAILABLE', `the cloud could not be asked: ${why}`);
    },
  );
  if (status >= 200 && status < 300) return parse(text);
  throw refusal(status, retryAfter, text);
}

async function exchange(
  { method, url, headers, body }: WebRequest,
  { answerBytesMax }: WebLimits,
  signal: AbortSignal,
): Promise<{ status: number; retryAfter: string | null; text: string }> {
  const response = await fetch(url, {
    ...{ method, headers: { accept: 'application/json', ...headers }, redirect: 'error', signal },
    ...(body !== undefined && { body }),
  });
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > answerBytesMax) throw new CodedError('EDR_ANSWER', `the answer is larger than ${answerBytesMax} bytes`);
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text };
}

function parse(text: string): unknown {
  if (text === '') return {};
  if (depthOf(text) > DEPTH_MAX) throw new CodedError('EDR_ANSWER', 'the answer nests too deeply');
  try {
    return JSON.parse(text);
  } catch {
    throw new CodedError('EDR_ANSWER', 'the answer is not JSON');
  }
}

/** Brackets outside of strings; before anything is built of them. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (isText) {
      if (sign === 0x5c) at++;
      else if (sign === 0x22) isText = false;
    } else if (sign === 0x22) isText = true;
    else if (sign === 0x5b || sign === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (sign === 0x5d || sign === 0x7d) depth--;
  }
  return deepest;
}

function refusal(status: number, retryAfter: string | null, text: string): CodedError {
  const said = saidIn(text);
  const message = `the cloud answers ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 401 || status === 403) return new CodedError('EDR_REFUSED', message, { status });
  if (status === 429) return new CodedError('EDR_LIMITED', message, { status, retryAfterMs: retryAfterMs(retryAfter) });
  if (status >= 500 || status === 408) return new CodedError('EDR_UNAVAILABLE', message, { status });
  return new CodedError('EDR_ANSWER', message, { status });
}

/** RFC 9110 10.2.3: seconds, or a date. */
export function retryAfterMs(text: string | null, nowMs = Date.now()): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX);
}

/** What the cloud says is wrong: of its own fields alone, since a whole body may repeat what was sent. */
function saidIn(text: string): string {
  try {
    const { error, errorCode, message } = JSON.parse(text.slice(0, 65_536)) as Record<string, unknown>;
    const parts = [error, errorCode, message].filter((part): part is string => typeof part === 'string' && part !== '');
    return [...new Set(parts)]
      .join(' ')
      .replaceAll(/\p{Cc}/gu, ' ')
      .slice(0, SAID_MAX);
  } catch {
    return '';
  }
}
