import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CreatedToken, Me, NewToken, Role, TokenList } from '../../protocol/api/session.js';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { Attempts } from './attempts.js';
import { hashPassword, makeOneTimePassword, PASSWORD_LENGTH_MIN, verifyPassword } from './passwords.js';

const SESSION_IDLE_MS = 12 * 3_600_000;
/** A session in use is moved on at most this often. */
const SESSION_TOUCH_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
const TOKEN_PREFIX = 'hin';
const ATTEMPTS = { max: 10, windowMs: 60_000 };

interface User {
  readonly name: string;
  readonly role: Role;
  readonly company?: string;
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
  readonly created: string;
}
interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly company?: string;
  readonly owner: string;
  readonly secretHash: string;
  readonly created: string;
  readonly expires: string;
}
interface Session {
  readonly user: string;
  readonly created: string;
  readonly expires: string;
}
interface Table<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  putIfAbsent(key: string, value: T): Promise<boolean>;
  update(key: string, change: (value: T) => T | undefined): Promise<T | undefined>;
  delete(key: string): Promise<void>;
  list(): Promise<Array<[string, T]>>;
}

export interface UsersDeps extends World {
  readonly users: Table<User>;
  readonly tokens: Table<Token>;
  readonly sessions: Table<Session>;
}

/** Who asks, and which companies that one may see: every read takes it. */
export interface Access {
  readonly who: string;
  readonly role: Role;
  /** Undefined: all. */
  readonly companies: readonly string[] | undefined;
  /** Signed in with a one-time password: may do nothing but replace it. */
  readonly mustChangePassword: boolean;
  /** A token. */
  readonly isProgram?: boolean;
}

/** People, their sessions, and the tokens of programs. */
export class Users {
  readonly #deps: UsersDeps;
  readonly #attempts: Attempts;
  /** Checked for names that do not exist, so that they take as long. */
  #decoy: Promise<string> | undefined;

  constructor(deps: UsersDeps) {
    this.#deps = deps;
    this.#attempts = new Attempts(ATTEMPTS, deps.clock);
  }

