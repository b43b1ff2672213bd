import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { kernelName } from './udp-loss.js';

export interface UdpDoorOptions {
  readonly address: string;
  readonly port: number;
  readonly bufferBytes: number;
  onMessage(bytes: Buffer, from: RemoteInfo, port: number): void;
  onError(error: Error): void;
}

/** The kernel doubles what it was asked for, and answers with the double. socket(7). */
const DOUBLED = 2;

/** One UDP socket. */
export class UdpDoor {
  readonly #options: UdpDoorOptions;
  #socket: Socket | undefined;
  /** Bytes of the receive buffer that were asked for and given, comparable. */
  grantedBytes = 0;
  port = 0;
  #kernelName = '';
  #dropsSeen: number | undefined;

  constructor(options: UdpDoorOptions) {
    this.#options = options;
  }

  /** @throws as the socket does: EADDRINUSE, EACCES, EADDRNOTAVAIL */
  async open(): Promise<void> {
    const { address, port, bufferBytes, onMessage, onError } = this.#options;
    const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: address !== '::' } : { type: 'udp4' });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address, port, exclusive: true }, () => {
        socket.off('error', reject);
        resolve();
      });
    }).catch((error: unknown) => {
      socket.close();
      throw error;
    });
    this.#socket = socket;
    this.port = socket.address().port;
    this.#kernelName = kernelName(address, this.port);
    socket.on('error', onError);
    socket.on('message', (bytes, from) => onMessage(bytes, from, this.port));
    this.#size(bufferBytes);
  }

  #size(bytes: number): void {
    const socket = this.#socket!;
    try {
      socket.setRecvBufferSize(bytes);
    } catch {
      // The kernel's own size stays; it is told as what was given.
    }
    this.grantedBytes = Math.min(bytes, Math.floor(socket.getRecvBufferSize() / DOUBLED));
  }

  /** What the kernel dropped since the last call. */
  newDrops(all: ReadonlyMap<string, number>): number {
    const now = all.get(this.#kernelName);
    if (now === undefined) return 0;
    const before = this.#dropsSeen ?? 0;
    this.#dropsSeen = now;
    return Math.max(0, now - before);
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) await new Promise<void>((done) => socket.close(() => done()));
  }
}
