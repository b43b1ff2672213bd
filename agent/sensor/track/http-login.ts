import type { HttpHead } from '../wire/http-head.js';
import { GssLogin } from './gss-login.js';
import type { Conversation } from './session.js';

/** RFC 9110 15.5.2 and 15.5.8. */
const REFUSALS: Readonly<Record<number, string>> = { 401: 'Unauthorized', 407: 'Proxy Authentication Required' };

/** Logins by Negotiate or NTLM in a connection of HTTP (RFC 4559). */
export class HttpLogin {
  readonly #conversation: Conversation;
  #login: GssLogin | undefined;
  /** Some clients show the same ticket with each request. */
  #told = '';

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onRequest({ token }: HttpHead, timeUs: number): void {
    if (token !== undefined) this.#onToken(token, timeUs);
  }

  onResponse({ token, status }: HttpHead, timeUs: number): void {
    if (this.#login === undefined) return;
    const error = REFUSALS[status];
    // A challenge is refused with a token, a login without one.
    if (token !== undefined) this.#onToken(token, timeUs);
    if (this.#login.hasUser && (token === undefined || error === undefined)) this.#tell(error, timeUs);
  }

  onEnd(timeUs: number): void {
    this.#login?.tell(this.#conversation, timeUs, 'unknown');
    this.#login = undefined;
  }

  #onToken(token: Buffer, timeUs: number): void {
    this.#login ??= new GssLogin('http');
    this.#login.onToken(token, 0, token.length, timeUs);
  }

  #tell(error: string | undefined, timeUs: number): void {
    const told = JSON.stringify([error, this.#login?.fields()]);
    if (told !== this.#told)
      this.#login?.tell(this.#conversation, timeUs, error === undefined ? 'success' : 'failure', error);
    this.#told = told;
    this.#login = undefined;
  }
}
