import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ServerCertificate } from './certificate.js';

export interface StreamDoorOptions {
  readonly address: string;
  readonly port: number;
  /** With it: TLS. */
  readonly certificate?: ServerCertificate;
  readonly connectionsMax: number;
  onConnection(socket: Socket, port: number): void;
  /** A handshake that failed. */
  onFailure(error: Error): void;
}

const HANDSHAKE_MS_MAX = 10_000;
const BACKLOG = 64;

/** One TCP or TLS port. */
export class StreamDoor {
  readonly #options: StreamDoorOptions;
  #server: Server | undefined;
  /** Those that are in their handshake are nobody else's. */
  readonly #raw = new Set<Socket>();
  port = 0;

  constructor(options: StreamDoorOptions) {
    this.#options = options;
  }

  /** @throws as the server does: EADDRINUSE, EACCES, EADDRNOTAVAIL */
  async open(): Promise<void> {
    const { address, port, onFailure } = this.#options;
    const server = this.#make();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port, backlog: BACKLOG, ipv6Only: address !== '::', exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', onFailure);
    server.maxConnections = this.#options.connectionsMax;
    server.on('connection', (socket: Socket) => {
      this.#raw.add(socket);
      socket.once('close', () => this.#raw.delete(socket));
    });
    this.#server = server;
    const bound = server.address();
    this.port = typeof bound === 'object' && bound !== null ? bound.port : port;
  }

  #make(): Server {
    const { certificate, onConnection, onFailure } = this.#options;
    const take = (socket: Socket): void => onConnection(socket, this.port);
    if (certificate === undefined) return createServer({ allowHalfOpen: false }, take);
    const { key, certificate: cert } = certificate;
    // Older UTMs have nothing newer than 1.2.
    const server = createTlsServer({ key, cert, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS_MAX }, take);
    server.on('tlsClientError', (error, socket) => {
      socket.destroy();
      onFailure(error);
    });
    return server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const socket of this.#raw) socket.destroy();
    await closed;
  }
}
