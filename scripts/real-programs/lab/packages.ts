import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);
/** What the laboratory itself needs. */
export const LAB_PACKAGES = ['iproute2', 'util-linux', 'procps', 'ethtool', 'tcpdump', 'openssl'];

/** Versions of the packages that are installed. */
export async function versionsOf(packages: readonly string[]): Promise<Map<string, string>> {
  const format = ['Package', 'Status', 'Version'].map((field) => `\${${field}}`).join(' ');
  // It fails when one of them is unknown, and prints the others all the same.
  const { stdout } = await exec('dpkg-query', ['-W', `-f=${format}\\n`, ...new Set(packages)]).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  const versions = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [name, , , status, version] = line.split(' ');
    if (status === 'installed' && name !== undefined && version !== undefined) versions.set(name, version);
  }
  return versions;
}
