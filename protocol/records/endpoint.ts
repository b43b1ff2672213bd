import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Bool, Float, Instant, Integer, Ips, Keyword } from './field-types.js';

const opt = Type.Optional;

export const ENDPOINT_STATES = ['up', 'degraded', 'down', 'unknown'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/**
 * Something of the office that the box asks how it is. `event.kind` is `alert` when it goes down or is not as it should
 * be, and when it is back; `event` when it is seen for the first time or cannot be asked; `metric` for what was measured
 * in some minutes without a change.
 */
export const EndpointRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Keyword('ECS kind.'),
  'event.dataset': Constant('endpoint', 'Record kind.'),
  'event.start': opt(Instant('Of the first probe that it tells of.')),
  'event.end': opt(Instant('Of the last probe that it tells of.')),
  'event.outcome': opt(Keyword('success or failure, of the last probe.')),
  'event.reason': opt(Keyword('ok, or what was wrong, in a word: timeout, refused, certificate-expiring, ...')),
  'rule.id': opt(Keyword('endpoint-down, endpoint-degraded or endpoint-back.')),
  'rule.name': opt(Keyword('The rule in a few words.')),
  'hinomi.endpoint.id': Keyword('As the configuration of the box calls it.'),
  'hinomi.endpoint.name': Keyword('For people.'),
  'hinomi.endpoint.probe': Keyword('icmp, tcp, http, dns, snmp, smb or rdp.'),
  'hinomi.endpoint.state': Keyword('up, degraded, down or unknown.'),
  'hinomi.endpoint.previous': opt(Keyword('The state before, where it has changed.')),
  'hinomi.endpoint.since': opt(Instant('When the state began.')),
  'hinomi.endpoint.address': opt(Keyword('Host and port, or address, that was asked.')),
  'hinomi.endpoint.probes': opt(Integer('Probes in that time.')),
  'hinomi.endpoint.failures': opt(Integer('Those of them that failed.')),
  'hinomi.endpoint.loss': opt(Float('Share of what was sent and not answered, 0 to 1.')),
  'hinomi.endpoint.time_min_ms': opt(Float('Shortest time to the answer.')),
  'hinomi.endpoint.time_avg_ms': opt(Float('Mean time to the answer.')),
  'hinomi.endpoint.time_max_ms': opt(Float('Longest time to the answer.')),
  'hinomi.endpoint.certificate_days': opt(Integer('Days until the certificate expires; below 0: since.')),
  'hinomi.endpoint.protocol_version': opt(Keyword('What the server chose: SMB dialect, RDP security.')),
  'hinomi.endpoint.answers': opt(Keyword('What the DNS server answered, joined.')),
  'hinomi.endpoint.description': opt(Keyword('What the device says of itself: sysDescr.')),
  'hinomi.endpoint.location': opt(Keyword('Where it stands, as it says: sysLocation.')),
  'hinomi.endpoint.troubles': opt(Keyword('Parts that are not as they should be, joined.')),
  'hinomi.endpoint.rebooted': opt(Bool('It was started anew within that time.')),
  'host.name': opt(Keyword("The device's name, as it says.")),
  'host.ip': opt(Ips('Addresses.')),
  'host.uptime': opt(Integer('Seconds since it was started.')),
  'observer.vendor': opt(Keyword('Maker of the device.')),
  'observer.product': opt(Keyword('Its model.')),
  'observer.version': opt(Keyword('Its firmware.')),
  'observer.serial_number': opt(Keyword('Its serial number.')),
  'url.original': opt(Keyword('That was asked for.')),
  'http.response.status_code': opt(Integer('100 to 999.')),
  'tls.version': opt(Keyword('Chosen by the server.')),
  'tls.server.subject': opt(Keyword('RFC 4514.')),
  'tls.server.issuer': opt(Keyword('RFC 4514.')),
  'tls.server.not_after': opt(Instant('Of the first certificate.')),
  'tls.server.hash.sha256': opt(Keyword('Of the first certificate, upper-case hex.')),
});
export type EndpointRecord = Static<typeof EndpointRecord>;
