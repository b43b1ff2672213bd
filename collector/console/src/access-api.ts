import type { AuditList } from '../../../protocol/api/audit.js';
import type { CompanyList } from '../../../protocol/api/fleet.js';
import type {
  CreatedToken,
  Me,
  NewToken,
  NewUser,
  OneTimePassword,
  TokenList,
  UserChange,
  UserList,
  UserView,
} from '../../../protocol/api/session.js';
import type { RecoveryCodes, TotpConfirmed, TotpSecret, TotpSetUp } from '../../../protocol/api/totp.js';
import { call } from './api.js';

const personPath = (name: string): string => `/users/${encodeURIComponent(name)}`;

export const accessApi = {
  giveCode: (code: string): Promise<Me> => call('POST', '/session/totp', { code }),
  setUpTotp: (proof: TotpSetUp): Promise<TotpSecret> => call('POST', '/session/totp/set-up', proof),
  confirmTotp: (code: string): Promise<TotpConfirmed> => call('POST', '/session/totp/confirm', { code }),
  removeTotp: (code: string): Promise<Me> => call('POST', '/session/totp/remove', { code }),
  renewRecoveryCodes: (code: string): Promise<RecoveryCodes> => call('POST', '/session/totp/recovery-codes', { code }),

  companies: (): Promise<CompanyList> => call('GET', '/companies'),
  users: (): Promise<UserList> => call('GET', '/users'),
  addUser: (user: NewUser): Promise<OneTimePassword> => call('POST', '/users', user),
  changeUser: (name: string, change: UserChange): Promise<UserView> => call('PATCH', personPath(name), change),
  removeUser: (name: string): Promise<object> => call('DELETE', personPath(name)),
  resetPassword: (name: string): Promise<OneTimePassword> => call('POST', `${personPath(name)}/reset`),
  resetTotp: (name: string): Promise<object> => call('POST', `${personPath(name)}/reset-totp`),

  tokens: (): Promise<TokenList> => call('GET', '/tokens'),
  addToken: (token: NewToken): Promise<CreatedToken> => call('POST', '/tokens', token),
  revokeToken: (id: string): Promise<object> => call('DELETE', `/tokens/${id}`),

  audit: (query: Record<string, string>): Promise<AuditList> => call('GET', `/audit?${new URLSearchParams(query)}`),
};
