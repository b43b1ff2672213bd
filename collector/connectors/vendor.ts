import type { AnyRecord } from '../../protocol/records/records.js';

/** A company as the maker's cloud knows it. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  /** Where its data is, as a base URL. */
  readonly host: string;
}

/** What the credentials are for. */
export interface Holder {
  readonly kind: string;
  readonly tenants: readonly Tenant[];
}

export const STREAMS = ['events', 'alerts', 'endpoints'] as const;
export type Stream = (typeof STREAMS)[number];

/** From a time on, or behind the page before. */
export type PageStart = { readonly fromMs: number } | { readonly cursor: string };

/** One thing of a page: what it is, whether it is the same as before, and what is stored of it. */
export interface Item {
  readonly id: string;
  readonly hash: string;
  readonly record: AnyRecord;
}

export interface Page {
  readonly items: readonly Item[];
  /** Where the next one begins, if there is one. */
  readonly cursor?: string;
  /** Of lists in the order of time: where the page ends. */
  readonly reachedMs?: number;
}

export interface Endpoint {
  readonly id: string;
  readonly name: string;
  readonly isIsolated: boolean;
}

/** How a request is made: jobs go before looks. */
export interface Asking {
  readonly signal: AbortSignal;
  readonly isUrgent?: boolean;
}

/** One account at a maker's cloud. What fails is a CodedError with EDR_REFUSED, EDR_LIMITED, EDR_UNAVAILABLE or EDR_ANSWER. */
export interface Vendor {
  /** How far back the cloud can be asked for events, in milliseconds. */
  readonly windowMs: number;
  holder(asking: Asking): Promise<Holder>;
  page(tenant: Tenant, stream: Stream, start: PageStart, asking: Asking): Promise<Page>;
  /** By name, whatever its case, or by id. */
  find(tenant: Tenant, host: string, asking: Asking): Promise<readonly Endpoint[]>;
  endpoint(tenant: Tenant, id: string, asking: Asking): Promise<Endpoint>;
  setIsolation(tenant: Tenant, id: string, isIsolated: boolean, comment: string, asking: Asking): Promise<void>;
  scan(tenant: Tenant, id: string, asking: Asking): Promise<void>;
}
