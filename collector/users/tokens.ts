import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { CreatedToken, NewToken, TokenList } from '../../protocol/api/session.js';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import { type Access, checkCompany, scopeOf, sha256, type Token, type UsersDeps } from './types.js';

const DAY_MS = 86_400_000;
const PREFIX = 'hin';
/** Its last use is written at most this often. */
const USE_MS = 5 * 60_000;
/** An expired one is listed this long, so that whoever wonders finds it. */
const KEPT_MS = 30 * DAY_MS;
const TOKENS_MAX = 10_000;

/** Of programs: what they show instead of a name and a password. */
export class Tokens {
  readonly #deps: UsersDeps;

  constructor(deps: UsersDeps) {
    this.#deps = deps;
  }

  /** `hin_{id}_{secret}`: the prefix lets scanners for leaked secrets know it. @throws INPUT_INVALID, FLEET_NOT_FOUND */
  async add(request: NewToken, owner: string): Promise<CreatedToken> {
    await checkCompany(this.#deps, request.role, request.company);
    if ((await this.#deps.tokens.list()).length >= TOKENS_MAX)
      throw new CodedError('INPUT_INVALID', `there are ${TOKENS_MAX} tokens already`);
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const nowMs = this.#deps.clock.now();
    const expires = isoMillis(nowMs + request.expiresInDays * DAY_MS);
    await this.#deps.tokens.put(id, {
      id,
      name: request.name,
      role: request.role,
      ...(request.company === undefined ? {} : { company: request.company }),
      owner,
      secretHash: sha256(secret),
      created: isoMillis(nowMs),
      expires,
    });
    return { id, token: `${PREFIX}_${id}_${secret}`, expires };
  }

  async list(): Promise<TokenList> {
    const tokens = (await this.#deps.tokens.list()).map(([, token]) => {
      const { secretHash: _hidden, ...shown } = token;
      return shown;
    });
    return { tokens };
  }

  /** @throws FLEET_NOT_FOUND */
  async revoke(id: string): Promise<void> {
    if ((await this.#deps.tokens.get(id)) === undefined) throw new CodedError('FLEET_NOT_FOUND', `no token ${id}`);
    await this.#deps.tokens.delete(id);
  }

  /** Whoever made a token knows it: those of somebody who may make none any more end. @returns how many */
  async revokeOf(owner: string): Promise<number> {
    const theirs = (await this.#deps.tokens.list()).filter(([, token]) => token.owner === owner);
    for (const [id] of theirs) await this.#deps.tokens.delete(id);
    return theirs.length;
  }

  /** Who a token belongs to. While the one who made it is disabled it does not hold. */
  async access(text: string): Promise<Access | undefined> {
    const parts = /^hin_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/.exec(text);
    const token = parts?.[1] === undefined ? undefined : await this.#deps.tokens.get(parts[1]);
    if (token === undefined || Date.parse(token.expires) <= this.#deps.clock.now()) return undefined;
    const given = Buffer.from(sha256(parts?.[2] ?? ''), 'hex');
    if (!timingSafeEqual(given, Buffer.from(token.secretHash, 'hex'))) return undefined;
    if ((await this.#deps.users.get(token.owner))?.isDisabled === true) return undefined;
    await this.#noteUse(token);
    return { who: `token:${token.id}`, ...scopeOf(token), mustChangePassword: false, isProgram: true };
  }

  async purge(): Promise<number> {
    const before = this.#deps.clock.now() - KEPT_MS;
    const old = (await this.#deps.tokens.list()).filter(([, token]) => Date.parse(token.expires) < before);
    for (const [id] of old) await this.#deps.tokens.delete(id);
    return old.length;
  }

  async #noteUse(token: Token): Promise<void> {
    const nowMs = this.#deps.clock.now();
    if (token.lastUsed !== undefined && Math.abs(nowMs - Date.parse(token.lastUsed)) < USE_MS) return;
    await this.#deps.tokens.update(token.id, (value) => ({ ...value, lastUsed: isoMillis(nowMs) }));
  }
}
