import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { Registry } from 'prom-client';
import { Broker } from '../../collector/broker/broker.js';
import type { Peer } from '../../collector/broker/guarded-stream.js';
import { Authority } from '../../collector/fleet/authority.js';
import { vaultIn } from '../../collector/fleet/testing.js';
import type { Logger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import type { AgentStatus } from '../../protocol/envelope.js';

export interface Box {
  readonly peer: Peer;
  readonly key: string;
  readonly cert: string;
  /** The same as files, for programs. */
  readonly files: { readonly key: string; readonly cert: string };
}

/** The embedded broker with two boxes, and the pens and papers to talk to it. */
export class BrokerStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'hinomi-mqtt-'));
  readonly batches: Array<{ peer: Peer; payload: Buffer }> = [];
  readonly statuses: AgentStatus[] = [];
  readonly lines: Array<Record<string, unknown>> = [];
  readonly metrics = new Registry();
  readonly authorityFile = join(this.folder, 'authority.pem');
  readonly #known = new Map<string, Peer>();
  readonly #sockets = new Set<TLSSocket>();
  #authority!: Authority;
  broker!: Broker;
  /** At each batch. */
  onBatch: (peer: Peer, payload: Buffer) => void = () => {};

  async start(connectMs = 5_000): Promise<void> {
    const folder = join(this.folder, 'authority');
    this.#authority = await Authority.open(folder, Date.now(), vaultIn(folder));
    writeFileSync(this.authorityFile, this.#authority.pem);
    const note = (facts: Record<string, unknown>, message: string): void => void this.lines.push({ ...facts, message });
    const log = { info() {}, debug() {}, warn: note, error: note, child: () => log } as unknown as Logger;
    this.broker = new Broker(
      { host: '127.0.0.1', port: 0, names: ['localhost', '127.0.0.1'], connectionsMax: 5_000, connectMs },
      {
        clock: systemClock,
        random: Math.random,
        log,
        metrics: this.metrics,
        credentials: async (names) => {
          const { key, certificate } = await this.#authority.issueServer(names, Date.now());
          return { key, certificate, authority: this.#authority.pem };
        },
        identify: (fingerprint) => this.#known.get(fingerprint),
        onBatch: (peer, payload) => {
          const copy = Buffer.from(payload);
          this.batches.push({ peer, payload: copy });
          this.onBatch(peer, copy);
        },
        onStatus: (_peer, status) => void this.statuses.push(status),
        onConnect: () => {},
        onDisconnect: () => {},
      },
    );
    await this.broker.start();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.broker.close();
    rmSync(this.folder, { recursive: true });
  }

  async makeBox(agent: string, site: string): Promise<Box> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      ...{ name: 'CN=x', keys, signingAlgorithm: algorithm },
    });
    const issued = await this.#authority.issueAgent(request.toString('pem'), agent, site, 30, Date.now());
    const peer = { agent, site, company: 'c' };
    this.#known.set(issued.fingerprint, peer);
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    const key = x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
    const files = { key: join(this.folder, `${agent}-key.pem`), cert: join(this.folder, `${agent}.pem`) };
    writeFileSync(files.key, key);
    writeFileSync(files.cert, issued.certificate);
    return { peer, key, cert: issued.certificate, files };
  }

  /** A socket in TLS 1.3 under the certificate of a box. */
  async open(box: Box): Promise<RawClient> {
    const { key, cert } = box;
    const socket = connect({ host: '127.0.0.1', port: this.broker.port, key, cert, ca: this.#authority.pem });
    this.#sockets.add(socket);
    socket.setMaxListeners(0);
    socket.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', () => resolve());
      socket.once('close', () => reject(new Error('closed in the handshake')));
    });
    return new RawClient(socket);
  }

  async count(name: string): Promise<number> {
    return (await this.metrics.getSingleMetric(`hinomi_broker_${name}`)!.get()).values[0]?.value ?? 0;
  }
}

/** Writes MQTT bytes and reads whole frames; it knows nothing of what is allowed. */
export class RawClient {
  readonly socket: TLSSocket;
  readonly #frames: Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  #isClosed = false;

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      let length = 0;
      let at = 1;
      for (; at < this.#rest.length; at++) {
        length += (this.#rest[at]! & 0x7f) * 128 ** (at - 1);
        if ((this.#rest[at]! & 0x80) === 0) break;
      }
      if (at >= this.#rest.length || this.#rest.length < at + 1 + length) break;
      this.#frames.push(this.#rest.subarray(0, at + 1 + length));
      this.#rest = this.#rest.subarray(at + 1 + length);
    }
    this.#wake();
  }

  send(...frames: Buffer[]): this {
    this.socket.write(Buffer.concat(frames));
    return this;
  }

  /** The next frame as hex, or `closed`. */
  async next(): Promise<string> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame.toString('hex');
      if (this.#isClosed) return 'closed';
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Until the broker ends it, whatever it says before. */
  async ended(): Promise<void> {
    while ((await this.next()) !== 'closed');
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }
}
