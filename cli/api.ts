import { readFileSync } from 'node:fs';
import { API_PREFIX, type ErrorBody } from '../protocol/api/common.js';
import type { EventList } from '../protocol/api/events.js';
import { ERROR_CODES, type ErrorCode } from '../protocol/base/error-codes.js';
import { CodedError } from '../protocol/base/errors.js';

const ANSWER_MS = 60_000;

export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** The token comes from a file or the environment, never from an argument, which every user of the machine can read. */
export function connectionFrom(options: { url?: string; tokenFile?: string }, env: NodeJS.ProcessEnv): Connection {
  const url = options.url ?? env['HINOMI_URL'] ?? 'http://127.0.0.1:8080';
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new CodedError('USAGE', `not an address: ${url}`);
  const token = options.tokenFile === undefined ? env['HINOMI_TOKEN'] : readToken(options.tokenFile);
  if (token === undefined || token.trim() === '') {
    throw new CodedError('AUTH_REQUIRED', 'no token: set HINOMI_TOKEN or give --token-file');
  }
  if (!/^[\x21-\x7e]+$/.test(token.trim())) {
    throw new CodedError(
      'AUTH_REQUIRED',
      'no token can be what HINOMI_TOKEN or --token-file gives: it is one word of ASCII',
    );
  }
  return { url, token: token.trim() };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError('USAGE', `could not read ${file}`, {}, { cause: error });
  }
}

/** GET /events. @throws the collector's code, with `position` for QUERY_INVALID; PUBLISH_UNREACHABLE */
export async function getEvents(connection: Connection, query: Record<string, string>): Promise<EventList> {
  const url = new URL(`${API_PREFIX}/events?${new URLSearchParams(query)}`, connection.url);
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${connection.token}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((error: unknown) => {
    throw new CodedError('COLLECTOR_UNREACHABLE', `no answer from ${connection.url}`, {}, { cause: error });
  });
  const body = ((await response.json().catch(() => null)) ?? {}) as Partial<EventList & ErrorBody>;
  if (!response.ok) throw refusalOf(body, response.status);
  // A proxy's page, or another program on that port.
  if (!Array.isArray(body.events)) {
    throw new CodedError('COLLECTOR_UNREACHABLE', `what answers at ${connection.url} is no collector`);
  }
  return body as EventList;
}

function refusalOf(body: Partial<ErrorBody>, status: number): CodedError {
  const isKnown = body.code !== undefined && Object.hasOwn(ERROR_CODES, body.code);
  const code = isKnown ? (body.code as ErrorCode) : 'COLLECTOR_UNREACHABLE';
  return new CodedError(code, body.message ?? `status ${status}`, { position: body.position });
}
