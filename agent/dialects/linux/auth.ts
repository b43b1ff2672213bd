import { ACCOUNT_CHANGED, AUTH, LOGIN, LOGIN_FAILED, LOGOUT } from '../lines/kinds.js';
import type { Pattern } from '../lines/patterns.js';

const FROM = String.raw`from (?<src>[\d.]{7,15}|[0-9a-fA-F:.%\w]{3,60}?) port (?<sport>\d{1,5})`;

/** OpenSSH, auth.c and its neighbours. */
export const SSHD: readonly Pattern[] = [
  {
    re: new RegExp(`^(?:error: )?Accepted (?<via>[\\w/-]{1,40}) for (?<user>.{1,128}?) ${FROM}`),
    fields: { ...LOGIN, 'event.action': 'accepted' },
  },
  {
    re: new RegExp(`^Failed (?<via>[\\w/-]{1,40}) for (?:invalid user )?(?<user>.{0,128}?) ${FROM}`),
    fields: { ...LOGIN_FAILED, 'event.action': 'failed' },
  },
  {
    re: /^Invalid user (?<user>.{0,128}?) from (?<src>[\da-fA-F.:]{3,45})(?: port (?<sport>\d{1,5}))?/,
    fields: { ...LOGIN_FAILED, 'event.action': 'invalid user' },
  },
  {
    re: new RegExp(
      `^(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?(?<user>.{0,128}?) ${FROM}`,
    ),
    fields: { ...LOGIN_FAILED, 'event.action': 'maximum authentication attempts exceeded' },
  },
  {
    re: /^User (?<user>.{1,128}?) from (?<from>\S{1,128}) not allowed because (?<reason>.{1,100})/,
    fields: { ...LOGIN_FAILED, 'event.action': 'not allowed' },
  },
  {
    re: /^Disconnected from user (?<user>.{1,128}?) (?<src>[\da-fA-F.:]{3,45}) port (?<sport>\d{1,5})/,
    fields: { ...LOGOUT, 'event.action': 'disconnected' },
  },
  {
    re: /^(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting) (?:authenticating|invalid) user (?<user>.{0,128}?) (?<src>[\da-fA-F.:]{3,45}) port (?<sport>\d{1,5})/,
    fields: { ...LOGIN_FAILED, 'event.action': 'closed before authentication' },
  },
  {
    re: /^(?:Connection (?:closed|reset) by|Received disconnect from|Did not receive identification string from|Connection from|Disconnected from|Unable to negotiate with|banner exchange: Connection from) (?<src>[\da-fA-F.:]{3,45}?)(?: port (?<sport>\d{1,5}))?(?:[:, ]|$)/,
    fields: AUTH,
  },
];

