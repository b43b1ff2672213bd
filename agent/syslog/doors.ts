import type { RemoteInfo } from 'node:dgram';
import type { Socket } from 'node:net';
import { describeError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import { privateAddresses } from './addresses.js';
import type { ServerCertificate } from './certificate.js';
import type { SyslogConfig } from './config.js';
import type { Transport } from './source.js';
import { StreamDoor } from './stream-door.js';
import { UdpDoor } from './udp-door.js';

/** One place where it listens, or would. */
export interface DoorState {
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
  readonly state: 'listening' | 'taken' | 'not_permitted' | 'failed';
  readonly reason?: string;
  /** Of a UDP socket. */
  readonly bufferBytes?: number;
}

export interface DoorsDeps extends World {
  certificate(): ServerCertificate | undefined;
  onDatagram(bytes: Buffer, from: RemoteInfo, port: number): void;
  onConnection(transport: Transport, socket: Socket, port: number): void;
  /** Tests have their own. */
  readonly addresses?: () => string[];
}

interface Wanted {
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
}

interface Door {
  readonly wanted: Wanted;
  readonly open: UdpDoor | StreamDoor | undefined;
  readonly failure?: { readonly state: DoorState['state']; readonly reason: string };
}

const FAILURES: Readonly<Record<string, DoorState['state']>> = { EADDRINUSE: 'taken', EACCES: 'not_permitted' };

/** Keeps a door open at each wanted place, and tries again where one cannot be had. Nothing here is fatal. */
export class Doors {
  readonly #config: SyslogConfig;
  readonly #deps: DoorsDeps;
  readonly #doors = new Map<string, Door>();
  #working: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  handshakeFailures = 0;

  constructor(config: SyslogConfig, deps: DoorsDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.tend();
    this.#timer = setInterval(() => void this.tend(), this.#config.retryMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#working;
    await Promise.all([...this.#doors.values()].map(({ open }) => open?.close()));
    this.#doors.clear();
  }

  get states(): readonly DoorState[] {
    return [...this.#doors.values()].map(({ wanted, open, failure }) => ({
      ...wanted,
      port: open?.port ?? wanted.port,
      state: failure?.state ?? 'listening',
      ...(failure === undefined ? {} : { reason: failure.reason }),
      ...(open instanceof UdpDoor ? { bufferBytes: open.grantedBytes } : {}),
    }));
  }

  get isListening(): boolean {
    return [...this.#doors.values()].some(({ open }) => open !== undefined);
  }

  udp(): readonly UdpDoor[] {
    return [...this.#doors.values()].flatMap(({ open }) => (open instanceof UdpDoor ? [open] : []));
  }

  /** Opens what is missing and closes what is not wanted any more: addresses come and go. */
  tend(): Promise<void> {
    this.#working = this.#working.then(async () => {
      const wanted = new Map(this.#wanted().map((each) => [keyOf(each), each]));
      for (const [key, door] of [...this.#doors]) {
        if (wanted.has(key)) continue;
        await door.open?.close();
        this.#doors.delete(key);
      }
      for (const [key, each] of wanted)
        if (!this.#isClosed && this.#doors.get(key)?.open === undefined) await this.#open(key, each);
    });
    return this.#working;
  }

  #wanted(): Wanted[] {
    const { addresses, udpPorts, tcpPorts, tlsPorts } = this.#config;
    const ports: readonly [Transport, readonly number[]][] = [
      ['udp', udpPorts],
      ['tcp', tcpPorts],
      ['tls', this.#deps.certificate() === undefined ? [] : tlsPorts],
    ];
    const own = addresses.length > 0 ? addresses : (this.#deps.addresses ?? privateAddresses)();
    return own.flatMap((address) =>
      ports.flatMap(([transport, all]) => all.map((port) => ({ transport, address, port }))),
    );
  }

  async #open(key: string, wanted: Wanted): Promise<void> {
    const known = this.#doors.get(key)?.failure;
    const door = this.#make(key, wanted);
    try {
      await door.open();
      this.#doors.set(key, { wanted, open: door });
      this.#deps.log.info({ ...wanted, port: door.port }, 'listening for messages');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      const failure = { state: FAILURES[code] ?? 'failed', reason: describeError(error) } as const;
      this.#doors.set(key, { wanted, open: undefined, failure });
      if (known?.state !== failure.state)
        this.#deps.log.warn({ ...wanted, reason: failure.reason }, 'cannot listen for messages; tried again');
    }
  }

  #make(key: string, { transport, address, port }: Wanted): UdpDoor | StreamDoor {
    const { receiveBufferBytes: bufferBytes, connectionsMax } = this.#config;
    if (transport === 'udp')
      return new UdpDoor({
        ...{ address, port, bufferBytes },
        onMessage: this.#deps.onDatagram,
        onError: (error) => this.#onBroken(key, error),
      });
    const certificate = this.#deps.certificate();
    return new StreamDoor({
      ...{ address, port, connectionsMax },
      ...(transport === 'tls' && certificate !== undefined ? { certificate } : {}),
      onConnection: (socket, at) => this.#deps.onConnection(transport, socket, at),
      onFailure: () => {
        this.handshakeFailures += 1;
      },
    });
  }

  /** A socket that fails later: closed, and opened anew at the next look. */
  #onBroken(key: string, error: Error): void {
    const door = this.#doors.get(key);
    if (door?.open === undefined) return;
    this.#deps.log.warn({ ...door.wanted, reason: describeError(error) }, 'a socket for messages failed');
    this.#doors.set(key, { wanted: door.wanted, open: undefined, failure: { state: 'failed', reason: error.message } });
    void door.open.close();
  }
}

const keyOf = ({ transport, address, port }: Wanted): string => `${transport} ${address} ${port}`;
