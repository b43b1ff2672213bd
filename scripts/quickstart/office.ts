import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../protocol/base/errors.js';

/** A company with one site, as it is added to a collector that has none. */
export interface Office {
  readonly company: string;
  readonly companyName: string;
  readonly site: string;
  readonly siteName: string;
}

export const DEMO: Office = { company: 'demo', companyName: 'デモ企業', site: 'demo-office', siteName: 'デモ事業所' };
/** Renamed by `hinomi-collector company|site set`. */
export const OWN: Office = { company: 'own', companyName: '自社', site: 'this-office', siteName: 'この事業所' };

/**
 * Whose records the box of a folder makes, when it has its identity already.
 * @returns whether what is real would appear as the demo's
 * @throws CONFIG_INVALID when the demo would appear as real
 */
export function isKnownAsDemo(agentFolder: string, isDemo: boolean): boolean {
  const file = join(agentFolder, 'identity', 'identity.json');
  if (!existsSync(file)) return false;
  const isOfDemo = (JSON.parse(readFileSync(file, 'utf8')) as { site?: string }).site === DEMO.site;
  if (isDemo && !isOfDemo)
    throw new CodedError(
      'CONFIG_INVALID',
      'this folder holds a real office: what the demo makes up would be among its records. Give the demo a folder of its own: --data DIR',
    );
  return isOfDemo && !isDemo;
}
