import { type Static, Type } from 'typebox';
import type {
  CreatedToken,
  Me,
  NewToken,
  OneTimePassword,
  Role,
  TokenList,
  UserChange,
  UserView,
} from '../../protocol/api/session.js';
import type { RecoveryCodes, TotpConfirmed, TotpSecret, TotpSetUp } from '../../protocol/api/totp.js';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import { Attempts } from './attempts.js';
import { hashPassword, makeOneTimePassword, PASSWORD_LENGTH_MIN, verifyPassword } from './passwords.js';
import { SecondStep } from './second-step.js';
import { Sessions } from './sessions.js';
import { Tokens } from './tokens.js';
import { type Access, checkCompany, type Session, scopeOf, type User, type UsersDeps } from './types.js';

export const UsersConfig = Type.Object(
  {
    totp: Type.Enum(['optional', 'staff'], {
      default: 'optional',
      description: 'staff: everybody but the role company must set up a second step before anything else.',
    }),
    auditDays: Type.Integer({
      default: 1_095,
      minimum: 30,
      maximum: 36_500,
      description: 'How long the audit log is kept.',
    }),
  },
  { additionalProperties: false },
);
export type UsersConfig = Static<typeof UsersConfig>;

const ATTEMPTS = { max: 10, windowMs: 60_000 };
/** So long after it was typed, a password need not be typed again to set up the second step. */
const FRESH_MS = 10 * 60_000;
const PEOPLE_MAX = 10_000;
/** Names in the audit log that are no people's. */
const RESERVED = ['local administrator', 'nobody'];

/** What lets somebody in: the cookie's value, and who that is. */
export interface Entrance {
  readonly cookie: string;
  readonly me: Me;
}

/** People, their sessions, and the tokens of programs. */
export class Users {
  readonly #config: Pick<UsersConfig, 'totp'>;
  readonly #deps: UsersDeps;
  readonly #attempts: Attempts;
  readonly #sessions: Sessions;
  readonly #tokens: Tokens;
  readonly #secondStep: SecondStep;
  /** Checked for names that do not exist, so that they take as long. */
  #decoy: Promise<string> | undefined;

  constructor(config: Pick<UsersConfig, 'totp'>, deps: UsersDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#attempts = new Attempts(ATTEMPTS, deps.clock);
    this.#sessions = new Sessions(deps);
    this.#tokens = new Tokens(deps);
    this.#secondStep = new SecondStep(deps);
  }

