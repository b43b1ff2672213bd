import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A line between a box and its collector on which everything takes its time. */
export class SlowLine {
  readonly #delayMs: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target = 0;

  /** @param delayMs each way */
  constructor(delayMs: number) {
    this.#delayMs = delayMs;
    this.#server = createServer((near) => this.#join(near, connect(this.#target, '127.0.0.1')));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(target: number): Promise<void> {
    this.#target = target;
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), this.#delayMs));
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        setTimeout(() => to.destroy(), this.#delayMs);
      });
    }
  }
}
