import { Vault, type VaultSecret } from './vault.js';

/** For tests: no file beside the folder. */
export const testSecret = (): VaultSecret => ({ kind: 'key', bytes: Buffer.alloc(32, 7) });
export const vaultIn = (folder: string): Vault => Vault.open(folder, testSecret());