  /** A new person with a one-time password, shown this once. @throws FLEET_EXISTS, FLEET_NOT_FOUND, INPUT_INVALID */
  async add(name: string, role: Role, company?: string): Promise<OneTimePassword> {
    await checkCompany(this.#deps, role, company);
    if (RESERVED.includes(name)) throw new CodedError('INPUT_INVALID', `${name} is no name for a person`);
    if ((await this.#deps.users.list()).length >= PEOPLE_MAX)
      throw new CodedError('INPUT_INVALID', `there are ${PEOPLE_MAX} people already`);
    const password = makeOneTimePassword();
    const user: User = {
      name,
      role,
      ...(company === undefined ? {} : { company }),
      passwordHash: await this.#hash(password),
      mustChangePassword: true,
      created: this.#now(),
    };
    if (!(await this.#deps.users.putIfAbsent(name, user))) {
      throw new CodedError('FLEET_EXISTS', `there is a user ${name} already`);
    }
    return { name, password };
  }

  /** Gives a new one-time password and ends the person's sessions. The second step stays. @throws FLEET_NOT_FOUND */
  async reset(name: string): Promise<OneTimePassword> {
    const password = makeOneTimePassword();
    const passwordHash = await this.#hash(password);
    const user = await this.#deps.users.update(name, (value) => ({ ...value, passwordHash, mustChangePassword: true }));
    if (user === undefined) throw noUser(name);
    await this.#sessions.endOf(name);
    return { name, password };
  }

  /** For whoever lost both the authenticator and the recovery codes. @throws FLEET_NOT_FOUND */
  async resetTotp(name: string): Promise<void> {
    await this.#get(name);
    await this.#secondStep.remove(name);
    await this.#sessions.endOf(name);
  }

  /**
   * Ends the person's sessions, and the tokens of whoever is no administrator any more.
   * @throws FLEET_NOT_FOUND, INPUT_INVALID
   */
  async change(name: string, change: UserChange): Promise<UserView> {
    const before = await this.#get(name);
    const role = change.role ?? before.role;
    const company = role === 'company' ? (change.company ?? before.company) : change.company;
    await checkCompany(this.#deps, role, company);
    const changed = await this.#deps.users.update(name, ({ company: _before, ...value }) => ({
      ...value,
      role,
      ...(company === undefined ? {} : { company }),
      isDisabled: change.isDisabled ?? value.isDisabled ?? false,
    }));
    if (changed === undefined) throw noUser(name);
    await this.#sessions.endOf(name);
    if (role !== 'admin') await this.#tokens.revokeOf(name);
    return viewOf(changed);
  }

  /** With sessions and tokens. What the person did stays in the audit log. @throws FLEET_NOT_FOUND */
  async remove(name: string): Promise<{ tokensRevoked: number }> {
    await this.#get(name);
    await this.#deps.users.delete(name);
    await this.#sessions.endOf(name);
    return { tokensRevoked: await this.#tokens.revokeOf(name) };
  }

  /** People and tokens of a company. */
  async countOf(company: string): Promise<number> {
    const people = (await this.#deps.users.list()).filter(([, user]) => user.company === company);
    const { tokens } = await this.#tokens.list();
    return people.length + tokens.filter((token) => token.company === company).length;
  }

  async list(): Promise<UserView[]> {
    return (await this.#deps.users.list()).map(([, user]) => viewOf(user));
  }

  /**
   * The first step. With a second step set up, the session is good for that alone.
   * @param address of the client: failures are counted by it and by the name
   * @throws AUTH_FAILED, AUTH_LIMITED
   */
  async signIn(name: string, password: string, address: string): Promise<Entrance> {
    const user = await this.#deps.users.get(name);
    this.#decoy ??= this.#hash('nobody has this password');
    const isRight = await this.#guess(name, address, password, user?.passwordHash ?? (await this.#decoy));
    if (user === undefined || !isRight || user.isDisabled === true)
      throw new CodedError('AUTH_FAILED', 'the name or the password is wrong');
    if (user.totp !== undefined) return this.#enter(user, { awaitsCode: true });
    return this.#enter(await this.#noteSignIn(user), {});
  }

  /**
   * The second step, or once more in a session that is complete, so that it is fresh.
   * @throws AUTH_REQUIRED, AUTH_CODE_WRONG, AUTH_LIMITED, AUTH_TOTP_STATE
   */
  async giveCode(cookie: string, code: string): Promise<Entrance> {
    const { user, session } = await this.#bySession(cookie);
    await this.#checkCode(user, code);
    if (session.awaitsCode !== true) {
      await this.#sessions.noteCode(cookie);
      return { cookie, me: this.#meOf(await this.#get(user.name), session) };
    }
    await this.#sessions.end(cookie);
    return this.#enter(await this.#noteSignIn(user), { totpAtMs: this.#deps.clock.now() });
  }

  /** @throws AUTH_REQUIRED, AUTH_FAILED, AUTH_CODE_WRONG, AUTH_LIMITED */
  async setUpTotp(cookie: string, { password, code }: TotpSetUp, address: string): Promise<TotpSecret> {
    const { user, session } = await this.#bySession(cookie);
    if (user.totp !== undefined) await this.#checkCode(user, code ?? '');
    else if (password !== undefined || this.#deps.clock.now() - Date.parse(session.created) > FRESH_MS) {
      if (!(await this.#guess(user.name, address, password ?? '', user.passwordHash)))
        throw new CodedError('AUTH_FAILED', 'the present password is wrong');
    }
    return this.#secondStep.offer(user.name);
  }

  /** Every other session ends. @throws AUTH_REQUIRED, AUTH_TOTP_STATE, AUTH_CODE_WRONG, AUTH_LIMITED */
  async confirmTotp(cookie: string, code: string): Promise<TotpConfirmed & { cookie: string }> {
    const { user } = await this.#bySession(cookie);
    const recoveryCodes = await this.#secondStep.confirm(user, code);
    await this.#sessions.endOf(user.name);
    const entrance = await this.#enter(await this.#get(user.name), { totpAtMs: this.#deps.clock.now() });
    return { ...entrance, recoveryCodes };
  }

  /** @throws AUTH_REQUIRED, AUTH_FORBIDDEN, AUTH_TOTP_STATE, AUTH_CODE_WRONG, AUTH_LIMITED */
  async removeTotp(cookie: string, code: string): Promise<Me> {
    const { user, session } = await this.#bySession(cookie);
    if (this.#wantsTotp(user.role)) throw new CodedError('AUTH_FORBIDDEN', 'the collector wants a second step of you');
    await this.#checkCode(user, code);
    await this.#secondStep.remove(user.name);
    return this.#meOf(await this.#get(user.name), session);
  }

  /** The old ones hold no more. @throws AUTH_REQUIRED, AUTH_TOTP_STATE, AUTH_CODE_WRONG, AUTH_LIMITED */
  async renewRecoveryCodes(cookie: string, code: string): Promise<RecoveryCodes> {
    const { user } = await this.#bySession(cookie);
    await this.#checkCode(user, code);
    return { recoveryCodes: await this.#secondStep.renewRecoveryCodes(user.name) };
  }

  signOut(cookie: string): Promise<void> {
    return this.#sessions.end(cookie);
  }

  /** @throws AUTH_FAILED, AUTH_LIMITED, AUTH_PASSWORD_WEAK @returns a new cookie; every other session of the person ends */
  async changePassword(
    who: string,
    current: string,
    next: string,
    address: string,
    totpAtMs?: number,
  ): Promise<Entrance> {
    const user = await this.#deps.users.get(who);
    if (user === undefined || !(await this.#guess(who, address, current, user.passwordHash))) {
      throw new CodedError('AUTH_FAILED', 'the present password is wrong');
    }
    if (next.length < PASSWORD_LENGTH_MIN || next === current) {
      throw new CodedError(
        'AUTH_PASSWORD_WEAK',
        `a new password of at least ${PASSWORD_LENGTH_MIN} characters is needed`,
      );
    }
    const passwordHash = await this.#hash(next);
    const changed = await this.#deps.users.update(who, (value) => ({
      ...value,
      passwordHash,
      mustChangePassword: false,
    }));
    if (changed === undefined) throw noUser(who);
    await this.#sessions.endOf(who);
    return this.#enter(changed, { totpAtMs });
  }

  /** Who a session's cookie belongs to. */
  async bySession(cookie: string): Promise<Access | undefined> {
    const session = await this.#sessions.find(cookie);
    const user = session === undefined ? undefined : await this.#deps.users.get(session.user);
    if (session === undefined || user === undefined || user.isDisabled === true) return undefined;
    const { mustChangePassword } = user;
    return {
      ...{ who: user.name, ...scopeOf(user), mustChangePassword },
      ...(session.awaitsCode === true && { awaitsCode: true }),
      ...(this.#lacksTotp(user) && { mustSetUpTotp: true }),
      ...(session.totpAt !== undefined && { totpAtMs: Date.parse(session.totpAt) }),
    };
  }

  async me(cookie: string): Promise<Me> {
    const { user, session } = await this.#bySession(cookie);
    return this.#meOf(user, session);
  }

  addToken(request: NewToken, owner: string): Promise<CreatedToken> {
    return this.#tokens.add(request, owner);
  }

  listTokens(): Promise<TokenList> {
    return this.#tokens.list();
  }

  revokeToken(id: string): Promise<void> {
    return this.#tokens.revoke(id);
  }

  byToken(text: string): Promise<Access | undefined> {
    return this.#tokens.access(text);
  }

  /** Forgets sessions that are over and tokens that expired long ago. */
  async purge(): Promise<{ sessions: number; tokens: number }> {
    return { sessions: await this.#sessions.purge(), tokens: await this.#tokens.purge() };
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

  #hash(password: string): Promise<string> {
    return hashPassword(password, this.#deps.passwordCost);
  }

  #checkCode(user: User, code: string): Promise<void> {
    if (user.totp === undefined) throw new CodedError('AUTH_TOTP_STATE', 'there is no second step to give a code of');
    return this.#secondStep.check(user, code);
  }

  async #enter(user: User, facts: { awaitsCode?: boolean; totpAtMs?: number | undefined }): Promise<Entrance> {
    return { cookie: await this.#sessions.begin(user.name, facts), me: this.#meOf(user, facts) };
  }

  async #noteSignIn(user: User): Promise<User> {
    return (await this.#deps.users.update(user.name, (value) => ({ ...value, lastSignIn: this.#now() }))) ?? user;
  }

  async #get(name: string): Promise<User> {
    const user = await this.#deps.users.get(name);
    if (user === undefined) throw noUser(name);
    return user;
  }

  async #bySession(cookie: string): Promise<{ user: User; session: Session }> {
    const session = await this.#sessions.find(cookie);
    const user = session === undefined ? undefined : await this.#deps.users.get(session.user);
    if (session === undefined || user === undefined || user.isDisabled === true)
      throw new CodedError('AUTH_REQUIRED', 'nobody is signed in');
    return { user, session };
  }

  #meOf(user: User, { awaitsCode }: { awaitsCode?: boolean }): Me {
    const { name, role, company, mustChangePassword, totp } = user;
    return {
      ...{ name, role, mustChangePassword },
      ...(company === undefined ? {} : { company }),
      ...(awaitsCode === true && { awaitsCode }),
      ...(this.#lacksTotp(user) && { mustSetUpTotp: true }),
      ...(totp !== undefined && { hasTotp: true, recoveryCodesLeft: totp.recovery.length }),
    };
  }

  #lacksTotp(user: User): boolean {
    return user.totp === undefined && this.#wantsTotp(user.role);
  }

  #wantsTotp(role: Role): boolean {
    return this.#config.totp === 'staff' && role !== 'company';
  }

  #now(): string {
    return isoMillis(this.#deps.clock.now());
  }
}

function viewOf(user: User): UserView {
  const { name, role, company, created, isDisabled = false, mustChangePassword, lastSignIn, totp } = user;
  return {
    ...{ name, role, created, isDisabled, mustChangePassword, hasTotp: totp !== undefined },
    ...(company === undefined ? {} : { company }),
    ...(lastSignIn === undefined ? {} : { lastSignIn }),
  };
}

function noUser(name: string): CodedError {
  return new CodedError('FLEET_NOT_FOUND', `no user ${name}`);
}
