import type { AnyRecord } from '../../protocol/records/records.js';
import type { Dialect, Fields, Parsed } from './dialect.js';
import { SyslogMessage } from './message.js';
import { FORMATS, GUESSES, VENDORS } from './registry.js';

export interface DialectsOptions {
  /** IANA name of the zone that a time without one is in. */
  readonly zone: string;
}

/** Messages to records, one for one. */
export class Dialects {
  readonly #zone: string;

  constructor(options: DialectsOptions) {
    this.#zone = options.zone;
  }

  /** Exactly one record for any text; never throws. */
  record(text: string, receivedMs: number): AnyRecord {
    const message = new SyslogMessage(text, { receivedMs, zone: this.#zone });
    const parsed =
      parseWith(VENDORS, message) ??
      parseWith(FORMATS, message) ??
      (message.flaw === undefined ? parseWith(GUESSES, message) : undefined);
    return finish(message, parsed, receivedMs);
  }
}

function parseWith(dialects: readonly Dialect[], message: SyslogMessage): Parsed | undefined {
  for (const dialect of dialects) {
    const parsed = dialect.parse(message);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

function finish(message: SyslogMessage, parsed: Parsed | undefined, receivedMs: number): AnyRecord {
  const fields: Fields = parsed?.fields ?? {};
  const own = fields['@timestamp'] as string | undefined;
  const received = new Date(receivedMs).toISOString();
  const record: AnyRecord = {
    '@timestamp': own ?? message.time ?? received,
    'event.kind': 'event',
    'event.dataset': 'utm',
    'hinomi.event_class': 'unknown',
  };
  Object.assign(record, fields);
  record['@timestamp'] = own ?? message.time ?? received;
  record['event.original'] = message.text;
  putHeader(record, message);
  const status =
    parsed === undefined
      ? message.flaw === undefined
        ? 'unknown'
        : 'invalid'
      : message.flaw === undefined
        ? parsed.status
        : 'partial';
  record['hinomi.parse.status'] = status;
  const reason = message.flaw ?? (parsed === undefined ? 'no dialect knows it' : parsed.reason);
  if (reason !== undefined) record['hinomi.parse.reason'] = reason;
  if (parsed === undefined && message.body !== '') record.message = message.body;
  return record;
}

function putHeader(record: AnyRecord, { header }: SyslogMessage): void {
  if (header.priority !== undefined) {
    record['log.syslog.priority'] = header.priority;
    record['log.syslog.facility.code'] = header.priority >> 3;
    record['log.syslog.severity.code'] = header.priority & 7;
  }
  if (header.version !== undefined) record['log.syslog.version'] = String(header.version);
  if (header.hostname !== undefined) record['log.syslog.hostname'] = header.hostname;
  if (header.appname !== undefined) record['log.syslog.appname'] = header.appname;
  if (header.procid !== undefined) record['log.syslog.procid'] = header.procid;
  if (header.msgid !== undefined) record['log.syslog.msgid'] = header.msgid;
  if (header.structuredData !== undefined) record['log.syslog.structured_data'] = header.structuredData;
}
