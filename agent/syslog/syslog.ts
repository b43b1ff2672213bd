import type { RemoteInfo } from 'node:dgram';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import { type Lane, laneOf, laneOfRecord } from '../../protocol/records/lanes.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { plainAddress } from './addresses.js';
import { type ServerCertificate, serverCertificate } from './certificate.js';
import type { SyslogConfig } from './config.js';
import { Connections } from './connections.js';
import { Doors } from './doors.js';
import { type FrameReason, trimEnd } from './framer.js';
import { addSource, lineOf } from './message-record.js';
import { Reports } from './reports.js';
import { Silence } from './silence.js';
import type { Source, SourceName, Transport } from './source.js';
import { Sources } from './sources.js';
import { type SyslogStats, statsOf } from './stats.js';
import { readUdpDrops } from './udp-loss.js';

export { adviceOnSyslog } from './advice.js';
export { flawOfSyslog, SyslogConfig } from './config.js';
export type { SyslogStats } from './stats.js';

export interface SyslogDeps extends World {
  /** The folder of the agent's data. */
  readonly dataFolder: string;
  /** One record for any text, its times in the zone unless they say theirs; never throws. */
  record(text: string, receivedMs: number, zone: string): AnyRecord;
  accept(lane: Lane, line: Buffer): void;
  /** For what was lost before it was a record: told by a `gap`. */
  lost(lane: Lane, reason: string, count: number, bytes: number): void;
  /** Tests have their own. */
  readonly addresses?: () => string[];
}

const LANE = laneOf('utm');
const FILE = 'sources.json';

/** Receives the messages of the office's devices: doors -> frames -> text -> record -> spool. */
export class Syslog implements Component {
  readonly name = 'syslog';
  readonly #config: SyslogConfig;
  readonly #deps: SyslogDeps;
  readonly #sources: Sources;
  readonly #doors: Doors;
  readonly #connections: Connections;
  readonly #reports: Reports;
  readonly #silence: Silence;
  #certificate: ServerCertificate | undefined;
  #lossTimer: NodeJS.Timeout | undefined;
  #isStarted = false;
  readonly #lost = { kernel: 0, flooded: 0 };

  /** @throws Error for a network that is none; `flawOfSyslog` says so before */
  constructor(config: SyslogConfig, deps: SyslogDeps) {
    const log = deps.log.child({ component: 'syslog' });
    this.#config = config;
    this.#deps = { ...deps, log };
    this.#connections = new Connections(config, deps.clock);
    this.#doors = new Doors(config, {
      ...this.#deps,
      certificate: () => this.#certificate,
      onDatagram: (bytes, from, port) => this.#onDatagram(bytes, from, port),
      onConnection: (transport, socket, port) => this.#onConnection(transport, socket, port),
    });
    const acceptRecord = (record: AnyRecord): void =>
      deps.accept(laneOfRecord(record), Buffer.from(JSON.stringify(record)));
    this.#silence = new Silence(config.silence, {
      ...this.#deps,
      ...{ file: join(deps.dataFolder, 'syslog', FILE), zone: config.zone, sourcesMax: config.sourcesMax },
      sources: () => this.#sources.all(),
      isListening: () => this.#doors.isListening,
      tell: acceptRecord,
    });
    this.#reports = new Reports(config, {
      ...this.#deps,
      isSilent: (id) => this.#silence.isSilent(id),
      tell: acceptRecord,
    });
    this.#sources = new Sources(config, (source) => this.#reports.last(source));
  }

  /** Never fails for a port or a certificate that cannot be had: that is told in the status. */
  async start(): Promise<void> {
    if (!this.#config.isOn) return;
    this.#isStarted = true;
    await this.#loadCertificate();
    await this.#silence.start();
    this.#connections.start();
    await this.#doors.start();
    this.#reports.start(() => this.#sources.all());
    this.#lossTimer = setInterval(() => this.#tellLoss(), this.#config.lossMs);
  }

  async close(): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    clearInterval(this.#lossTimer);
    await this.#connections.close();
    await Promise.all(this.#doors.udp().map((door) => door.drain()));
    this.#tellLoss();
    await this.#doors.close();
    await this.#silence.close();
    this.#reports.close();
  }

  stats(): SyslogStats {
    return statsOf({
      isOn: this.#config.isOn,
      doors: this.#doors.states,
      wantedBufferBytes: this.#config.receiveBufferBytes,
      certificate: this.#certificate,
      sources: this.#sources,
      isSilent: (id) => this.#silence.isSilent(id),
      connections: this.#connections.count,
      ended: { ...this.#connections.ended, handshake: this.#doors.handshakeFailures },
      lost: this.#lost,
    });
  }

  async #loadCertificate(): Promise<void> {
    if (this.#config.tlsPorts.length === 0) return;
    try {
      this.#certificate = await serverCertificate(this.#config.tls, this.#deps.dataFolder, this.#deps.clock.now());
    } catch (error) {
      this.#deps.log.error(
        { error: describeError(error) },
        'no certificate for messages over TLS: no TLS port is open',
      );
    }
  }

  #onDatagram(bytes: Buffer, from: RemoteInfo, port: number): void {
    const address = plainAddress(from.address);
    const source = this.#sourceOf({ address, port, transport: 'udp' });
    const end = trimEnd(bytes, 0, bytes.length);
    if (source !== undefined && end > 0) this.#onMessage(source, bytes.subarray(0, end), undefined);
  }

  #onConnection(transport: Transport, socket: Socket, port: number): void {
    const name = { address: plainAddress(socket.remoteAddress ?? ''), port, transport };
    if (!this.#sources.isAllowed(name.address)) {
      this.#sources.refused += 1;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#connections.take(socket, name.address, (bytes, reason) => {
      const source = this.#sourceOf(name);
      if (source !== undefined) this.#onMessage(source, bytes, reason);
    });
  }

  #sourceOf(name: SourceName): Source | undefined {
    const { clock } = this.#deps;
    return this.#sources.of(name, () => ({ ms: clock.now(), monotonicMs: clock.monotonic() }));
  }

  #onMessage(source: Source, bytes: Buffer, reason: FrameReason | undefined): void {
    const { clock, record: recordOf, accept } = this.#deps;
    if (!source.admit(bytes.length, clock.monotonic())) return;
    const nowMs = clock.now();
    const record = recordOf(source.reader.read(bytes), nowMs, source.zone);
    if (reason !== undefined) source.counts.flawedFrames += 1;
    source.learn(record, bytes.length, nowMs);
    addSource(record, source, reason);
    accept(laneOfRecord(record), lineOf(record));
  }

  /** What the kernel dropped since the last look, and what was beyond the rate of a source. */
  #tellLoss(): void {
    const drops = readUdpDrops();
    const dropped = this.#doors.udp().reduce((sum, door) => sum + door.newDrops(drops), 0);
    if (dropped > 0) this.#lose('udp_receive_buffer', dropped, 0);
    this.#lost.kernel += dropped;
    const { messages, bytes } = this.#sources.takeFlooded();
    if (messages > 0) this.#lose('source_flooded', messages, bytes);
    this.#lost.flooded += messages;
  }

  #lose(reason: string, count: number, bytes: number): void {
    this.#deps.lost(LANE, reason, count, bytes);
    this.#deps.log.warn({ reason, count }, 'messages were lost');
  }
}
