import 'reflect-metadata';
import { createHash, createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { CodedError } from '../../protocol/base/errors.js';
import { replaceFile } from '../../protocol/base/files.js';
import type { Vault } from './vault.js';

x509.cryptoProvider.set(webcrypto as Crypto);

const KEY = 'authority-key';
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
const SERVER_DAYS = 397;
/** Boxes without a clock wake up in the past: certificates are valid from well before they were made. */
const BACKDATE_MS = 2 * DAY_MS;

/** RFC 5280 4.2.1.12, id-kp-codeSigning: what is signed makes a box do something. */
const SIGNER_USAGE = '1.3.6.1.5.5.7.3.3';

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

  /**
   * Opens the authority in a folder; makes it the first time.
   * @param vault holds its key
   * @throws DATA_FOLDER
   */
  static async open(folder: string, now: number, vault: Vault): Promise<Authority> {
    const certificateFile = join(folder, 'authority.pem');
    try {
      const hasKey = vault.has(KEY);
      if (!existsSync(certificateFile)) {
        // Every box knows the certificate: another one in its place would be another collector.
        if (hasKey) throw new Error('authority.pem is missing, its key is there: bring it back from a backup');
        await make(vault, certificateFile, now);
      } else if (!hasKey) throw new Error('the key of authority.pem is missing: bring it back from a backup');
      const pem = vault.read(KEY);
      const certificate = readFileSync(certificateFile, 'utf8');
      if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(pem)))
        throw new Error('authority.pem and its key do not belong together');
      return new Authority(new x509.X509Certificate(certificate), await importKey(pem));
    } catch (error) {
      throw new CodedError('DATA_FOLDER', `could not open the authority in ${folder}`, { folder }, { cause: error });
    }
  }

  /** Whether there is one already. */
  static exists(folder: string): boolean {
    return existsSync(join(folder, 'authority.pem'));
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

  /** A certificate, PEM, for the Ed25519 key that signs what boxes obey. It lives as long as the authority. */
  async issueSigner(spki: Uint8Array<ArrayBuffer>, now: number): Promise<string> {
    const days = (this.#certificate.notAfter.getTime() - now) / DAY_MS;
    const issued = await this.#issue('CN=hinomi-signer, O=Hinomi', new x509.PublicKey(spki), days, now, [
      new x509.ExtendedKeyUsageExtension([SIGNER_USAGE]),
    ]);
    return issued.certificate;
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

async function make(vault: Vault, certificateFile: string, now: number): Promise<void> {
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
  vault.write(KEY, await exportKey(keys.privateKey));
  replaceFile(certificateFile, certificate.toString('pem'), 0o644);
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
