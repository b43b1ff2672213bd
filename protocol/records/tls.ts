import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Bool, Instant, Integer, Keyword, Keywords } from './field-types.js';

const opt = Type.Optional;

/** One per handshake, over TCP, QUIC or DTLS. */
export const TlsRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('tls', 'Record kind.'),
  'tls.version': opt(Keyword('Chosen by the server: 1.0 to 1.3, or 3.0 for SSL.')),
  'tls.version_protocol': opt(Keyword('tls, ssl or dtls.')),
  'tls.cipher': opt(Keyword('Chosen by the server, as IANA names it.')),
  'tls.curve': opt(Keyword('Group of the key exchange, as IANA names it.')),
  'tls.established': Bool('Whether both sides went on in ciphertext.'),
  'tls.resumed': Bool('Whether the handshake took up an earlier session.'),
  'tls.next_protocol': opt(Keyword('Chosen by ALPN.')),
  'tls.client.server_name': opt(Keyword('SNI.')),
  'tls.client.ja3': opt(Keyword('MD5.')),
  'tls.client.ja4': opt(Keyword('JA4.')),
  'tls.server.ja3s': opt(Keyword('MD5.')),
  'tls.server.subject': opt(Keyword('RFC 4514.')),
  'tls.server.issuer': opt(Keyword('RFC 4514.')),
  'tls.server.not_before': opt(Instant('Of the first certificate.')),
  'tls.server.not_after': opt(Instant('Of the first certificate.')),
  'tls.server.hash.sha1': opt(Keyword('Of the first certificate, upper-case hex.')),
  'tls.server.hash.sha256': opt(Keyword('Of the first certificate, upper-case hex.')),
  'tls.client.subject': opt(Keyword('RFC 4514, of a client certificate.')),
  'tls.client.issuer': opt(Keyword('RFC 4514, of a client certificate.')),
  'hinomi.tls.alpn': opt(Keywords('Offered by the client, in order.')),
  'hinomi.tls.ech': opt(Bool('Encrypted Client Hello was offered: the name may be a stand-in.')),
  'hinomi.tls.alert': opt(Keyword('The alert that ended it, as IANA names it.')),
  'hinomi.tls.subject_alternative_names': opt(Keywords('Of the first certificate.')),
  'hinomi.tls.certificates': opt(Integer('Certificates that the server sent.')),
  'user_agent.original': opt(Keyword("As a client of Google's QUIC says.")),
  'hinomi.quic.version': opt(Keyword('1, 2, draft-29, Q043, ..., or hexadecimal.')),
  'hinomi.quic.client_initial_id': opt(Keyword("Where the client's first packet was sent to: hexadecimal.")),
  'hinomi.quic.client_id': opt(Keyword('What the client calls itself: hexadecimal.')),
  'hinomi.quic.server_id': opt(Keyword('What the server calls itself: hexadecimal.')),
});
export type TlsRecord = Static<typeof TlsRecord>;
