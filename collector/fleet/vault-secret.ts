import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodedError } from '../../protocol/base/errors.js';
import type { VaultSecret } from './vault.js';

export interface SecretSources {
  readonly passphrase?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

const KEY_BYTES = 32;
const PASSPHRASE_MIN = 12;
const FILE_BYTES_MAX = 4_096;

/**
 * What opens the vault. Without any setting it is a key file beside the data folder, made at the first start: a copy of
 * the data folder alone opens nothing.
 * @param mayMake whether a key file that is not there may be made: not when something is encrypted under it already
 * @throws AUTHORITY_LOCKED, CONFIG_INVALID
 */
export function vaultSecret(sources: SecretSources, dataFolder: string, mayMake: boolean): VaultSecret {
  const { passphrase, passphraseFile, keyFile } = sources;
  if ([passphrase, passphraseFile, keyFile].filter((source) => source !== undefined).length > 1)
    throw new CodedError(
      'CONFIG_INVALID',
      'fleet.passphrase, fleet.passphraseFile and fleet.keyFile exclude each other',
    );
  if (passphrase !== undefined) return passphraseOf(passphrase, 'the passphrase');
  if (passphraseFile !== undefined)
    return passphraseOf(readSecret(passphraseFile, 0o007).replace(/\r?\n$/, ''), passphraseFile);
  return keyOf(keyFile ?? `${resolve(dataFolder)}.key`, mayMake);
}

function passphraseOf(text: string, place: string): VaultSecret {
  if (text.length < PASSPHRASE_MIN)
    throw new CodedError('AUTHORITY_LOCKED', `${place} has fewer than ${PASSPHRASE_MIN} characters`);
  return { kind: 'passphrase', text };
}

function keyOf(file: string, mayMake: boolean): VaultSecret {
  if (mayMake) makeKeyFile(file);
  const bytes = Buffer.from(readSecret(file, 0o077).trim(), 'hex');
  if (bytes.length !== KEY_BYTES)
    throw new CodedError('AUTHORITY_LOCKED', `${file} is no key file: 64 hexadecimal digits`);
  return { kind: 'key', bytes };
}

/** One that exists is kept. */
function makeKeyFile(file: string): void {
  try {
    writeFileSync(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new CodedError('AUTHORITY_LOCKED', `could not make the key file ${file}`, {}, { cause: error });
  }
}

/** @param forbidden mode bits that the file may not have */
function readSecret(file: string, forbidden: number): string {
  let mode: number;
  let text: string;
  try {
    mode = statSync(file).mode;
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError('AUTHORITY_LOCKED', `could not read ${file}`, {}, { cause: error });
  }
  if ((mode & forbidden) !== 0)
    throw new CodedError(
      'AUTHORITY_LOCKED',
      `others can read ${file}: chmod ${forbidden === 0o077 ? '600' : 'o-rwx'} it`,
    );
  if (text.length > FILE_BYTES_MAX) throw new CodedError('AUTHORITY_LOCKED', `${file} is too large`);
  return text;
}
