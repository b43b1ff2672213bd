import { communityIdOfText } from '../../protocol/community-id.js';
import { isInstant } from '../../protocol/records/field-types.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { Dialect, Parsed } from './dialect.js';
import { fitRecord, keptText } from './fit.js';
import { SyslogMessage } from './message.js';
import { FORMATS, GUESSES, VENDORS } from './registry.js';

export interface DialectsOptions {
  /** IANA name of the zone that a time without one is in. */
  readonly zone: string;
}

/** Makers' and others' ways of writing, in the order in which they are asked. */
export interface DialectLists {
  readonly vendors: readonly Dialect[];
  readonly formats: readonly Dialect[];
  /** Not asked where the header is wrong. */
  readonly guesses: readonly Dialect[];
}

export interface DialectCounts {
  records: number;
  readonly byStatus: Record<ParseStatus, number>;
  /** Dialects that threw, against their promise. */
  thrown: number;
  /** Messages that were longer than a record can hold. */
  cut: number;
}

export type ParseStatus = 'full' | 'partial' | 'unknown' | 'invalid';

interface Outcome {
  readonly dialect?: string;
  readonly parsed?: Parsed;
  readonly isFormat: boolean;
  readonly error?: string;
}

const REGISTRY: DialectLists = { vendors: VENDORS, formats: FORMATS, guesses: GUESSES };
const NOBODY = 'no dialect knows it';
const REASON_CHARACTERS_MAX = 200;
/** Transports whose two ports make a conversation. IANA protocol numbers. */
const WITH_PORTS: ReadonlySet<number> = new Set([1, 6, 17, 58, 132]);

/** Messages to records, one for one. */
export class Dialects {
  readonly #zone: string;
  readonly #lists: DialectLists;
  /** Of the first dialect that threw at the message in hand. */
  #error: string | undefined;
  readonly counts: DialectCounts = {
    records: 0,
    byStatus: { full: 0, partial: 0, unknown: 0, invalid: 0 },
    thrown: 0,
    cut: 0,
  };

  constructor(options: DialectsOptions, lists: DialectLists = REGISTRY) {
    this.#zone = options.zone;
    this.#lists = lists;
  }

