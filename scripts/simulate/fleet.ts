import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { Level } from 'level';
import type { Papers } from '../../agent/enrol/dial.js';
import type { Identity } from '../../agent/publish/publisher.js';
import { Authority } from '../../collector/fleet/authority.js';
import { FleetConfig, vaultSecret } from '../../collector/fleet/fleet.js';
import { Vault } from '../../collector/fleet/vault.js';
import { keyOf, type TableName } from '../../collector/state/keys.js';
import { loadConfig } from '../../protocol/base/config.js';
import { isoMillis } from '../../protocol/base/time.js';

const CERTIFICATE_DAYS = 30;
/** Requests differ by their key alone: a few of them stand for all boxes, each with a certificate of its own. */
const KEYS = 16;
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** What a simulated box needs to connect; the address comes later. */
export type Box = Omit<Identity, 'mqttUrl'> & Papers;

/**
 * Writes companies, sites and enrolled boxes into the folder of a collector that is not running: enrolling ten
 * thousand boxes one by one would take an hour of rate limits.
 */
export async function makeFleet(dataFolder: string, sites: number, companies: number): Promise<Box[]> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const nowMs = Date.now();
  const created = isoMillis(nowMs);
  const folder = join(dataFolder, 'authority');
  const fleet = loadConfig(FleetConfig, {});
  const authority = await Authority.open(folder, nowMs, Vault.open(folder, vaultSecret(fleet, dataFolder, true)));
  const requests = await Promise.all(Array.from({ length: Math.min(KEYS, sites) }, makeRequest));
  const state = new Level<string, string>(join(dataFolder, 'state'));
  const boxes: Box[] = [];
  const rows: { type: 'put'; key: string; value: string }[] = [];
  const put = (table: TableName, id: string, value: object): void => {
    rows.push({ type: 'put', key: keyOf(table, id), value: JSON.stringify({ id, created, ...value }) });
  };
  for (let index = 0; index < companies; index++) put('companies', `c${index}`, { name: `company ${index}` });
  for (let index = 0; index < sites; index++) {
    const [site, agent, company] = [`s${index}`, `a${index}`, `c${index % companies}`];
    const request = requests[index % requests.length]!;
    const issued = await authority.issueAgent(request.csr, agent, site, CERTIFICATE_DAYS, nowMs);
    put('sites', site, { company, name: site, agent });
    const facts = { certificate: issued.fingerprint, expires: isoMillis(issued.expires.getTime()) };
    put('agents', agent, { site, company, ...facts });
    boxes.push({ site, agent, key: request.key, certificate: issued.certificate, authority: authority.pem });
  }
  await state.batch(rows);
  await state.close();
  return boxes;
}

async function makeRequest(): Promise<{ key: string; csr: string }> {
  const keys = (await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])) as CryptoKeyPair;
  const request = { name: 'CN=box', keys, signingAlgorithm: P256 };
  const csr = await x509.Pkcs10CertificateRequestGenerator.create(request, webcrypto as Crypto);
  const key = KeyObject.from(keys.privateKey as webcrypto.CryptoKey);
  return { key: String(key.export({ format: 'pem', type: 'pkcs8' })), csr: csr.toString('pem') };
}
