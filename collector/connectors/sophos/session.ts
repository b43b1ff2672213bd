import { CodedError, hasCode } from '../../../protocol/base/errors.js';
import type { Clock } from '../../../protocol/base/time.js';
import type { Budget } from '../budget.js';
import type { Asking } from '../vendor.js';
import { askWeb, checkUrl, type WebLimits, type WebRequest } from '../web.js';

/** https://developer.sophos.com/intro: where tokens come from, and the global API. */
export const SOPHOS_URLS = { auth: 'https://id.sophos.com', api: 'https://api.central.sophos.com' };
/** A token is not used in the last part of its life. */
const LEFT_MS_MIN = 60_000;
const LEFT_SHARE_MIN = 0.1;
const EXPIRES_S_MAX = 86_400;
const TOKEN_LENGTH_MAX = 16_384;

export interface SessionConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly urls: { readonly auth: string; readonly api: string };
}

export interface SessionDeps {
  readonly clock: Clock;
  readonly budget: Budget;
  readonly limits: WebLimits;
}

/** Requests with a bearer token (OAuth2 client credentials), which is renewed before its end, and once when it is refused. */
export class SophosSession {
  readonly #config: SessionConfig;
  readonly #deps: SessionDeps;
  #token: { readonly text: string; readonly endMs: number } | undefined;

  constructor(config: SessionConfig, deps: SessionDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  get api(): string {
    return this.#config.urls.api;
  }

  /** @throws EDR_REFUSED, EDR_LIMITED, EDR_UNAVAILABLE, EDR_ANSWER */
  async ask(request: WebRequest, asking: Asking): Promise<unknown> {
    const token = await this.#tokenOf(asking);
    try {
      return await this.#send(withToken(request, token), asking);
    } catch (error) {
      // Ended early, as when its secret was renewed: a fresh one decides.
      if (!hasCode(error, 'EDR_REFUSED') || error.facts['status'] !== 401) throw error;
      this.#token = undefined;
      return this.#send(withToken(request, await this.#tokenOf(asking)), asking);
    }
  }

  async #tokenOf(asking: Asking): Promise<string> {
    const now = this.#deps.clock.monotonic();
    if (this.#token !== undefined && now < this.#token.endMs) return this.#token.text;
    const { clientId, clientSecret, urls } = this.#config;
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'token' },
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = `${urls.auth}/api/v2/oauth2/token`;
    const answer = await this.#send({ method: 'POST', url, headers, body: body.toString() }, asking).catch(asRefusal);
    this.#token = tokenIn(answer, this.#deps.clock.monotonic());
    return this.#token.text;
  }

  async #send(request: WebRequest, { signal, isUrgent }: Asking): Promise<unknown> {
    await this.#deps.budget.take(signal, isUrgent);
    return askWeb(request, this.#deps.limits, signal);
  }

  /** The address of a region as the cloud names it: ours are trusted with the token, others are not. @throws EDR_ANSWER */
  region(host: unknown): string {
    const url = typeof host === 'string' && URL.canParse(host) ? new URL(host) : undefined;
    const own = new URL(this.#config.urls.api);
    const isOurs = url !== undefined && (url.hostname === own.hostname || url.hostname.endsWith('.sophos.com'));
    if (url === undefined || !isOurs) throw new CodedError('EDR_ANSWER', 'the cloud names a host that is not its own');
    return checkUrl(url.href).origin;
  }
}

function withToken(request: WebRequest, token: string): WebRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** RFC 6749 5.2: wrong credentials are answered with 400 as well as 401. */
function asRefusal(error: unknown): never {
  if (hasCode(error, 'EDR_ANSWER') && error.facts['status'] === 400)
    throw new CodedError('EDR_REFUSED', error.message, error.facts);
  throw error;
}

function tokenIn(answer: unknown, nowMs: number): { text: string; endMs: number } {
  const { access_token: text, expires_in: seconds } = (answer ?? {}) as Record<string, unknown>;
  const isToken = typeof text === 'string' && /^[\x21-\x7e]+$/.test(text) && text.length <= TOKEN_LENGTH_MAX;
  if (!isToken) throw new CodedError('EDR_ANSWER', 'the cloud gave no token');
  const lifeMs = Math.min(typeof seconds === 'number' && seconds > 0 ? seconds : 600, EXPIRES_S_MAX) * 1_000;
  return { text, endMs: nowMs + lifeMs - Math.min(LEFT_MS_MIN, lifeMs * LEFT_SHARE_MIN) };
}