/** pam_unix and the other modules, whatever program calls them. */
export const PAM: readonly Pattern[] = [
  {
    re: /^pam_\w{1,24}\((?<service>[\w.-]{1,40}):auth\): authentication failure;.{0,160}?(?:rhost=(?<from>\S{1,64}))?\s{1,3}user=(?<user>\S{1,128})/,
    fields: { ...LOGIN_FAILED, 'event.action': 'authentication failure' },
  },
  {
    re: /^pam_\w{1,24}\((?<service>[\w.-]{1,40}):auth\): authentication failure;.{0,160}?rhost=(?<from>\S{1,64})/,
    fields: { ...LOGIN_FAILED, 'event.action': 'authentication failure' },
  },
  {
    re: /^pam_\w{1,24}\((?<service>[\w.-]{1,40}):session\): session opened for user (?<user>[^\s(]{1,128})/,
    fields: { ...LOGIN, 'event.action': 'session opened' },
  },
  {
    re: /^pam_\w{1,24}\((?<service>[\w.-]{1,40}):session\): session closed for user (?<user>[^\s(]{1,128})/,
    fields: { ...LOGOUT, 'event.action': 'session closed' },
  },
  {
    re: /^pam_\w{1,24}\((?<service>[\w.-]{1,40}):auth\): .{0,120}?user "?(?<user>[^"\s]{1,128})"?/,
    fields: { ...AUTH, 'event.action': 'auth' },
  },
  { re: /^pam_\w{1,24}\(/, fields: AUTH },
];

export const SUDO: readonly Pattern[] = [
  {
    re: /^\s{0,8}(?<user>[^\s:]{1,128}) : (?<reason>\d{1,3} incorrect password attempts?|user NOT in sudoers|command not allowed|a password is required) ; .{0,300}?USER=(?<target>[^\s;]{1,128}) ; .{0,80}?COMMAND=(?<command>.{1,1000})/,
    fields: { ...LOGIN_FAILED, 'event.action': 'sudo refused' },
  },
  {
    re: /^\s{0,8}(?<user>[^\s:]{1,128}) : .{0,300}?USER=(?<target>[^\s;]{1,128}) ; .{0,200}?COMMAND=(?<command>.{1,1000})/,
    fields: {
      ...AUTH,
      'event.action': 'sudo',
      'event.outcome': 'success',
      'event.category': ['process'],
      'event.type': ['start'],
    },
  },
];

export const SU: readonly Pattern[] = [
  {
    re: /^\(to (?<target>[^)\s]{1,128})\) (?<user>\S{1,128}) on /,
    fields: { ...LOGIN, 'event.action': 'su' },
  },
  {
    re: /^FAILED SU \(to (?<target>[^)\s]{1,128})\) (?<user>\S{1,128}) on /,
    fields: { ...LOGIN_FAILED, 'event.action': 'failed su' },
  },
  {
    re: /^'su (?<target>[^'\s]{0,128})' (?:failed) for (?<user>\S{1,128})/,
    fields: { ...LOGIN_FAILED, 'event.action': 'failed su' },
  },
  {
    re: /^'su (?<target>[^'\s]{0,128})' succeeded for (?<user>\S{1,128})/,
    fields: { ...LOGIN, 'event.action': 'su' },
  },
];

export const LOGIN_PROGRAM: readonly Pattern[] = [
  {
    re: /^FAILED LOGIN (?:SESSION |\(?\d{1,4}\)? )?.{0,40}?(?:FROM (?<from>\S{1,64}) )?FOR '?(?<user>[^',]{0,128})/i,
    fields: { ...LOGIN_FAILED, 'event.action': 'failed login' },
  },
  {
    re: /^(?:ROOT )?LOGIN ON (?<via>\S{1,32})(?: BY (?<user>\S{1,128}))?(?: FROM (?<from>\S{1,64}))?/i,
    fields: { ...LOGIN, 'event.action': 'login' },
  },
];

export const ACCOUNTS: readonly Pattern[] = [
  {
    re: /^new user: name=(?<user>[^,\s]{1,128})/,
    fields: { ...ACCOUNT_CHANGED, 'event.action': 'new user', 'event.type': ['user', 'creation'] },
  },
  {
    re: /^delete user '(?<user>[^']{1,128})'/,
    fields: { ...ACCOUNT_CHANGED, 'event.action': 'delete user', 'event.type': ['user', 'deletion'] },
  },
  {
    re: /^new group: name=(?<target>[^,\s]{1,128})/,
    fields: { ...ACCOUNT_CHANGED, 'event.action': 'new group', 'event.type': ['group', 'creation'] },
  },
  { re: /^(?:add|change user) '(?<user>[^']{1,128})'/, fields: { ...ACCOUNT_CHANGED, 'event.action': 'change user' } },
  { re: /password changed for (?<user>\S{1,128})/, fields: { ...ACCOUNT_CHANGED, 'event.action': 'password changed' } },
];

export const LOGIND: readonly Pattern[] = [
  { re: /^New session \S{1,16} of user (?<user>[^\s.]{1,128})/, fields: { ...LOGIN, 'event.action': 'new session' } },
  { re: /^(?:Removed session|Session \S{1,16} logged out)/, fields: { ...LOGOUT, 'event.action': 'removed session' } },
];
