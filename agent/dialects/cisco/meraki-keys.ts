import type { Target } from '../fields.js';
import type { EventClass } from '../verdict.js';

/**
 * Kinds of messages of Meraki's syslog ("Syslog Event Types and Log Samples" of its documentation), MX first. The word
 * behind the name of the device.
 */
export const KINDS: Readonly<Record<string, EventClass>> = {
  urls: 'url_filter',
  flows: 'traffic',
  firewall: 'traffic',
  ip_flow_start: 'traffic',
  ip_flow_end: 'traffic',
  vpn_firewall: 'traffic',
  cellular_firewall: 'traffic',
  bridge_anyconnect_client_vpn_firewall: 'traffic',
  l7_firewall: 'app_control',
  'ids-alerts': 'ips',
  ids_alerts: 'ips',
  security_event: 'ips',
  ids_alerted: 'ips',
  security_filtering_file_scanned: 'malware',
  security_filtering_disposition_change: 'malware',
  airmarshal_events: 'ips',
  events: 'system',
  content_filtering_block: 'url_filter',
};

/** What the first word, or `type=`, of an `events` message speaks of. The first that matches counts. */
export const EVENTS: ReadonlyArray<readonly [RegExp, EventClass]> = [
  [/content_filtering|blocked_page/, 'url_filter'],
  [/vpn/i, 'vpn'],
  [/8021x|wpa_|radius|splash_auth|\bauth/i, 'auth'],
  [/packet_flood/, 'dos'],
  [/rogue|spoof/, 'ips'],
];

export const KEYS: Readonly<Record<string, Target>> = {
  protocol: null,
  sport: { port: 'source.port' },
  dport: { port: 'destination.port' },
  translated_src_ip: { ip: 'source.nat.ip' },
  translated_dst_ip: { ip: 'destination.nat.ip' },
  agent: 'user_agent.original',
  name: 'rule.name',
  message: 'message',
  msg: 'message',
  category0: 'rule.category',
  user: 'user.name',
  identity: 'user.name',
  vpn_type: 'vendor.vpn_type',
};
