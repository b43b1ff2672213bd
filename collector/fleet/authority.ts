import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { CodedError } from '../../protocol/base/errors.js';

x509.cryptoProvider.set(webcrypto as Crypto);

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
const SERVER_DAYS = 397;
/** Boxes without a clock wake up in the past: certificates are valid from well before they were made. */
const BACKDATE_MS = 2 * DAY_MS;

export interface Issued {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string;
  readonly expires: Date;
}

/** The collector's own certificate authority: P-256, one key, in one folder. */
export class Authority {
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certificate: x509.X509Certificate, key: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  /** Opens the authority in a folder; makes it the first time. @throws DATA_FOLDER */
  static async open(folder: string, now: number): Promise<Authority> {
    const keyFile = join(folder, 'authority-key.pem');
    const certificateFile = join(folder, 'authority.pem');
    try {
      if (!existsSync(certificateFile)) await make(folder, keyFile, certificateFile, now);
      const key = await importKey(readFileSync(keyFile, 'utf8'));
      return new Authority(new x509.X509Certificate(readFileSync(certificateFile, 'utf8')), key);
    } catch (error) {
      throw new CodedError('DATA_FOLDER', `could not open the authority in ${folder}`, { folder }, { cause: error });
    }
  }

  get pem(): string {
    return this.#certificate.toString('pem');
  }

  get der(): Buffer {
    return Buffer.from(this.#certificate.rawData);
  }

  /** A key and certificate for our own TLS servers. */
  async issueServer(hosts: readonly string[], now: number): Promise<Issued & { key: string }> {
    const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
    const names = hosts.map((host) => ({ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host }));
    const issued = await this.#issue('CN=hinomi-collector', keys.publicKey, SERVER_DAYS, now, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ]);
    return { ...issued, key: await exportKey(keys.privateKey) };
  }

  /**
   * A client certificate for the key in a request. What the request says of names is ignored: the identity is ours to
   * give. @throws ENROL_REFUSED when it is no request for a P-256 key signed by that key
   */
  async issueAgent(csr: string, agent: string, site: string, days: number, now: number): Promise<Issued> {
    const publicKey = await keyOfRequest(csr);
    return this.#issue(`CN=${agent}, OU=${site}, O=Hinomi`, publicKey, days, now, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]);
  }

  async #issue(
    subject: string,
    publicKey: webcrypto.CryptoKey | x509.PublicKey,
    days: number,
    now: number,
    extensions: x509.Extension[],
  ): Promise<Issued> {
    const expires = new Date(now + days * DAY_MS);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: this.#certificate.subject,
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: expires,
      publicKey: publicKey as x509.PublicKey,
      signingKey: this.#key as CryptoKey,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    });
    return { certificate: certificate.toString('pem'), fingerprint: fingerprintOf(certificate.rawData), expires };
  }
}

/** SHA-256 of a certificate's DER, hex: how a live connection's certificate is found in the state. */
export function fingerprintOf(der: ArrayBuffer | Uint8Array): string {
  return createHash('sha256').update(new Uint8Array(der)).digest('hex');
}

async function make(folder: string, keyFile: string, certificateFile: string, now: number): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=Hinomi collector ${serial().slice(0, 8)}`,
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: SIGNATURE,
    keys: keys as CryptoKeyPair,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  // The key first: a certificate without its key would be taken for a whole authority.
  writeAtomically(keyFile, await exportKey(keys.privateKey), 0o600);
  writeAtomically(certificateFile, certificate.toString('pem'), 0o644);
}

function writeAtomically(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode, flush: true });
  renameSync(`${file}.new`, file);
}

/** 127 random bits: positive in DER, and unique. */
function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
}

async function keyOfRequest(csr: string): Promise<x509.PublicKey> {
  try {
    const request = new x509.Pkcs10CertificateRequest(csr);
    const algorithm = request.publicKey.algorithm as { name: string; namedCurve?: string };
    if (algorithm.name === 'ECDSA' && algorithm.namedCurve === 'P-256' && (await request.verify()))
      return request.publicKey;
  } catch {
    // Whatever is wrong with a stranger's bytes, the answer is the same.
  }
  throw new CodedError('ENROL_REFUSED', 'the request is not a PKCS #10 for a P-256 key');
}
