import { readFileSync, statSync } from 'node:fs';
import type { Server as TlsServer } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { type Static, Type } from 'typebox';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import type { Logger } from '../../protocol/base/log.js';

const FilePath = Type.String({ minLength: 1, maxLength: 4_096 });

export const HttpConfig = Type.Object(
  {
    host: Type.String({ default: '127.0.0.1', maxLength: 255, description: 'Address to listen on.' }),
    port: Type.Integer({ default: 8080, minimum: 0, maximum: 65_535, description: '0: any free port.' }),
    tls: Type.Optional(
      Type.Object(
        { certificateFile: FilePath, keyFile: FilePath },
        { additionalProperties: false, description: 'PEM; the chain in one file. Read again when they change.' },
      ),
    ),
    behindProxy: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'A proxy on a loopback or private address speaks TLS for us: its X-Forwarded headers are believed.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type HttpConfig = Static<typeof HttpConfig>;

/** Names of `proxy-addr` for 127/8, ::1, 169.254/16, fe80::/10, RFC 1918 and fc00::/7. */
export const PROXIES = ['loopback', 'linklocal', 'uniquelocal'];
/** Certificates are renewed every two or three months; a minute later is soon enough. */
const LOOK_MS = 60_000;

export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) === 4 ? host.startsWith('127.') : ['::1', '::ffff:127.0.0.1'].includes(host.toLowerCase());
}

/** Passwords and sessions cross the network in plain only where somebody has said who protects them. @throws CONFIG_INVALID */
export function refusePlain({ host, tls, behindProxy }: HttpConfig): void {
  if (tls !== undefined || behindProxy === true || isLoopback(host)) return;
  throw new CodedError(
    'CONFIG_INVALID',
    `the console would listen on ${host} without TLS: name a certificate in http.tls, or set http.behindProxy when a proxy ` +
      'speaks TLS for it, or keep it on this machine with --http-host 127.0.0.1',
    { host },
  );
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}
export type TlsConfig = NonNullable<HttpConfig['tls']>;

/** The certificate of the console, taken from its files anew when they change. */
export class Certificate {
  readonly #files: TlsConfig;
  readonly #log: Logger;
  #seen = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(files: TlsConfig, log: Logger) {
    this.#files = files;
    this.#log = log;
  }

  /** For `https.createServer`. @throws CONFIG_INVALID */
  options(): Pair & { minVersion: 'TLSv1.2' } {
    this.#seen = this.#stamp();
    return { ...this.#read(), minVersion: 'TLSv1.2' };
  }

  watch(server: TlsServer): void {
    this.#timer = setInterval(() => this.refresh(server), LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A pair that does not fit, such as one of two new files, leaves the old one in use until it does. */
  refresh(server: TlsServer): void {
    const stamp = this.#stamp();
    if (stamp === this.#seen) return;
    try {
      server.setSecureContext({ ...this.#read(), minVersion: 'TLSv1.2' });
      this.#seen = stamp;
      this.#log.info({ file: this.#files.certificateFile }, 'the console has its new certificate');
    } catch (error) {
      this.#log.warn({ error: describeError(error) }, 'the new certificate cannot be used; the old one stays');
    }
  }

  #read(): Pair {
    const { certificateFile, keyFile } = this.#files;
    try {
      const pair = { cert: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
      createSecureContext(pair);
      return pair;
    } catch (error) {
      throw new CodedError(
        'CONFIG_INVALID',
        `http.tls: ${certificateFile} and ${keyFile} cannot be used`,
        { certificateFile },
        { cause: error },
      );
    }
  }

  #stamp(): string {
    return [this.#files.certificateFile, this.#files.keyFile]
      .map((file) => {
        const { mtimeMs = 0, size = 0, ino = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
        return `${mtimeMs}:${size}:${ino}`;
      })
      .join(' ');
  }
}