  /** Exactly one record for any text, within the limits of a record; never throws. */
  record(text: string, receivedMs: number): AnyRecord {
    const kept = keptText(text);
    const message = new SyslogMessage(kept, { receivedMs, zone: this.#zone });
    const outcome = this.#parse(message);
    const record = recordOf(message, outcome.parsed, receivedMs);
    if (outcome.dialect !== undefined) record['hinomi.parse.dialect'] = outcome.dialect;
    if (!outcome.isFormat) putMessage(record, message);
    putStatus(record, message, outcome);
    this.#fit(record, kept.length < text.length);
    putConversation(record);
    this.counts.records++;
    this.counts.byStatus[record['hinomi.parse.status'] as ParseStatus]++;
    return record;
  }

  #parse(message: SyslogMessage): Outcome {
    const { vendors, formats, guesses } = this.#lists;
    this.#error = undefined;
    const known = this.#ask(vendors, message, true) ?? this.#ask(formats, message, true);
    const found = known ?? (message.flaw === undefined ? this.#ask(guesses, message, false) : undefined);
    return found ?? { isFormat: false, ...(this.#error === undefined ? {} : { error: this.#error }) };
  }

  #ask(dialects: readonly Dialect[], message: SyslogMessage, isFormat: boolean): Outcome | undefined {
    for (const dialect of dialects) {
      try {
        const parsed = dialect.parse(message);
        if (parsed !== undefined) return { dialect: dialect.name, parsed, isFormat };
      } catch (thrown) {
        // Our bug, and a message must not be lost for it: it is told as unknown, with the reason.
        this.counts.thrown++;
        this.#error ??= `dialect ${dialect.name} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      }
    }
    return undefined;
  }

  #fit(record: AnyRecord, isCut: boolean): void {
    const flaw = isCut ? 'the message is longer than a record can hold, its end was cut' : undefined;
    const change = fitRecord(record);
    if (isCut) this.counts.cut++;
    const reason = flaw ?? change;
    if (reason === undefined) return;
    if (record['hinomi.parse.status'] === 'full') record['hinomi.parse.status'] = 'partial';
    const known = record['hinomi.parse.reason'];
    record['hinomi.parse.reason'] = known === undefined ? reason : `${known}; ${reason}`;
  }
}

/** The dialect's own object, which is fresh: copying it would cost as much as reading most messages. */
function recordOf(message: SyslogMessage, parsed: Parsed | undefined, receivedMs: number): AnyRecord {
  const record: AnyRecord = parsed?.fields ?? {};
  putTime(record, message.time, receivedMs);
  record['event.dataset'] = 'utm';
  record['event.kind'] ??= 'event';
  record['hinomi.event_class'] ??= 'unknown';
  putHeader(record, message);
  record['event.original'] = message.text;
  return record;
}

/** The vendor's own time, else the header's, else that of receipt. */
function putTime(record: AnyRecord, headerTime: string | undefined, receivedMs: number): void {
  const own = record['@timestamp'];
  const isTime = typeof own === 'string' && isInstant(own);
  if (own !== undefined && !isTime) record['vendor.@timestamp'] = String(own);
  if (!isTime) record['@timestamp'] = headerTime ?? new Date(receivedMs).toISOString();
  else if (headerTime !== undefined && own !== headerTime) record['event.created'] ??= headerTime;
}

function putHeader(record: AnyRecord, { header }: SyslogMessage): void {
  const { priority } = header;
  if (priority !== undefined) {
    record['log.syslog.priority'] = priority;
    record['log.syslog.facility.code'] = priority >> 3;
    record['log.syslog.severity.code'] = priority & 7;
  }
  if (header.version !== undefined) record['log.syslog.version'] = String(header.version);
  if (header.hostname !== undefined) record['log.syslog.hostname'] = header.hostname;
  if (header.appname !== undefined) record['log.syslog.appname'] = header.appname;
  if (header.procid !== undefined) record['log.syslog.procid'] = header.procid;
  if (header.msgid !== undefined) record['log.syslog.msgid'] = header.msgid;
  if (header.structuredData !== undefined) record['log.syslog.structured_data'] = header.structuredData;
}

/** What nobody understood is what it says. */
function putMessage(record: AnyRecord, message: SyslogMessage): void {
  if (record.message === undefined && message.content !== '') record.message = message.content;
}

function putStatus(record: AnyRecord, message: SyslogMessage, { parsed, error }: Outcome): void {
  // Many makers do not keep to the header's rules: where one knows its message, nothing is wrong with it.
  const status: ParseStatus = parsed?.status ?? (message.flaw === undefined ? 'unknown' : 'invalid');
  record['hinomi.parse.status'] = status;
  const reason = parsed === undefined ? (error ?? message.flaw ?? NOBODY) : parsed.reason;
  if (reason !== undefined) record['hinomi.parse.reason'] = reason.slice(0, REASON_CHARACTERS_MAX);
}

/** Address family and community id, of a record that says who talked to whom. */
function putConversation(record: AnyRecord): void {
  const source = record['source.ip'];
  const destination = record['destination.ip'];
  if (typeof source !== 'string' || typeof destination !== 'string') return;
  record['network.type'] ??= source.includes(':') ? 'ipv6' : 'ipv4';
  const protocol = Number(record['network.iana_number']);
  if (!Number.isInteger(protocol) || record['network.community_id'] !== undefined) return;
  const ports = [record['source.port'], record['destination.port']];
  if (WITH_PORTS.has(protocol) && !ports.every((port) => typeof port === 'number')) return;
  const [sourcePort = 0, destinationPort = 0] = ports as number[];
  const id = communityIdOfText(source, destination, protocol, sourcePort, destinationPort);
  if (id !== undefined) record['network.community_id'] = id;
}
