import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Far more than a sensor says. It goes to the next one as an argument, which Linux limits to 128 KiB. */
const BYTES_MAX = 64 * 1024;

/** What the sensor has learned about its link, in a file: it is learned anew when that is lost or damaged. */
export class SensorMemory {
  readonly #path: string;

  /** @param folder of the agent's data */
  constructor(folder: string) {
    this.#path = join(folder, 'sensor-memory.json');
  }

  /** Undefined when there is nothing, or nothing that can be read. */
  load(): unknown {
    try {
      const text = readFileSync(this.#path, 'utf8');
      return text.length > BYTES_MAX ? undefined : JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  save(json: Buffer): void {
    if (json.length > BYTES_MAX) return;
    try {
      writeFileSync(`${this.#path}.new`, json, { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // The disk is full or failing, which the spool says aloud; the one before is still there.
    }
  }
}
