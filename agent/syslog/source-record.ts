import { isoMillis } from '../../protocol/base/time.js';
import type { SourceRecord } from '../../protocol/records/source.js';
import { type Counts, parsedShare, type Source } from './source.js';

/** What is told of a source: counts of the period, and what it is. */
export function recordOfSource(
  source: Source,
  since: Partial<Counts>,
  facts: { readonly periodMs: number; readonly nowMs: number; readonly isSilent: boolean },
): SourceRecord {
  const { counts, vendor, product, host, zone } = source;
  const skewMs = source.skew.medianMs;
  const encoding = source.reader.encoding;
  const of = (key: keyof Counts): number => counts[key] - (since[key] ?? 0);
  const name = [vendor, product].filter((part) => part !== undefined).join(' ');
  const line = {
    count: of('messages'),
    share: Math.round(parsedShare(counts) * 100),
    seconds: Math.round(facts.periodMs / 1_000),
  };
  return {
    '@timestamp': isoMillis(facts.nowMs),
    'event.kind': 'metric',
    'event.dataset': 'source',
    message: `${source.address} (${source.transport}) ${name || 'unknown maker'}: ${line.count} messages in ${line.seconds} s, ${line.share}% understood`,
    'hinomi.message_ja': `${source.address}(${source.transport})${name || '機種不明'}: ${line.seconds} 秒間に ${line.count} 件、解読率 ${line.share}%`,
    'hinomi.source.id': source.id,
    'hinomi.source.transport': source.transport,
    'hinomi.source.port': source.port,
    'log.source.address': source.address,
    ...(vendor === undefined ? {} : { 'hinomi.source.vendor': vendor }),
    ...(product === undefined ? {} : { 'hinomi.source.product': product }),
    ...(host === undefined ? {} : { 'hinomi.source.host': host }),
    'hinomi.source.zone': zone,
    ...(encoding === undefined ? {} : { 'hinomi.source.encoding': encoding }),
    'hinomi.source.period_s': Math.round(facts.periodMs / 100) / 10,
    'hinomi.source.messages': of('messages'),
    'hinomi.source.bytes': of('bytes'),
    'hinomi.source.full': of('full'),
    'hinomi.source.partial': of('partial'),
    'hinomi.source.unknown': of('unknown'),
    'hinomi.source.invalid': of('invalid'),
    'hinomi.source.flooded': of('flooded'),
    'hinomi.source.flawed_frames': of('flawedFrames'),
    'hinomi.source.undecodable': of('undecodable'),
    'hinomi.source.parsed_share': parsedShare(counts),
    ...(skewMs === undefined ? {} : { 'hinomi.source.skew_ms': Math.round(skewMs) }),
    'hinomi.source.first_seen': isoMillis(source.firstMs),
    'hinomi.source.last_seen': isoMillis(source.lastMs),
    'hinomi.source.is_silent': facts.isSilent,
  };
}
