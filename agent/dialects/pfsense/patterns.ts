import { CHANGED, LOGIN, LOGIN_FAILED, LOGOUT, SYSTEM } from '../lines/kinds.js';
import type { Pattern } from '../lines/patterns.js';

/** What the web interface of pfSense says; it runs as php-fpm and names the page. */
export const PFSENSE_WEB: readonly Pattern[] = [
  {
    re: /^\/[\w./-]{1,128}: webConfigurator authentication error for (?:user )?'(?<user>[^']{1,256})' from:? (?<src>[\d.a-fA-F:]+)/,
    fields: { ...LOGIN_FAILED, 'event.action': 'webconfigurator authentication error' },
  },
  {
    re: /^\/[\w./-]{1,128}: Successful login for user '(?<user>[^']{1,256})' from:? (?<src>[\d.a-fA-F:]+)/,
    fields: { ...LOGIN, 'event.action': 'successful login' },
  },
  {
    re: /^\/[\w./-]{1,128}: (?:User logged out for user|Session timed out for user) '(?<user>[^']{1,256})'(?: from:? (?<src>[\d.a-fA-F:]+))?/,
    fields: { ...LOGOUT, 'event.action': 'logout' },
  },
  {
    re: /^\/[\w./-]{1,128}: Configuration Change: (?<user>[^@\s]{1,256})@(?<src>[\d.a-fA-F:]+)/,
    fields: { ...CHANGED, 'event.action': 'configuration change' },
  },
  { re: /^(?:\/[\w./-]{1,128}|rc\.[\w.]{1,64}): /, fields: SYSTEM },
];

/** What OPNsense's `audit` and its older php programs say. */
export const OPNSENSE_AUDIT: readonly Pattern[] = [
  {
    re: /^(?:\/[\w./-]{1,128}: )?Web GUI authentication error for '(?<user>[^']{1,256})' from (?<src>[\d.a-fA-F:]+)/,
    fields: { ...LOGIN_FAILED, 'event.action': 'web gui authentication error' },
  },
  {
    re: /^(?:\/[\w./-]{1,128}: )?Successful login for user '(?<user>[^']{1,256})' from:? (?<src>[\d.a-fA-F:]+)/,
    fields: { ...LOGIN, 'event.action': 'successful login' },
  },
  {
    re: /^(?:\/[\w./-]{1,128}: )?(?:Session timed out|User logged out) for user '(?<user>[^']{1,256})'(?: from:? (?<src>[\d.a-fA-F:]+))?/,
    fields: { ...LOGOUT, 'event.action': 'logout' },
  },
  {
    re: /^[Uu]ser (?<user>\S{1,256}) authenticated successfully for (?<service>\w+)/,
    fields: { ...LOGIN, 'event.action': 'authenticated successfully' },
  },
  {
    re: /^[Uu]ser (?<user>\S{1,256}) (?:could not authenticate|failed authentication) for (?<service>\w+)/,
    fields: { ...LOGIN_FAILED, 'event.action': 'could not authenticate' },
  },
  {
    re: /^user (?<user>[^@\s]{1,256})@(?<src>[\d.a-fA-F:]+) changed configuration to (?<file>\S{1,256})/,
    fields: { ...CHANGED, 'event.action': 'changed configuration' },
  },
  {
    re: /^config-event: new_config (?<file>\S{1,256})/,
    fields: { ...CHANGED, 'event.action': 'new_config' },
  },
];
