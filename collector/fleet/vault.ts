import { createPrivateKey, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CodedError } from '../../protocol/base/errors.js';
import { replaceFile } from '../../protocol/base/files.js';
import { Sealed, seal, unseal } from '../../protocol/base/sealed.js';

/** What opens the vault: random bytes of a key file, or what a person thought of. */
export type VaultSecret =
  | { readonly kind: 'key'; readonly bytes: Buffer }
  | { readonly kind: 'passphrase'; readonly text: string };

/** OWASP's first choice for scrypt: 128 MiB and about half a second a guess. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const CHECK = 'hinomi';

const Head = Type.Object({
  v: Type.Literal(1),
  secret: Type.Enum(['key', 'passphrase']),
  salt: Type.String(),
  check: Sealed,
});
type Head = Static<typeof Head>;
const checkHead = Compile(Head);
const checkSealed = Compile(Sealed);

/** Private keys on disk, each sealed with AES-256-GCM under one secret that lies elsewhere. */
export class Vault {
  readonly #folder: string;
  readonly #key: Buffer;

  private constructor(folder: string, key: Buffer) {
    this.#folder = folder;
    this.#key = key;
  }

  /** Opens the vault in a folder; makes it the first time. @throws AUTHORITY_LOCKED, DATA_FOLDER */
  static open(folder: string, secret: VaultSecret): Vault {
    const file = join(folder, 'vault.json');
    if (!existsSync(file)) return Vault.#make(folder, file, secret);
    const head = readHead(file);
    if (head.secret !== secret.kind)
      throw locked(`the keys in ${folder} are encrypted under a ${nameOf(head.secret)}, not a ${nameOf(secret.kind)}`);
    const key = derive(secret, Buffer.from(head.salt, 'base64'));
    if (unseal(key, 'check', head.check) !== CHECK)
      throw locked(`this is not the ${nameOf(secret.kind)} for the keys in ${folder}`);
    return new Vault(folder, key);
  }

  /** Whether something in a folder is encrypted already. */
  static exists(folder: string): boolean {
    return existsSync(join(folder, 'vault.json'));
  }

  static #make(folder: string, file: string, secret: VaultSecret): Vault {
    if (existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.sealed')))
      throw new CodedError('DATA_FOLDER', `${file} is missing, but keys are encrypted: bring it back from a backup`);
    const salt = randomBytes(SALT_BYTES);
    const key = derive(secret, salt);
    const check = seal(key, 'check', CHECK);
    const head: Head = { v: 1, secret: secret.kind, salt: salt.toString('base64'), check };
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      replaceFile(file, `${JSON.stringify(head)}\n`, 0o600);
    } catch (error) {
      throw new CodedError('DATA_FOLDER', `could not write ${file}`, {}, { cause: error });
    }
    return new Vault(folder, key);
  }

  /** Whether there is a key of this name, sealed or still plain. */
  has(name: string): boolean {
    return existsSync(this.#sealedFile(name)) || existsSync(this.#plainFile(name));
  }

  /**
   * A key as PEM. One that lies there in plain, from before there was a vault, is sealed first and then removed.
   * @throws an Error that says what is wrong with the file
   */
  read(name: string): string {
    if (existsSync(this.#plainFile(name))) this.#takeIn(name);
    return this.#unseal(name);
  }

  write(name: string, pem: string): void {
    replaceFile(this.#sealedFile(name), `${JSON.stringify(seal(this.#key, name, pem))}\n`, 0o600);
  }

  /** A small secret that lies elsewhere, as text. @param name what it is and whose: it opens under the same one only */
  sealText(name: string, text: string): string {
    return JSON.stringify(seal(this.#key, `text:${name}`, text));
  }

  /** Undefined when it was not sealed here, or not under this name. */
  openText(name: string, text: string): string | undefined {
    try {
      const sealed: unknown = JSON.parse(text);
      return checkSealed.Check(sealed) ? unseal(this.#key, `text:${name}`, sealed) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Both are there when the collector was stopped in between. */
  #takeIn(name: string): void {
    const file = this.#plainFile(name);
    const plain = readFileSync(file, 'utf8');
    createPrivateKey(plain);
    if (!existsSync(this.#sealedFile(name))) this.write(name, plain);
    if (this.#unseal(name) !== plain) throw new Error(`${file} is not the key that is encrypted beside it: remove it`);
    rmSync(file);
  }

  #unseal(name: string): string {
    const sealed: unknown = JSON.parse(readFileSync(this.#sealedFile(name), 'utf8'));
    const text = checkSealed.Check(sealed) ? unseal(this.#key, name, sealed) : undefined;
    if (text === undefined) throw new Error(`${name}.sealed is damaged`);
    return text;
  }

  #sealedFile(name: string): string {
    return join(this.#folder, `${name}.sealed`);
  }

  #plainFile(name: string): string {
    return join(this.#folder, `${name}.pem`);
  }
}

function readHead(file: string): Head {
  try {
    const head: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (checkHead.Check(head)) return head;
  } catch {
    // The same as one that is not understood.
  }
  throw new CodedError('DATA_FOLDER', `${file} is damaged: bring it back from a backup`);
}

function derive(secret: VaultSecret, salt: Buffer): Buffer {
  if (secret.kind === 'passphrase') return scryptSync(secret.text.normalize('NFC'), salt, KEY_BYTES, SCRYPT);
  return Buffer.from(hkdfSync('sha256', secret.bytes, salt, 'hinomi-vault-1', KEY_BYTES));
}

const nameOf = (kind: VaultSecret['kind']): string => (kind === 'key' ? 'key file' : 'passphrase');

function locked(message: string): CodedError {
  return new CodedError('AUTHORITY_LOCKED', message);
}
