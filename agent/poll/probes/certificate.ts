import type { TLSSocket } from 'node:tls';
import { isoMillis } from '../../../protocol/base/time.js';
import type { Facts, ProbeResult } from '../result.js';

const DAY_MS = 86_400_000;
const NAME_CHARACTERS_MAX = 1_024;

export interface Certificate {
  readonly sha256: string;
  /** NaN when the certificate says nothing that can be read. */
  readonly notAfterMs: number;
  readonly isTrusted: boolean;
  readonly facts: Facts;
}

export interface Wanted {
  readonly verify: boolean;
  readonly pinSha256?: string;
  readonly expiryDays: number;
}

/** Of the server at the other end; undefined when it has shown none. */
export function certificateOf(socket: TLSSocket, nowMs: number): Certificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const sha256 = certificate.fingerprint256.replaceAll(':', '');
  const notAfterMs = Date.parse(certificate.validTo);
  const version = /^TLSv(1(?:\.\d)?)$/.exec(socket.getProtocol() ?? '')?.[1];
  return {
    ...{ sha256, notAfterMs, isTrusted: socket.authorized },
    facts: {
      'tls.server.hash.sha256': sha256,
      'tls.server.subject': nameOf(certificate.subject),
      'tls.server.issuer': nameOf(certificate.issuer),
      ...(isPossible(notAfterMs) ? { 'tls.server.not_after': isoMillis(notAfterMs) } : {}),
      ...(isPossible(notAfterMs) ? { 'hinomi.endpoint.certificate_days': daysLeft(notAfterMs, nowMs) } : {}),
      ...(version === undefined ? {} : { 'tls.version': version === '1' ? '1.0' : version }),
    },
  };
}

/** Node has a name a line, first part first; RFC 4514 has it the other way round. */
function nameOf(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(',').slice(0, NAME_CHARACTERS_MAX);
}

const daysLeft = (notAfterMs: number, nowMs: number): number => Math.floor((notAfterMs - nowMs) / DAY_MS);
const isPossible = (ms: number): boolean => ms > -2e12 && ms < 1e13;

/** What is wrong with it, if anything. With a pin nobody else's word counts. */
export function judgeCertificate(certificate: Certificate, wanted: Wanted, nowMs: number): ProbeResult | undefined {
  const { sha256, notAfterMs, isTrusted } = certificate;
  const pin = wanted.pinSha256?.replaceAll(':', '').toUpperCase();
  if (pin !== undefined && pin !== sha256) return { outcome: 'bad', reason: 'certificate-changed' };
  if (!(notAfterMs > nowMs)) return { outcome: 'bad', reason: 'certificate-expired' };
  if (pin === undefined && wanted.verify && !isTrusted) return { outcome: 'bad', reason: 'certificate-untrusted' };
  return daysLeft(notAfterMs, nowMs) < wanted.expiryDays
    ? { outcome: 'warn', reason: 'certificate-expiring' }
    : undefined;
}
