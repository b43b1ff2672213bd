import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './host.js';
import type { Wanted } from './match.js';
import type { Addresses } from './wire.js';

const NOBODY = 65_534;

/** Real programs that talk in one protocol, and what the records should say about it. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Debian packages of the programs. */
  readonly packages: readonly string[];
  /** What this machine lacks beyond packages, in words; undefined when nothing. */
  readonly whyNot?: (lab: Lab) => Promise<string | undefined>;
  run(lab: Lab): Promise<void>;
}

/** Something that a program did, with the records that should tell of it. */
export interface Step {
  readonly did: string;
  readonly wanted: readonly Wanted[];
}

/** What a scenario works with. */
export class Lab {
  readonly client: Host;
  readonly server: Host;
  readonly at: Addresses;
  /** For configuration and data; the servers may write in it. */
  readonly folder: string;
  readonly steps: Step[] = [];
  readonly secrets: string[] = [];

  constructor(deps: { client: Host; server: Host; at: Addresses; folder: string }) {
    ({ client: this.client, server: this.server, at: this.at, folder: this.folder } = deps);
    chownSync(this.folder, NOBODY, NOBODY);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file that the programs may read, those without privileges too. @returns its path */
  file(name: string, text: string | Buffer, mode = 0o644): string {
    writeFileSync(this.path(name), text);
    chownSync(this.path(name), NOBODY, NOBODY);
    chmodSync(this.path(name), mode);
    return this.path(name);
  }

  makeFolder(name: string): string {
    mkdirSync(this.path(name), { recursive: true });
    chownSync(this.path(name), NOBODY, NOBODY);
    return this.path(name);
  }

  /** A password, a community or a cookie that occurs nowhere else: it is looked for in all that is printed. */
  secret(): string {
    const secret = `Zx${randomBytes(9).toString('hex')}`;
    this.secrets.push(secret);
    return secret;
  }

  /** Says what has been done, and what should be told of it: one pattern a record. */
  step(did: string, ...wanted: readonly Wanted[]): void {
    this.steps.push({ did, wanted });
  }

  /** Names of the server, for the client. */
  async alias(...names: string[]): Promise<void> {
    const input = `\n${this.at.server} ${names.join(' ')}\n`;
    await this.client.must(['tee', '-a', '/etc/hosts'], { user: 'root', input });
  }

  /** Makes a self-signed certificate. @returns paths of certificate and key */
  async certificate(name: string, subject = `/O=Office/CN=${name}`): Promise<{ cert: string; key: string }> {
    const [cert, key] = [this.path(`${name}.crt`), this.path(`${name}.key`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
    const names = ['-subj', subject, '-addext', `subjectAltName=DNS:${name}`];
    await this.server.must(['openssl', 'req', '-x509', ...curve, ...names, '-keyout', key, '-out', cert]);
    return { cert, key };
  }
}
