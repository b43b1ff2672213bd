import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../protocol/base/errors.js';
import { replaceFile } from '../../protocol/base/files.js';
import { type SignedContext, signMessage } from '../../protocol/signed.js';
import type { Authority } from './authority.js';
import type { Vault } from './vault.js';

const KEY = 'signer-key';

/** Signs what boxes obey: an Ed25519 key of its own, which the authority certifies, so that every box can check it. */
export class Signer {
  /** PEM. */
  readonly certificate: string;
  readonly #key: KeyObject;

  private constructor(certificate: string, key: KeyObject) {
    this.certificate = certificate;
    this.#key = key;
  }

  /** Opens the signer in the authority's folder; makes it the first time. @throws DATA_FOLDER */
  static async open(folder: string, authority: Authority, vault: Vault, now: number): Promise<Signer> {
    try {
      if (!vault.has(KEY)) vault.write(KEY, String(makeKey().export({ type: 'pkcs8', format: 'pem' })));
      const key = createPrivateKey(vault.read(KEY));
      const file = join(folder, 'signer.pem');
      const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (isFor(known, key, authority)) return new Signer(known, key);
      const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
      const certificate = await authority.issueSigner(spki, now);
      replaceFile(file, certificate, 0o644);
      return new Signer(certificate, key);
    } catch (error) {
      throw new CodedError('DATA_FOLDER', `could not open the signer in ${folder}`, { folder }, { cause: error });
    }
  }

  /** @returns text for `openSigned` */
  sign(context: SignedContext, body: object): string {
    return signMessage(context, body, this.#key);
  }
}

const makeKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

function isFor(certificate: string, key: KeyObject, authority: Authority): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    return parsed.checkPrivateKey(key) && parsed.verify(new X509Certificate(authority.pem).publicKey);
  } catch {
    return false;
  }
}
