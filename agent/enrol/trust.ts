import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { CodedError } from '../../protocol/base/errors.js';

/** RFC 5280 4.2.1.12. */
const SERVER_USAGE = '1.3.6.1.5.5.7.3.1';
const SIGNER_USAGE = '1.3.6.1.5.5.7.3.3';

/**
 * Whether a certificate is that of our collector's server at this host: everything but its time, which OpenSSL would
 * judge by a clock that may be wrong by years.
 * @throws an Error that says what is wrong
 */
export function checkServer(leaf: X509Certificate, authority: X509Certificate, host: string): void {
  if (!leaf.checkIssued(authority) || !leaf.verify(authority.publicKey))
    throw new Error('the certificate of the server has no valid signature of our authority');
  if (leaf.ca || !leaf.keyUsage?.includes(SERVER_USAGE))
    throw new Error('the certificate is for another purpose than a server');
  const name = isIP(host) === 0 ? leaf.checkHost(host, { subject: 'never' }) : leaf.checkIP(host);
  if (name === undefined) throw new Error(`the certificate is for other names than ${host} (${leaf.subjectAltName})`);
}

export function isValidAt(certificate: X509Certificate, ms: number): boolean {
  return Date.parse(certificate.validFrom) <= ms && ms < Date.parse(certificate.validTo);
}

/** The key by which the collector signs, when the authority says so. @throws ENROL_REFUSED */
export function signerKey(signer: string, authority: string): KeyObject {
  try {
    const certificate = new X509Certificate(signer);
    if (!certificate.verify(new X509Certificate(authority).publicKey)) throw new Error('not of the authority');
    if (certificate.ca || !certificate.keyUsage?.includes(SIGNER_USAGE)) throw new Error('for another purpose');
    if (certificate.publicKey.asymmetricKeyType !== 'ed25519') throw new Error('no Ed25519 key');
    return certificate.publicKey;
  } catch (error) {
    throw new CodedError('ENROL_REFUSED', 'the certificate of the signer cannot be used', {}, { cause: error });
  }
}

/** The same of what is stored; undefined for a box that was enrolled before there was a signer and has not asked yet. */
export function signerKeyOf(identity: { signer: string; authority: string }): KeyObject | undefined {
  return identity.signer === '' ? undefined : signerKey(identity.signer, identity.authority);
}

/** A certificate has to be for the key that was just made, by our authority. @throws ENROL_REFUSED */
export function checkOwn(certificatePem: string, keyPem: string, authorityPem: string): void {
  try {
    const certificate = new X509Certificate(certificatePem);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) throw new Error('it is for another key');
    if (!certificate.verify(new X509Certificate(authorityPem).publicKey))
      throw new Error('it is not signed by the authority');
  } catch (error) {
    throw new CodedError('ENROL_REFUSED', 'the certificate cannot be used', {}, { cause: error });
  }
}

/** Begin and end of a certificate; undefined when it cannot be read, as after a power cut: the box goes on all the same. */
export function lifeOf(identity: {
  certificate: string;
  issued?: string;
}): { beginMs: number; endMs: number } | undefined {
  try {
    const { validFrom, validTo } = new X509Certificate(identity.certificate);
    return { beginMs: Date.parse(identity.issued ?? validFrom), endMs: Date.parse(validTo) };
  } catch {
    return undefined;
  }
}
