import { createHash, X509Certificate } from 'node:crypto';

const CACHE_MAX = 1_024;
const NAMES_MAX = 64;
const TEXT_CHARACTERS_MAX = 1_024;

/** What a record says of a certificate. */
export interface Certificate {
  /** RFC 4514. */
  readonly subject: string;
  readonly issuer: string;
  /** RFC 3339; undefined when the certificate has no time that exists. */
  readonly notBefore: string | undefined;
  readonly notAfter: string | undefined;
  /** Upper-case hex. */
  readonly sha1: string;
  readonly sha256: string;
  readonly alternativeNames: readonly string[];
}

/** The same certificates are sent over and over. In the order of their first use. */
const cache = new Map<string, Certificate>();

/** Reads a certificate in DER (RFC 5280). What cannot be parsed still has its hashes. */
export function readCertificate(der: Buffer): Certificate {
  const sha256 = createHash('sha256').update(der).digest('hex').toUpperCase();
  const known = cache.get(sha256);
  if (known !== undefined) return known;
  const certificate = parse(der, sha256);
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '');
  cache.set(sha256, certificate);
  return certificate;
}

function parse(der: Buffer, sha256: string): Certificate {
  const sha1 = createHash('sha1').update(der).digest('hex').toUpperCase();
  try {
    const parsed = new X509Certificate(der);
    return {
      subject: rfc4514(parsed.subject),
      issuer: rfc4514(parsed.issuer),
      notBefore: instant(parsed.validFrom),
      notAfter: instant(parsed.validTo),
      sha1,
      sha256,
      alternativeNames: alternativeNames(parsed.subjectAltName),
    };
  } catch {
    return { subject: '', issuer: '', notBefore: undefined, notAfter: undefined, sha1, sha256, alternativeNames: [] };
  }
}

/** OpenSSL gives a part a line, escaped as RFC 4514 wants it, in the order of the DER: the other way round. */
function rfc4514(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(',').slice(0, TEXT_CHARACTERS_MAX);
}

function instant(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** `DNS:a, DNS:b, IP Address:c`. */
function alternativeNames(text: string | undefined): string[] {
  const names = (text ?? '').split(', ').filter((name) => /^(DNS|IP Address):/.test(name));
  return names.slice(0, NAMES_MAX).map((name) => name.slice(name.indexOf(':') + 1, TEXT_CHARACTERS_MAX));
}
