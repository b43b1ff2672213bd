import type { Fields } from '../dialect.js';

/** What happened, in the words of ECS and of the project's classes. A line's own fields are laid over these. */
function kind(eventClass: string, category: string, type: string[], rest: Fields = {}): Fields {
  return { 'hinomi.event_class': eventClass, 'event.category': [category], 'event.type': type, ...rest };
}

export const ALLOWED = kind('traffic', 'network', ['connection', 'allowed']);
export const DENIED = kind('traffic', 'network', ['connection', 'denied']);
export const CONNECTION = kind('traffic', 'network', ['connection']);
export const CONNECTION_START = kind('traffic', 'network', ['connection', 'start']);
export const CONNECTION_END = kind('traffic', 'network', ['connection', 'end']);

export const LOGIN = kind('auth', 'authentication', ['start'], { 'event.outcome': 'success' });
export const LOGIN_FAILED = kind('auth', 'authentication', ['start'], { 'event.outcome': 'failure' });
export const LOGOUT = kind('auth', 'authentication', ['end']);
export const AUTH = kind('auth', 'authentication', ['info']);

export const VPN_UP = kind('vpn', 'network', ['connection', 'start'], { 'event.outcome': 'success' });
export const VPN_DOWN = kind('vpn', 'network', ['connection', 'end']);
export const VPN_FAILED = kind('vpn', 'network', ['connection', 'error'], { 'event.outcome': 'failure' });
export const VPN_LOGIN = kind('vpn', 'authentication', ['start'], { 'event.outcome': 'success' });
export const VPN_LOGIN_FAILED = kind('vpn', 'authentication', ['start'], { 'event.outcome': 'failure' });
export const VPN_LOGOUT = kind('vpn', 'authentication', ['end']);
export const VPN = kind('vpn', 'network', ['info']);

export const CHANGED = kind('admin_change', 'configuration', ['change']);
export const ACCOUNT_CHANGED = kind('admin_change', 'iam', ['change']);

export const SYSTEM = kind('system', 'host', ['info']);
export const SYSTEM_ERROR = kind('system', 'host', ['error']);
export const NETWORK = kind('system', 'network', ['info']);
export const LINK_UP = kind('system', 'network', ['start'], { 'event.action': 'link up' });
export const LINK_DOWN = kind('system', 'network', ['end'], { 'event.action': 'link down' });
export const STATION_JOINED = kind('system', 'network', ['connection', 'start']);
export const STATION_LEFT = kind('system', 'network', ['connection', 'end']);
export const LEASE = kind('system', 'network', ['info'], { 'network.protocol': 'dhcp' });
export const UPDATED = kind('system', 'package', ['change']);
export const DNS = kind('traffic', 'network', ['protocol'], { 'network.protocol': 'dns' });

export const INTRUSION_BLOCKED = kind('ips', 'intrusion_detection', ['denied'], { 'event.kind': 'alert' });
export const INTRUSION_SEEN = kind('ips', 'intrusion_detection', ['allowed'], { 'event.kind': 'alert' });
export const MALWARE_BLOCKED = kind('malware', 'malware', ['denied'], { 'event.kind': 'alert' });
export const MALWARE_SEEN = kind('malware', 'malware', ['allowed'], { 'event.kind': 'alert' });
export const FLOOD = kind('dos', 'intrusion_detection', ['denied'], { 'event.kind': 'alert' });
export const SITE_BLOCKED = kind('web_block', 'web', ['denied'], { 'event.kind': 'alert' });
export const URL_BLOCKED = kind('url_filter', 'web', ['access', 'denied']);
export const URL_ALLOWED = kind('url_filter', 'web', ['access', 'allowed']);
export const APP_BLOCKED = kind('app_control', 'network', ['connection', 'denied']);
export const APP_ALLOWED = kind('app_control', 'network', ['connection', 'allowed']);
export const SPAM = kind('mail_spam', 'email', ['info'], { 'event.kind': 'alert' });
export const MAIL = kind('system', 'email', ['info']);
export const C2_BLOCKED = kind('c2', 'intrusion_detection', ['denied'], { 'event.kind': 'alert' });
export const UNKNOWN = kind('unknown', 'host', ['info']);
