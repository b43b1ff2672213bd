import { type HttpHead, urlFields } from '../wire/http-head.js';
import { optional } from './optional.js';
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

/** Tells an `http` record. @param responseBytes undefined when no response was seen */
export function tellExchange(conversation: Conversation, exchange: Exchange, responseBytes: number | undefined): void {
  const { request, response } = exchange;
  conversation.emit('http', exchange.requestUs, {
    ...(request === undefined ? {} : requestFields(request, exchange.requestBytes)),
    ...(responseBytes === undefined ? {} : { 'http.response.body.bytes': responseBytes }),
    ...(response === undefined ? {} : responseFields(response)),
    'http.version': (response ?? request)?.version,
    ...optional('hinomi.http.upgrade', upgradeOf(exchange)),
    ...(request !== undefined && response !== undefined && exchange.responseUs >= exchange.requestUs
      ? { 'event.duration': Math.round(exchange.responseUs - exchange.requestUs) * 1000 }
      : {}),
  });
}

/** A client's offer alone changes nothing. RFC 9110 7.8. */
function upgradeOf({ request, response }: Exchange): string | undefined {
  if (request?.method === 'CONNECT') return request.upgrade ?? 'connect';
  return response?.status === SWITCHING_PROTOCOLS ? (response.upgrade ?? request?.upgrade) : undefined;
}

function requestFields(head: HttpHead, bytes: number): Record<string, unknown> {
  return {
    'http.request.method': head.method,
    ...urlFields(head.target, head.host, head.method),
    'http.request.body.bytes': bytes,
    ...optional('http.request.referrer', head.referrer),
    ...optional('http.request.mime_type', head.mimeType),
    ...optional('user_agent.original', head.userAgent),
    ...optional('hinomi.http.auth_method', head.authMethod),
    ...optional('user.name', head.user),
    ...optional('user.domain', head.domain),
    ...optional('host.name', head.clientName),
    ...(head.authMethod?.toLowerCase() === 'basic' ? { 'hinomi.session.cleartext_login': true } : {}),
  };
}

function responseFields(head: HttpHead): Record<string, unknown> {
  return {
    'http.response.status_code': head.status,
    ...optional('http.response.mime_type', head.mimeType),
    ...optional('hinomi.http.content_encoding', head.encoding),
    ...optional('hinomi.http.server', head.server),
  };
}
