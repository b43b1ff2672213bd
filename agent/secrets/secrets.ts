import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CodedError } from '../../protocol/base/errors.js';
import { replaceFile } from '../../protocol/base/files.js';
import { Sealed, seal, unseal } from '../../protocol/base/sealed.js';

/** A name by which the configuration refers to a secret; it is a file's name too. */
export const SECRET_NAME = '^[a-z0-9][a-z0-9-]{0,62}$';
export const SECRET_BYTES_MAX = 1_024;
const SECRETS_MAX = 1_024;

const FOLDER = 'secrets';
const KEY_FILE = 'secrets.key';
const SUFFIX = '.sealed';
const FILE_BYTES_MAX = 8_192;
const KEY_BYTES = 32;

const checkFile = Compile(Type.Object({ v: Type.Literal(1), ...Sealed.properties }));

/**
 * Passwords of the office's devices, each a file sealed with AES-256-GCM under a key file of its own beside them. The
 * name is sealed with it: a file that was renamed does not open. What this protects from is in SECURITY.md.
 */
export class Secrets {
  readonly #data: string;

  constructor(dataFolder: string) {
    this.#data = dataFolder;
  }

  /** @throws SECRET_INVALID, SECRET_LOCKED, DATA_FOLDER */
  set(name: string, text: string): void {
    checkName(name);
    const bytes = Buffer.byteLength(text);
    if (bytes === 0 || bytes > SECRET_BYTES_MAX || /[\0\r\n]/.test(text))
      throw new CodedError('SECRET_INVALID', `a secret is one line of 1 to ${SECRET_BYTES_MAX} bytes`);
    if (!this.names().includes(name) && this.names().length >= SECRETS_MAX)
      throw new CodedError('SECRET_INVALID', `there are ${SECRETS_MAX} secrets already`);
    try {
      mkdirSync(join(this.#data, FOLDER), { recursive: true, mode: 0o700 });
      chmodSync(join(this.#data, FOLDER), 0o700);
      replaceFile(
        this.#file(name),
        `${JSON.stringify({ v: 1, ...seal(this.#key(true), labelOf(name), text) })}\n`,
        0o600,
      );
      this.#giveAway(name);
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw new CodedError('DATA_FOLDER', `could not write ${this.#file(name)}`, {}, { cause: error });
    }
  }

  /** To whoever owns the data folder: root may set what an agent without privileges reads. */
  #giveAway(name: string): void {
    if (process.getuid?.() !== 0) return;
    const { uid, gid } = statSync(this.#data);
    for (const path of [join(this.#data, FOLDER), join(this.#data, KEY_FILE), this.#file(name)])
      chownSync(path, uid, gid);
  }

  /** Undefined when there is none. @throws SECRET_INVALID, SECRET_LOCKED */
  get(name: string): string | undefined {
    checkName(name);
    if (!existsSync(this.#file(name))) return undefined;
    return open(this.#key(false), name, readSmall(this.#file(name)));
  }

  /** @returns whether there was one */
  remove(name: string): boolean {
    checkName(name);
    const isThere = existsSync(this.#file(name));
    rmSync(this.#file(name), { force: true });
    return isThere;
  }

  names(): string[] {
    const folder = join(this.#data, FOLDER);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length))
      .sort();
  }

  /** All that can be opened: texts that must not be in anything that leaves the box. */
  texts(): string[] {
    return this.names().flatMap((name) => {
      try {
        return this.get(name) ?? [];
      } catch {
        return [];
      }
    });
  }

  #file(name: string): string {
    return join(this.#data, FOLDER, `${name}${SUFFIX}`);
  }

  /** Made with the first secret; never anew while there are secrets that only the old one opens. */
  #key(mayMake: boolean): Buffer {
    const file = join(this.#data, KEY_FILE);
    if (!existsSync(file)) {
      if (!mayMake || this.names().length > 0) throw locked(`${file} is missing`);
      writeFileSync(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    }
    if ((statSync(file).mode & 0o077) !== 0) throw locked(`others can read ${file}: chmod 600 it`);
    const key = Buffer.from(readSmall(file).trim(), 'hex');
    if (key.length !== KEY_BYTES) throw locked(`${file} is no key file: 64 hexadecimal digits`);
    return key;
  }
}

function checkName(name: string): void {
  if (!new RegExp(SECRET_NAME).test(name))
    throw new CodedError('SECRET_INVALID', 'the name of a secret has lower-case letters, digits and - (63 at most)');
}

function readSmall(file: string): string {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) throw locked(`${file} is too large`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('SECRET_LOCKED', `could not read ${file}`, {}, { cause: error });
  }
}

function open(key: Buffer, name: string, json: string): string {
  const sealed = sealedIn(json);
  const text = sealed && unseal(key, labelOf(name), sealed);
  // Without a cause: what OpenSSL or JSON say of it could quote it.
  if (text === undefined) throw locked(`the secret ${name} was damaged, or sealed under another key`);
  return text;
}

function sealedIn(json: string): Sealed | undefined {
  try {
    const file: unknown = JSON.parse(json);
    if (checkFile.Check(file)) return file;
  } catch {
    // The same as one that is not understood.
  }
  return undefined;
}

const labelOf = (name: string): string => `hinomi secret ${name}`;

const locked = (text: string): CodedError => new CodedError('SECRET_LOCKED', text);
