import { createHash } from 'node:crypto';
import type { Role } from '../../protocol/api/session.js';
import { CodedError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import type { COST } from './passwords.js';

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly company?: string;
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
  readonly created: string;
  readonly isDisabled?: boolean;
  readonly lastSignIn?: string;
  readonly totp?: Totp;
  /** Shown, and not proven to be in an authenticator yet. */
  readonly totpPending?: { readonly secret: string; readonly created: string };
}
export interface Totp {
  /** Base32, sealed. */
  readonly secret: string;
  readonly since: string;
  /** The newest step of which a code was used. */
  readonly lastStep: number;
  /** Hashes of those that are left. */
  readonly recovery: readonly string[];
}
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly company?: string;
  readonly owner: string;
  readonly secretHash: string;
  readonly created: string;
  readonly expires: string;
  readonly lastUsed?: string;
}
export interface Session {
  readonly user: string;
  readonly created: string;
  readonly expires: string;
  /** The password was right, the second step is not done. */
  readonly awaitsCode?: boolean;
  /** When a code was given last. */
  readonly totpAt?: string;
}
export interface Table<T> {
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
  /** Seals what must not lie in the state database, and its backups, as it is. Without one, it does. */
  readonly vault?: {
    sealText(name: string, text: string): string;
    openText(name: string, sealed: string): string | undefined;
  };
  /** For tests that sign in very often. */
  readonly passwordCost?: typeof COST;
  readonly companies: { get(id: string): Promise<{ readonly removed?: string } | undefined> };
}

/** Who asks, and which companies that one may see: every read takes it. */
export interface Access {
  readonly who: string;
  readonly role: Role;
  /** Undefined: all. */
  readonly companies: readonly string[] | undefined;
  /** Signed in with a one-time password: may do nothing but replace it. */
  readonly mustChangePassword: boolean;
  /** The second step is not done: may do nothing but that. */
  readonly awaitsCode?: boolean;
  /** Has no second step where one is asked for: may do nothing but set it up. */
  readonly mustSetUpTotp?: boolean;
  /** When a code of the second step was given last in this session. */
  readonly totpAtMs?: number;
  /** A token. */
  readonly isProgram?: boolean;
}

/** The role `company` sees its own; without one, nothing. */
export function scopeOf(holder: { role: Role; company?: string }): Pick<Access, 'role' | 'companies'> {
  if (holder.role !== 'company') return { role: holder.role, companies: undefined };
  return { role: holder.role, companies: holder.company === undefined ? [] : [holder.company] };
}

/** @throws INPUT_INVALID, FLEET_NOT_FOUND */
export async function checkCompany(deps: UsersDeps, role: Role, company: string | undefined): Promise<void> {
  if ((role === 'company') !== (company !== undefined)) {
    throw new CodedError('INPUT_INVALID', 'the role company needs a company, and no other role has one');
  }
  if (company === undefined) return;
  const found = await deps.companies.get(company);
  if (found === undefined || found.removed !== undefined)
    throw new CodedError('FLEET_NOT_FOUND', `no company ${company}`);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
