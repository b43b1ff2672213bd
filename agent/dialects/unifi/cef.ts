import type { Cef } from '../cef.js';
import type { Fields } from '../dialect.js';
import { put, putAll, type Target, transportOf } from '../fields.js';
import {
  ALLOWED,
  C2_BLOCKED,
  CHANGED,
  DENIED,
  INTRUSION_BLOCKED,
  INTRUSION_SEEN,
  LOGIN,
  LOGIN_FAILED,
  NETWORK,
  STATION_JOINED,
  STATION_LEFT,
  SYSTEM,
  UPDATED,
  URL_BLOCKED,
  VPN_DOWN,
  VPN_LOGIN,
  VPN_UP,
} from '../lines/kinds.js';

// Ubiquiti Help Center, "UniFi System Logs & SIEM Integration": keys of its own begin with UNIFI.
const KEYS: Readonly<Record<string, Target>> = {
  src: { ip: 'source.ip' },
  dst: { ip: 'destination.ip' },
  spt: { port: 'source.port' },
  dpt: { port: 'destination.port' },
  act: 'event.action',
  app: 'network.application',
  proto: null,
  msg: 'message',
  deviceInboundInterface: 'observer.ingress.interface.name',
  deviceOutboundInterface: 'observer.egress.interface.name',
  UNIFIhost: 'observer.name',
  UNIFIutcTime: null,
  UNIFIcategory: 'event.module',
  UNIFIadmin: 'user.name',
  UNIFIclientIp: { ip: 'source.ip' },
  UNIFIclientMac: { mac: 'source.mac' },
  UNIFIclientHostname: 'source.domain',
  UNIFIpolicyName: 'rule.name',
  UNIFIruleName: 'rule.name',
  UNIFIipsSignature: 'rule.name',
  UNIFIipsSignatureId: 'rule.id',
  UNIFIthreatType: 'rule.category',
  UNIFInetworkName: 'network.name',
  UNIFIwifiName: 'network.name',
  UNIFIWiFiName: 'network.name',
  UNIFIvpnUser: 'user.name',
  suser: 'user.name',
};

// What the names of events begin with, in order; signatures 4xx are clients, 2xx security, 54x administrators.
const NAMES: readonly [RegExp, Fields][] = [
  [/^(?:threat|intrusion).*(?:blocked|prevented)/i, INTRUSION_BLOCKED],
  [/^(?:threat|intrusion|honeypot)/i, INTRUSION_SEEN],
  [/command.and.control|botnet/i, C2_BLOCKED],
  [/(?:content|domain|ad|region|country).*(?:blocked|filtered)/i, URL_BLOCKED],
  [/^blocked by firewall|firewall.*(?:blocked|denied|dropped)/i, DENIED],
  [/firewall.*(?:allowed|accepted)/i, ALLOWED],
  [/vpn.*(?:client|user).*connected|teleport.*connected/i, VPN_LOGIN],
  [/vpn.*(?:disconnected|down)/i, VPN_DOWN],
  [/vpn.*(?:connected|up)\b/i, VPN_UP],
  [/(?:admin|login|sign.?in).*fail|failed.*(?:admin|login|sign.?in)/i, LOGIN_FAILED],
  [/^admin(?:istrator)? (?:access|logged|signed)|accessed unifi|open(?:ed)? unifi/i, LOGIN],
  [/config|setting.*change|made.*change|device (?:adopted|forgotten|restarted by)/i, CHANGED],
  [/^(?:wired |wifi |wireless )?client.*(?:disconnected|left)/i, STATION_LEFT],
  [/^(?:wired |wifi |wireless )?client.*(?:connected|roamed)/i, STATION_JOINED],
  [/update|upgrade|firmware/i, UPDATED],
  [/wan|internet|port|link|device|dhcp|ip conflict|stp/i, NETWORK],
];

export function putUnifiCef(fields: Fields, cef: Cef): void {
  Object.assign(fields, NAMES.find(([re]) => re.test(cef.name))?.[1] ?? SYSTEM);
  put(fields, 'observer.product', cef.product);
  put(fields, 'observer.version', cef.deviceVersion);
  put(fields, 'event.code', cef.signature);
  put(fields, 'message', cef.name);
  put(fields, 'event.severity', cefSeverity(cef.severity));
  putAll(fields, cef.extension, KEYS);
  Object.assign(fields, transportOf(cef.extension.get('proto')));
  putSigned(fields, cef);
}

/** A signature's alert is denied only where the gateway says that it blocked. */
function putSigned(fields: Fields, cef: Cef): void {
  const act = cef.extension.get('act')?.toLowerCase();
  put(fields, 'event.action', act ?? cef.name.toLowerCase());
  if (fields['hinomi.event_class'] !== 'ips' || act === undefined) return;
  fields['event.type'] = [/block|drop|reject|den/.test(act) ? 'denied' : 'allowed'];
}

/** CEF severity is 0 to 10. */
function cefSeverity(text: string): number | undefined {
  const value = Number(text);
  return text !== '' && value >= 0 && value <= 10 ? value * 10 : undefined;
}
