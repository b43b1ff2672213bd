import type { ErrorBody } from '../../../protocol/api/common.js';
import type { EventList, FieldList } from '../../../protocol/api/events.js';
import type { SiteList } from '../../../protocol/api/fleet.js';
import type { Me } from '../../../protocol/api/session.js';

/** What the collector refused, or `UNREACHABLE`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly position: number | undefined;

  constructor(status: number, body: Partial<ErrorBody>) {
    super(body.message ?? '');
    this.status = status;
    this.code = body.code ?? 'UNREACHABLE';
    this.position = body.position;
  }
}

export async function call<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, {});
  });
  const answer = (await response.json().catch(() => ({}))) as T & Partial<ErrorBody>;
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

export const api = {
  me: (): Promise<Me> => call('GET', '/session'),
  signIn: (name: string, password: string): Promise<Me> => call('POST', '/session', { name, password }),
  signOut: (): Promise<object> => call('DELETE', '/session'),
  changePassword: (current: string, next: string): Promise<Me> => call('POST', '/session/password', { current, next }),
  sites: (): Promise<SiteList> => call('GET', '/sites'),
  fields: (): Promise<FieldList> => call('GET', '/fields'),
  events: (query: string, from: string, limit: number, signal: AbortSignal): Promise<EventList> =>
    call('GET', `/events?${new URLSearchParams({ q: query, from, limit: String(limit) })}`, undefined, signal),
};
