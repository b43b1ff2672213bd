import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Integer, Ips, Keyword, Keywords, Objects } from './field-types.js';

const opt = Type.Optional;

export const DnsAnswer = Type.Object({
  name: Type.String({ maxLength: 1_024 }),
  type: Type.String({ maxLength: 32 }),
  class: Type.String({ maxLength: 32 }),
  ttl: Type.Integer(),
  data: Type.Optional(Type.String({ maxLength: 8_191, description: 'As dig prints it.' })),
});
export type DnsAnswer = Static<typeof DnsAnswer>;

/** One per transaction: a query with its response, or whichever of the two was seen. */
export const DnsRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('dns', 'Record kind.'),
  'event.duration': opt(Integer('Query to response, nanoseconds.')),
  'dns.id': opt(Keyword('Transaction id, decimal (ECS: keyword).')),
  'dns.type': opt(Keyword('query, or answer when a response was seen.')),
  'dns.op_code': opt(Keyword('QUERY, UPDATE, NOTIFY, ...')),
  'dns.question.name': opt(Keyword('As asked, without the last dot.')),
  'dns.question.type': opt(Keyword('A, AAAA, ..., TYPE65280.')),
  'dns.question.class': opt(Keyword('IN, CH, ...')),
  'dns.response_code': opt(Keyword('NOERROR, NXDOMAIN, ...')),
  'dns.header_flags': opt(Keywords('AA, TC, RD, RA, AD, CD, DO.')),
  'dns.answers': opt(Objects(DnsAnswer, 'Answer records.')),
  'dns.resolved_ip': opt(Ips('Addresses among the answers.')),
  'hinomi.dns.questions': opt(Keywords('All of an mDNS query that asks several: name and type.')),
  'hinomi.dns.updates': opt(Objects(DnsAnswer, 'What a dynamic update is to change.')),
  'hinomi.dns.udp_size': opt(Integer('EDNS: the largest datagram that the asking side takes.')),
  'hinomi.dns.client_subnet': opt(Keyword('EDNS: the network that is asked for: address/length.')),
  'hinomi.dns.extended_error': opt(Keyword('EDNS: why there is no better answer: Blocked, Filtered, ...')),
});
export type DnsRecord = Static<typeof DnsRecord>;
