import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Bool, Float, Instant, Integer, Ip, Keyword } from './field-types.js';

const opt = Type.Optional;

/** Of the messages of a source, too: they name whom they came from. */
export const SOURCE_NAME = {
  'hinomi.source.id': Keyword('transport/address/port of ours: names a source of messages within its site.'),
  'hinomi.source.transport': Keyword('udp, tcp or tls.'),
  'hinomi.source.port': Integer('The port of the box that it sends to.'),
  'log.source.address': Ip('The address that it sends from.'),
} as const;

/** Who sends messages to the box, every few minutes each. Counts are those since the record before. */
export const SourceRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('metric', 'ECS kind.'),
  'event.dataset': Constant('source', 'Record kind.'),
  ...SOURCE_NAME,
  'hinomi.source.vendor': opt(Keyword('Maker, as far as its messages tell.')),
  'hinomi.source.product': opt(Keyword('Model or product.')),
  'hinomi.source.host': opt(Keyword('What it calls itself.')),
  'hinomi.source.zone': Keyword('Zone that its times without one are taken to be in.'),
  'hinomi.source.encoding': opt(Keyword('Of its texts, where it is not UTF-8.')),
  'hinomi.source.period_s': Float('Seconds that the counts are of.'),
  'hinomi.source.messages': Integer('Messages.'),
  'hinomi.source.bytes': Integer('Their bytes.'),
  'hinomi.source.full': Integer('Messages that were understood as a whole.'),
  'hinomi.source.partial': Integer('In part.'),
  'hinomi.source.unknown': Integer('Not at all; kept as they were.'),
  'hinomi.source.invalid': Integer('Whose header is none; kept as they were.'),
  'hinomi.source.flooded': Integer('Dropped beyond the rate of one source.'),
  'hinomi.source.flawed_frames': Integer('Not whole, or cut.'),
  'hinomi.source.undecodable': Integer('In no encoding that is known.'),
  'hinomi.source.parsed_share': Float('Share of the messages that was understood, wholly or in part, since the start.'),
  'hinomi.source.skew_ms': opt(Integer("Its clock minus the box's, median.")),
  'hinomi.source.first_seen': Instant('When it was first heard in this run of the agent.'),
  'hinomi.source.last_seen': Instant('When it was last heard.'),
  'hinomi.source.is_silent': Bool('Whether it is missed.'),
});
export type SourceRecord = Static<typeof SourceRecord>;
