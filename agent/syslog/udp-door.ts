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
const DRAIN_MS_MAX = 1_000;

/** One UDP socket. */
export class UdpDoor {
  readonly #options: UdpDoorOptions;
  #socket: Socket | undefined;
  /** Bytes of the receive buffer that were asked for and given, comparable. */
  grantedBytes = 0;
  port = 0;
  #kernelName = '';
  #dropsSeen: number | undefined;
  #received = 0;

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
    socket.on('message', (bytes, from) => {
      this.#received += 1;
      onMessage(bytes, from, this.port);
    });
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

  /** Takes what lies in the kernel already: returns when nothing came for two turns of the loop, or after a while. */
  async drain(): Promise<void> {
    const endMs = performance.now() + DRAIN_MS_MAX;
    for (let before = -1; before !== this.#received && performance.now() < endMs; ) {
      before = this.#received;
      for (let turn = 0; turn < 2; turn++) await new Promise((next) => setImmediate(next));
    }
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) await new Promise<void>((done) => socket.close(() => done()));
  }
}
