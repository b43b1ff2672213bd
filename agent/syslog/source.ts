import type { AnyRecord } from '../../protocol/records/records.js';
import { Bucket } from './bucket.js';
import { type Encoding, TextReader } from './encoding.js';
import { Skew } from './skew.js';

export type Transport = 'udp' | 'tcp' | 'tls';

/** Who speaks how: the sender's address, the port of ours that it speaks to, and the transport. */
export interface SourceName {
  readonly address: string;
  readonly port: number;
  readonly transport: Transport;
}

export interface SourceSettings {
  readonly zone: string;
  readonly encoding?: Encoding;
  readonly ratePerS: number;
  readonly burst: number;
}

const STATUSES = ['full', 'partial', 'unknown', 'invalid'] as const;
export type ParseStatus = (typeof STATUSES)[number];

/** Counters that only rise, of one source. */
export interface Counts {
  messages: number;
  bytes: number;
  /** Beyond the rate: dropped. */
  flooded: number;
  floodedBytes: number;
  /** Frames that were not whole, or cut. */
  flawedFrames: number;
  /** In no encoding that is known. */
  undecodable: number;
  full: number;
  partial: number;
  unknown: number;
  invalid: number;
}

const TEXT_MAX = 128;

export const idOf = ({ transport, address, port }: SourceName): string => `${transport}/${address}/${port}`;

/** What is known of one source. */
export class Source implements SourceName {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly transport: Transport;
  readonly zone: string;
  readonly reader: TextReader;
  readonly skew = new Skew();
  readonly counts: Counts = {
    ...{ messages: 0, bytes: 0, flooded: 0, floodedBytes: 0, flawedFrames: 0, undecodable: 0 },
    ...{ full: 0, partial: 0, unknown: 0, invalid: 0 },
  };
  /** When it was first and last heard, milliseconds since the epoch. */
  readonly firstMs: number;
  lastMs: number;
  /** The last that a dialect knew. */
  vendor: string | undefined;
  product: string | undefined;
  /** What it calls itself. */
  host: string | undefined;
  readonly #bucket: Bucket;

  constructor(name: SourceName, settings: SourceSettings, now: { readonly ms: number; readonly monotonicMs: number }) {
    this.id = idOf(name);
    this.address = name.address;
    this.port = name.port;
    this.transport = name.transport;
    this.zone = settings.zone;
    this.reader = new TextReader(settings.encoding);
    this.firstMs = now.ms;
    this.lastMs = now.ms;
    this.#bucket = new Bucket(settings.ratePerS, settings.burst, now.monotonicMs);
  }

  /** @returns false when it is beyond the source's rate, which is counted */
  admit(bytes: number, monotonicMs: number): boolean {
    if (this.#bucket.take(monotonicMs)) return true;
    this.counts.flooded += 1;
    this.counts.floodedBytes += bytes;
    return false;
  }

  /** What a message's record says of its source. */
  learn(record: AnyRecord, bytes: number, nowMs: number): void {
    this.lastMs = nowMs;
    this.counts.messages += 1;
    this.counts.bytes += bytes;
    this.counts[statusOf(record)] += 1;
    this.counts.undecodable = this.reader.undecodable;
    const { 'observer.vendor': vendor, 'observer.product': product } = record;
    if (typeof vendor === 'string') this.vendor = vendor.slice(0, TEXT_MAX);
    if (typeof product === 'string') this.product = product.slice(0, TEXT_MAX);
    const host = record['observer.name'] ?? record['log.syslog.hostname'];
    if (typeof host === 'string') this.host = host.slice(0, TEXT_MAX);
    if (this.skew.isDue(nowMs)) this.#learnTime(record, nowMs);
  }

  /** A message without a time of its own has that of its receipt, which says nothing about the device's clock. */
  #learnTime(record: AnyRecord, nowMs: number): void {
    const said = Date.parse(String(record['event.created'] ?? record['@timestamp']));
    if (said !== nowMs) this.skew.add(said - nowMs, nowMs);
  }
}

function statusOf(record: AnyRecord): ParseStatus {
  const status = record['hinomi.parse.status'];
  return (STATUSES as readonly unknown[]).includes(status) ? (status as ParseStatus) : 'unknown';
}

/** Of what came, the share that a dialect understood. */
export function parsedShare({ messages, full, partial }: Counts): number {
  return messages === 0 ? 0 : Math.round(((full + partial) / messages) * 1_000) / 1_000;
}
