import { readFileSync } from 'node:fs';

/** From package.json, which is one folder up in a checkout and two from the built program. */
export const VERSION = readVersion();

function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const file = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { version?: unknown };
      if (typeof file.version === 'string') return file.version;
    } catch {
      // Not there: the other one is.
    }
  }
  return 'unknown';
}
