import { type HttpHead, urlFields } from '../wire/http-head.js';
import type { Conversation } from './session.js';

export const SWITCHING_PROTOCOLS = 101;

/** A request, its response, or whichever of the two has been seen so far. */
export interface Exchange {
  request: HttpHead | undefined;
  requestUs: number;
  requestBytes: number;
  response: HttpHead | undefined;
  responseUs: number;
}

export function newExchange(request: HttpHead | undefined, timeUs: number): Exchange {
  return { request, requestUs: timeUs, requestBytes: 0, response: undefined, responseUs: 0 };
}

/** Tells an `http` record; undefined fields are none. @param responseBytes undefined when no response was seen */
export function tellExchange(conversation: Conversation, exchange: Exchange, responseBytes: number | undefined): void {
  const { request, response, requestUs, responseUs } = exchange;
  const url = request === undefined ? undefined : urlFields(request.target, request.host, request.method);
  const isTimed = request !== undefined && response !== undefined && responseUs >= requestUs;
  // One literal: spread together from parts, each record would be a dictionary.
  conversation.emit('http', requestUs, {
    'http.request.method': request?.method,
    'url.original': url?.['url.original'],
    'url.path': url?.['url.path'],
    'url.query': url?.['url.query'],
    'url.domain': url?.['url.domain'],
    'url.port': url?.['url.port'],
    'http.request.body.bytes': request === undefined ? undefined : exchange.requestBytes,
    'http.request.referrer': request?.referrer,
    'http.request.mime_type': request?.mimeType,
    'user_agent.original': request?.userAgent,
    'hinomi.http.auth_method': request?.authMethod,
    'user.name': request?.user || undefined,
    'user.domain': request?.domain || undefined,
    'host.name': request?.clientName || undefined,
    'hinomi.session.cleartext_login': request?.authMethod?.toLowerCase() === 'basic' || undefined,
    'http.response.body.bytes': responseBytes,
    'http.response.status_code': response?.status,
    'http.response.mime_type': response?.mimeType,
    'hinomi.http.content_encoding': response?.encoding,
    'hinomi.http.server': response?.server,
    'http.version': (response ?? request)?.version,
    'hinomi.http.upgrade': upgradeOf(exchange) || undefined,
    'event.duration': isTimed ? Math.round(responseUs - requestUs) * 1000 : undefined,
  });
}

/** A client's offer alone changes nothing. RFC 9110 7.8. */
function upgradeOf({ request, response }: Exchange): string | undefined {
  if (request?.method === 'CONNECT') return request.upgrade ?? 'connect';
  return response?.status === SWITCHING_PROTOCOLS ? (response.upgrade ?? request?.upgrade) : undefined;
}
