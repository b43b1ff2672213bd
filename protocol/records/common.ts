import { type TLiteral, Type } from 'typebox';
import { Instant, Integer, Ip, Keyword, Keywords, Text } from './field-types.js';

const opt = Type.Optional;

/** A constant field: `event.dataset` and `event.kind` of a record kind. */
export const Constant = <T extends string>(value: T, description: string): TLiteral<T> =>
  Type.Literal(value, { 'x-kind': 'keyword', description });

/** What every record has. */
export const EVERY_RECORD = {
  '@timestamp': Instant('When it happened, UTC, microseconds where the source has them.'),
  'event.category': opt(Keywords('ECS category.')),
  'event.type': opt(Keywords('ECS type.')),
  'event.action': opt(Keyword('What was done, in lower case.')),
  'event.severity': opt(Integer('0 to 100.')),
  'event.original': opt(Text('The exact text it was made from.')),
  message: opt(Text('One line for a person.')),
  'hinomi.message_ja': opt(Text('The same line in Japanese.')),
} as const;

/** Who talked to whom: on every record about a conversation. `source` is the originator. */
export const CONVERSATION = {
  'source.ip': opt(Ip('Originator.')),
  'source.port': opt(Integer('Originator port; ICMP: the type.')),
  'destination.ip': opt(Ip('Responder.')),
  'destination.port': opt(Integer('Responder port; ICMP: the type of the answer, or the code.')),
  'network.transport': opt(Keyword('tcp, udp, icmp, ipv6-icmp, sctp, or the lower-case IANA name.')),
  'network.protocol': opt(Keyword('Application protocol: dns, mdns, tls, http, ...')),
  'network.community_id': opt(Keyword('Community ID v1, seed 0.')),
} as const;

/** Added by the collector from the authenticated identity; an agent that sends one is refused. */
export const COLLECTOR_FIELDS = {
  'hinomi.company': Keyword('Id of the company.'),
  'hinomi.site': Keyword('Id of the site.'),
  'hinomi.agent': Keyword('Id of the agent.'),
  'hinomi.epoch': Keyword('Random id of the spool that held the record.'),
  'hinomi.lane': Keyword('p0 to p3.'),
  'hinomi.seq': Integer('Number of the batch in its lane.'),
  'hinomi.row': Integer('Place of the record in its batch, from 0.'),
  'event.ingested': Instant('When the collector accepted it.'),
  'hinomi.retention': opt(Integer('Days from then for which it is kept.')),
  'hinomi.arrival': opt(Keyword('Where its time is far from that: late or future.')),
  'hinomi.late_s': opt(Integer('Then: seconds from its time to its arrival; below 0: it is from the future.')),
} as const;
