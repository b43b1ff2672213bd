import { randomBytes } from 'node:crypto';
import { isoMillis } from '../../protocol/base/time.js';
import { type Session, sha256, type UsersDeps } from './types.js';

const IDLE_MS = 12 * 3_600_000;
/** However much it is used. */
const LIFE_MS = 7 * 86_400_000;
/** Between the password and the code. */
const AWAITING_MS = 5 * 60_000;
/** A session in use is moved on at most this often. */
const TOUCH_MS = 5 * 60_000;
/** More than anybody has; the oldest of a person goes. */
const SESSIONS_OF_ONE_MAX = 20;

/** Of browsers. Cookies are kept as hashes. */
export class Sessions {
  readonly #deps: Pick<UsersDeps, 'sessions' | 'clock'>;

  constructor(deps: Pick<UsersDeps, 'sessions' | 'clock'>) {
    this.#deps = deps;
  }

  /** @returns the cookie's value */
  async begin(user: string, facts: { awaitsCode?: boolean; totpAtMs?: number | undefined } = {}): Promise<string> {
    await this.#makeRoom(user);
    const cookie = randomBytes(32).toString('base64url');
    const nowMs = this.#deps.clock.now();
    await this.#deps.sessions.put(sha256(cookie), {
      user,
      created: isoMillis(nowMs),
      expires: isoMillis(nowMs + (facts.awaitsCode === true ? AWAITING_MS : IDLE_MS)),
      ...(facts.awaitsCode === true && { awaitsCode: true }),
      ...(facts.totpAtMs !== undefined && { totpAt: isoMillis(facts.totpAtMs) }),
    });
    return cookie;
  }

  /** The session of a cookie, if it holds; it then holds longer. */
  async find(cookie: string): Promise<Session | undefined> {
    const key = sha256(cookie);
    const session = await this.#deps.sessions.get(key);
    if (session === undefined) return undefined;
    const nowMs = this.#deps.clock.now();
    if (isOver(session, nowMs)) {
      await this.#deps.sessions.delete(key);
      return undefined;
    }
    if (session.awaitsCode !== true && Date.parse(session.expires) - nowMs < IDLE_MS - TOUCH_MS)
      await this.#deps.sessions.update(key, (value) => ({ ...value, expires: isoMillis(nowMs + IDLE_MS) }));
    return session;
  }

  /** A code was given now. */
  async noteCode(cookie: string): Promise<void> {
    const totpAt = isoMillis(this.#deps.clock.now());
    await this.#deps.sessions.update(sha256(cookie), (value) => ({ ...value, totpAt }));
  }

  async end(cookie: string): Promise<void> {
    await this.#deps.sessions.delete(sha256(cookie));
  }

  async endOf(user: string): Promise<void> {
    for (const [key] of await this.#of(user)) await this.#deps.sessions.delete(key);
  }

  /** @returns how many had ended by themselves */
  async purge(): Promise<number> {
    const nowMs = this.#deps.clock.now();
    const over = (await this.#deps.sessions.list()).filter(([, session]) => isOver(session, nowMs));
    for (const [key] of over) await this.#deps.sessions.delete(key);
    return over.length;
  }

  async #makeRoom(user: string): Promise<void> {
    const all = (await this.#of(user)).sort(([, a], [, b]) => (a.expires < b.expires ? -1 : 1));
    for (const [key] of all.slice(0, Math.max(0, all.length - SESSIONS_OF_ONE_MAX + 1)))
      await this.#deps.sessions.delete(key);
  }

  async #of(user: string): Promise<Array<[string, Session]>> {
    return (await this.#deps.sessions.list()).filter(([, session]) => session.user === user);
  }
}

function isOver(session: Session, nowMs: number): boolean {
  return Date.parse(session.expires) <= nowMs || Date.parse(session.created) + LIFE_MS <= nowMs;
}
