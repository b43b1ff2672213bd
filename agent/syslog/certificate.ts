import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { replaceFile } from '../../protocol/base/files.js';

export interface ServerCertificate {
  readonly key: string;
  readonly certificate: string;
  /** SHA-256 of the certificate, as devices show it. */
  readonly fingerprint: string;
  readonly isOwn: boolean;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const FOLDER = 'syslog';
/** Devices pin it or do not look: nobody visits an office to renew it. */
const YEARS = 20;
const DAY_MS = 86_400_000;
const NAME_MAX = 63;

/**
 * From the files that are named, or made once and kept: devices that were told its fingerprint stay content.
 * @throws Error when a file cannot be read or the pair does not fit
 */
export async function serverCertificate(
  config: { readonly certificate?: string; readonly key?: string },
  dataFolder: string,
  nowMs: number,
): Promise<ServerCertificate> {
  const folder = join(dataFolder, FOLDER);
  const isOwn = config.certificate === undefined || config.key === undefined;
  const [certificateFile, keyFile] = isOwn
    ? [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
    : [config.certificate as string, config.key as string];
  if (isOwn && !(existsSync(certificateFile) && existsSync(keyFile))) await makeOwn(folder, nowMs);
  const certificate = readFileSync(certificateFile, 'utf8');
  const key = readFileSync(keyFile, 'utf8');
  return { key, certificate, fingerprint: new X509Certificate(certificate).fingerprint256, isOwn };
}

async function makeOwn(folder: string, nowMs: number): Promise<void> {
  const keys = (await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const host =
    hostname()
      .replaceAll(/[^A-Za-z0-9.-]/g, '')
      .slice(0, NAME_MAX) || 'hinomi';
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=hinomi-syslog, O=Hinomi',
      keys: keys as CryptoKeyPair,
      signingAlgorithm: P256,
      // A box may start with a clock that is years behind: the certificate is good before that, too.
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date(nowMs + YEARS * 366 * DAY_MS),
      extensions: [
        new BasicConstraintsExtension(false),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'hinomi-syslog' },
          { type: 'dns', value: host },
        ]),
      ],
    },
    webcrypto as Crypto,
  );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }));
  replaceFile(join(folder, 'key.pem'), key, 0o600);
  replaceFile(join(folder, 'certificate.pem'), certificate.toString('pem'), 0o600);
}
