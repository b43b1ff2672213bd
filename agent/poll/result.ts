import type { World } from '../../protocol/base/world.js';
import type { EndpointRecord } from '../../protocol/records/endpoint.js';
import type { Target } from './config.js';
import type { Reason } from './reasons.js';
import type { Rates } from './snmp/rates.js';

/** What a probe may add to the record of its target. */
export type Facts = Partial<
  Pick<
    EndpointRecord,
    | `hinomi.endpoint.${'address' | 'certificate_days' | 'protocol_version' | 'answers' | 'description' | 'location' | 'troubles' | 'rebooted'}`
    | `host.${'name' | 'ip' | 'uptime'}`
    | `observer.${'vendor' | 'product' | 'version' | 'serial_number'}`
    | 'url.original'
    | 'http.response.status_code'
    | `tls.${'version' | 'server.subject' | 'server.issuer' | 'server.not_after' | 'server.hash.sha256'}`
  >
>;

/** One figure. */
export interface Sample {
  readonly name: string;
  readonly instance?: string;
  readonly unit: string;
  readonly value: number;
}

export interface ProbeResult {
  /** `warn`: it answers, and something about it is not as it should be. `unable`: the box could not even ask. */
  readonly outcome: 'good' | 'warn' | 'bad' | 'unable';
  readonly reason: Reason;
  /** To the answer: of each packet of a probe that sends several. */
  readonly timesMs?: readonly number[];
  readonly sent?: number;
  readonly lost?: number;
  readonly facts?: Facts;
  readonly samples?: readonly Sample[];
}

export interface ProbeDeps extends Pick<World, 'clock'> {
  /** @throws SECRET_LOCKED */
  secret(name: string): string | undefined;
  /** What the target counted up to when it was asked before. */
  readonly rates: Rates;
}

/** Never rejects, stops at the signal, and is bounded in what it takes in. */
export type Probe = (target: Target, signal: AbortSignal, deps: ProbeDeps) => Promise<ProbeResult>;

export const bad = (reason: Reason, facts?: Facts): ProbeResult =>
  facts === undefined ? { outcome: 'bad', reason } : { outcome: 'bad', reason, facts };
export const unable = (reason: Reason): ProbeResult => ({ outcome: 'unable', reason });
