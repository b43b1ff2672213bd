import { isoMillis } from '../../protocol/base/time.js';
import type { ServerCertificate } from './certificate.js';
import type { Ended } from './connections.js';
import type { DoorState } from './doors.js';
import { parsedShare } from './source.js';
import type { Sources } from './sources.js';

export interface SourceSummary {
  readonly id: string;
  readonly address: string;
  readonly transport: string;
  readonly port: number;
  readonly vendor?: string;
  readonly product?: string;
  readonly host?: string;
  readonly zone: string;
  readonly encoding?: string;
  readonly messages: number;
  readonly flooded: number;
  readonly parsedShare: number;
  readonly skewMs?: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly isSilent: boolean;
}

/** Counts are since the start of the agent. */
export interface SyslogStats {
  readonly isOn: boolean;
  readonly doors: readonly DoorState[];
  /** What was asked for of each UDP socket. */
  readonly wantedBufferBytes: number;
  readonly tls?: { readonly fingerprint: string; readonly isOwn: boolean };
  readonly connections: number;
  readonly ended: Ended & { readonly handshake: number };
  readonly lost: { readonly kernel: number; readonly flooded: number };
  readonly refused: number;
  readonly forgotten: number;
  readonly sourceCount: number;
  /** Those heard last; the collector has all. */
  readonly sources: readonly SourceSummary[];
}

/** The status is written each second. */
const SOURCES_MAX = 32;

export function statsOf(parts: {
  readonly isOn: boolean;
  readonly doors: readonly DoorState[];
  readonly wantedBufferBytes: number;
  readonly certificate: ServerCertificate | undefined;
  readonly sources: Sources;
  readonly connections: number;
  readonly ended: SyslogStats['ended'];
  readonly lost: SyslogStats['lost'];
  isSilent(id: string): boolean;
}): SyslogStats {
  const { isOn, doors, wantedBufferBytes, certificate, sources, connections, ended, lost } = parts;
  return {
    ...{ isOn, doors, wantedBufferBytes, connections, ended, lost: { ...lost } },
    ...(certificate === undefined ? {} : { tls: { fingerprint: certificate.fingerprint, isOwn: certificate.isOwn } }),
    ...{ refused: sources.refused, forgotten: sources.forgotten, sourceCount: sources.size },
    sources: summariesOf(sources, parts.isSilent),
  };
}

function summariesOf(sources: Sources, isSilent: (id: string) => boolean): SourceSummary[] {
  const newest = [...sources.all()].sort((a, b) => b.lastMs - a.lastMs).slice(0, SOURCES_MAX);
  return newest.map((source) => {
    const { id, address, transport, port, vendor, product, host, zone, counts } = source;
    const skewMs = source.skew.medianMs;
    const encoding = source.reader.encoding;
    return {
      ...{ id, address, transport, port, zone },
      ...(vendor === undefined ? {} : { vendor }),
      ...(product === undefined ? {} : { product }),
      ...(host === undefined ? {} : { host }),
      ...(encoding === undefined ? {} : { encoding }),
      ...{ messages: counts.messages, flooded: counts.flooded, parsedShare: parsedShare(counts) },
      ...(skewMs === undefined ? {} : { skewMs: Math.round(skewMs) }),
      ...{ firstSeen: isoMillis(source.firstMs), lastSeen: isoMillis(source.lastMs), isSilent: isSilent(id) },
    };
  });
}
