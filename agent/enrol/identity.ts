import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CodedError } from '../../protocol/base/errors.js';
import { syncFolder } from '../../protocol/base/files.js';
import { isSegment } from '../../protocol/topics.js';

/** What the box knows about itself; `identity/identity.json` below the data folder. Nothing here is secret. */
export const IdentityFile = Type.Object({
  site: Type.String(),
  agent: Type.String(),
  mqttUrl: Type.String(),
  collectorUrl: Type.String(),
  enrolled: Type.String({ description: 'RFC 3339.' }),
  gateUrl: Type.Optional(
    Type.String({ description: 'https://host:port; missing in identities from before the gate.' }),
  ),
  issued: Type.Optional(Type.String({ description: "Of the certificate, by the collector's clock." })),
});
export type IdentityFile = Static<typeof IdentityFile>;

/** Texts are PEM. */
export interface StoredIdentity extends IdentityFile {
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
  /** Certificate of the key by which the collector signs; empty in identities from before there was one. */
  readonly signer: string;
}

const FOLDER = 'identity';
const KEY = 'key.pem';
const CERTIFICATE = 'certificate.pem';
const AUTHORITY = 'authority.pem';
const SIGNER = 'signer.pem';
/** Written last: where it is, the others are. */
const FACTS = 'identity.json';

const check = Compile(IdentityFile);

export const identityFolder = (dataFolder: string): string => join(dataFolder, FOLDER);
/** A renewed identity that the collector has not acknowledged yet. */
export const nextFolder = (dataFolder: string): string => join(identityFolder(dataFolder), 'next');
export const isIdentityIn = (folder: string): boolean => existsSync(join(folder, FACTS));
export const isEnrolled = (dataFolder: string): boolean => isIdentityIn(identityFolder(dataFolder));

/** @throws ENROL_MISSING, DATA_FOLDER */
export function readIdentity(dataFolder: string): StoredIdentity {
  const folder = identityFolder(dataFolder);
  if (!isEnrolled(dataFolder)) throw new CodedError('ENROL_MISSING', `there is no identity in ${folder}`);
  return readIdentityIn(folder);
}

/** @throws DATA_FOLDER */
export function readIdentityIn(folder: string): StoredIdentity {
  try {
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const facts: unknown = JSON.parse(read(FACTS));
    if (!check.Check(facts) || !isSegment(facts.site) || !isSegment(facts.agent))
      throw new Error(`${FACTS} is not valid`);
    const signer = existsSync(join(folder, SIGNER)) ? read(SIGNER) : '';
    return { ...facts, key: read(KEY), certificate: read(CERTIFICATE), authority: read(AUTHORITY), signer };
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `could not read the identity in ${folder}`, { folder }, { cause: error });
  }
}

/** Whether others than the owner can read the key. */
export function isKeyExposed(dataFolder: string): boolean {
  return (statSync(join(identityFolder(dataFolder), KEY)).mode & 0o077) !== 0;
}

/** What was to come next is gone with it. @throws DATA_FOLDER */
export function writeIdentity(dataFolder: string, identity: StoredIdentity): void {
  writeIdentityTo(identityFolder(dataFolder), identity);
  removeNext(dataFolder);
}

export function removeNext(dataFolder: string): void {
  const folder = nextFolder(dataFolder);
  // The facts first: without them there is none, whatever else is left.
  rmSync(join(folder, FACTS), { force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Each file is replaced whole, the facts last; all of it is on disk afterwards. @throws DATA_FOLDER */
export function writeIdentityTo(folder: string, identity: StoredIdentity): void {
  const { key, certificate, authority, signer, ...facts } = identity;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    replaceFile(join(folder, KEY), key, 0o600);
    replaceFile(join(folder, CERTIFICATE), certificate, 0o644);
    replaceFile(join(folder, AUTHORITY), authority, 0o644);
    if (signer !== '') replaceFile(join(folder, SIGNER), signer, 0o644);
    syncFolder(folder);
    replaceFile(join(folder, FACTS), `${JSON.stringify(facts, undefined, 2)}\n`, 0o644);
    syncFolder(folder);
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `could not write the identity to ${folder}`, { folder }, { cause: error });
  }
}

/** @throws DATA_FOLDER */
export function writeSigner(dataFolder: string, signer: string): void {
  const folder = identityFolder(dataFolder);
  try {
    replaceFile(join(folder, SIGNER), signer, 0o644);
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `could not write the signer to ${folder}`, { folder }, { cause: error });
  }
}

function replaceFile(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode, flush: true });
  chmodSync(`${path}.new`, mode); // An older file of that name would have kept its mode.
  renameSync(`${path}.new`, path);
}