  /** A new person with a one-time password, shown this once. @throws FLEET_EXISTS, INPUT_INVALID */
  async add(name: string, role: Role, company?: string): Promise<{ name: string; password: string }> {
    needCompany(role, company);
    const password = makeOneTimePassword();
    const user: User = {
      name,
      role,
      ...(company === undefined ? {} : { company }),
      passwordHash: await hashPassword(password),
      mustChangePassword: true,
      created: this.#now(),
    };
    if (!(await this.#deps.users.putIfAbsent(name, user))) {
      throw new CodedError('FLEET_EXISTS', `there is a user ${name} already`);
    }
    return { name, password };
  }

  /** Gives a new one-time password and ends the person's sessions. @throws FLEET_NOT_FOUND */
  async reset(name: string): Promise<{ name: string; password: string }> {
    const password = makeOneTimePassword();
    const passwordHash = await hashPassword(password);
    const user = await this.#deps.users.update(name, (value) => ({ ...value, passwordHash, mustChangePassword: true }));
    if (user === undefined) throw new CodedError('FLEET_NOT_FOUND', `no user ${name}`);
    await this.#endSessions(name);
    return { name, password };
  }

  async list(): Promise<Array<Pick<User, 'name' | 'role' | 'company' | 'created'>>> {
    return (await this.#deps.users.list()).map(([, { name, role, company, created }]) => ({
      name,
      role,
      created,
      ...(company === undefined ? {} : { company }),
    }));
  }

  /**
   * @param address of the client: failures are counted by it and by the name
   * @returns the cookie's value @throws AUTH_FAILED, AUTH_LIMITED
   */
  async signIn(name: string, password: string, address: string): Promise<{ cookie: string; me: Me }> {
    const user = await this.#deps.users.get(name);
    this.#decoy ??= hashPassword('nobody has this password');
    const isRight = await this.#guess(name, address, password, user?.passwordHash ?? (await this.#decoy));
    if (user === undefined || !isRight) throw new CodedError('AUTH_FAILED', 'the name or the password is wrong');
    return this.#newSession(user);
  }

  /** Counts a guess before its answer is known, so that many at once are not more than one after the other. */
  async #guess(name: string, address: string, password: string, hash: string): Promise<boolean> {
    const keys = [`name:${name}`, `address:${address}`];
    if (keys.some((key) => this.#attempts.isBlocked(key)))
      throw new CodedError('AUTH_LIMITED', 'too many failed sign-ins');
    for (const key of keys) this.#attempts.fail(key);
    if (!(await verifyPassword(password, hash))) return false;
    this.#attempts.forget(`name:${name}`);
    this.#attempts.takeBack(`address:${address}`);
    return true;
  }

  async #newSession(user: User): Promise<{ cookie: string; me: Me }> {
    const cookie = randomBytes(32).toString('base64url');
    await this.#deps.sessions.put(sha256(cookie), {
      user: user.name,
      created: this.#now(),
      expires: this.#in(SESSION_IDLE_MS),
    });
    return { cookie, me: meOf(user) };
  }

  async signOut(cookie: string): Promise<void> {
    await this.#deps.sessions.delete(sha256(cookie));
  }

  /** @throws AUTH_FAILED, AUTH_LIMITED, AUTH_PASSWORD_WEAK @returns a new cookie; every other session of the person ends */
  async changePassword(
    name: string,
    current: string,
    next: string,
    address: string,
  ): Promise<{ cookie: string; me: Me }> {
    const user = await this.#deps.users.get(name);
    if (user === undefined || !(await this.#guess(name, address, current, user.passwordHash))) {
      throw new CodedError('AUTH_FAILED', 'the present password is wrong');
    }
    if (next.length < PASSWORD_LENGTH_MIN || next === current) {
      throw new CodedError(
        'AUTH_PASSWORD_WEAK',
        `a new password of at least ${PASSWORD_LENGTH_MIN} characters is needed`,
      );
    }
    const passwordHash = await hashPassword(next);
    const change = { passwordHash, mustChangePassword: false };
    const changed = await this.#deps.users.update(name, (value) => ({ ...value, ...change }));
    await this.#endSessions(name);
    return this.#newSession(changed ?? { ...user, ...change });
  }

  /** Who a session's cookie belongs to. */
  async bySession(cookie: string): Promise<Access | undefined> {
    const key = sha256(cookie);
    const session = await this.#deps.sessions.get(key);
    if (session === undefined) return undefined;
    if (session.expires <= this.#now()) {
      await this.#deps.sessions.delete(key);
      return undefined;
    }
    const user = await this.#deps.users.get(session.user);
    if (user === undefined) return undefined;
    const leftMs = Date.parse(session.expires) - this.#deps.clock.now();
    if (leftMs < SESSION_IDLE_MS - SESSION_TOUCH_MS) {
      await this.#deps.sessions.update(key, (value) => ({ ...value, expires: this.#in(SESSION_IDLE_MS) }));
    }
    return { who: user.name, ...scopeOf(user), mustChangePassword: user.mustChangePassword };
  }

  async me(name: string): Promise<Me | undefined> {
    const user = await this.#deps.users.get(name);
    return user && meOf(user);
  }

  /** `hin_{id}_{secret}`: the prefix lets scanners for leaked secrets know it. @throws INPUT_INVALID */
  async addToken(request: NewToken, owner: string): Promise<CreatedToken> {
    needCompany(request.role, request.company);
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const expires = this.#in(request.expiresInDays * DAY_MS);
    await this.#deps.tokens.put(id, {
      id,
      name: request.name,
      role: request.role,
      ...(request.company === undefined ? {} : { company: request.company }),
      owner,
      secretHash: sha256(secret),
      created: this.#now(),
      expires,
    });
    return { id, token: `${TOKEN_PREFIX}_${id}_${secret}`, expires };
  }

  async listTokens(): Promise<TokenList> {
    const tokens = (await this.#deps.tokens.list()).map(([, token]) => {
      const { secretHash: _hidden, ...shown } = token;
      return shown;
    });
    return { tokens };
  }

  /** @throws FLEET_NOT_FOUND */
  async revokeToken(id: string): Promise<void> {
    if ((await this.#deps.tokens.get(id)) === undefined) throw new CodedError('FLEET_NOT_FOUND', `no token ${id}`);
    await this.#deps.tokens.delete(id);
  }

  /** Who a token belongs to. */
  async byToken(text: string): Promise<Access | undefined> {
    const parts = /^hin_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/.exec(text);
    const token = parts?.[1] === undefined ? undefined : await this.#deps.tokens.get(parts[1]);
    if (token === undefined || token.expires <= this.#now()) return undefined;
    const given = Buffer.from(sha256(parts?.[2] ?? ''), 'hex');
    if (!timingSafeEqual(given, Buffer.from(token.secretHash, 'hex'))) return undefined;
    return { who: `token:${token.id}`, ...scopeOf(token), mustChangePassword: false, isProgram: true };
  }

  async #endSessions(name: string): Promise<void> {
    for (const [key, session] of await this.#deps.sessions.list()) {
      if (session.user === name) await this.#deps.sessions.delete(key);
    }
  }

  #now(): string {
    return isoMillis(this.#deps.clock.now());
  }

  #in(ms: number): string {
    return isoMillis(this.#deps.clock.now() + ms);
  }
}

function meOf(user: User): Me {
  const { name, role, company, mustChangePassword } = user;
  return { name, role, mustChangePassword, ...(company === undefined ? {} : { company }) };
}

/** The role `company` sees its own; without one, nothing. */
function scopeOf(holder: { role: Role; company?: string }): Pick<Access, 'role' | 'companies'> {
  if (holder.role !== 'company') return { role: holder.role, companies: undefined };
  return { role: holder.role, companies: holder.company === undefined ? [] : [holder.company] };
}

function needCompany(role: Role, company: string | undefined): void {
  if ((role === 'company') !== (company !== undefined)) {
    throw new CodedError('INPUT_INVALID', 'the role company needs a company, and no other role has one');
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
