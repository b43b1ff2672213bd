import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Bool, Integer, Keyword } from './field-types.js';

const opt = Type.Optional;

/** One per request with its response, or for whichever of the two was seen. */
export const HttpRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('http', 'Record kind.'),
  'event.duration': opt(Integer('Request to the head of its response, nanoseconds.')),
  'http.version': opt(Keyword('1.0, 1.1 or 2: of the response, when one was seen.')),
  'http.request.method': opt(Keyword('As sent.')),
  'http.request.referrer': opt(Keyword('As sent.')),
  'http.request.mime_type': opt(Keyword('Of its body, as said.')),
  'http.request.body.bytes': opt(Integer('Seen.')),
  'http.response.status_code': opt(Integer('100 to 999.')),
  'http.response.mime_type': opt(Keyword('Of its body, as said.')),
  'http.response.body.bytes': opt(Integer('Seen.')),
  'url.original': opt(Keyword('The request target as sent.')),
  'url.path': opt(Keyword('Without the query.')),
  'url.query': opt(Keyword('Behind the question mark.')),
  'url.domain': opt(Keyword('The host asked for, without its port.')),
  'url.port': opt(Integer('The port asked for, when it was named.')),
  'user_agent.original': opt(Keyword('As sent.')),
  'user.name': opt(Keyword('Of a login by Basic, Digest or NTLM.')),
  'user.domain': opt(Keyword('Of a login by NTLM.')),
  'host.name': opt(Keyword("The client's name, as it says to NTLM.")),
  'hinomi.http.server': opt(Keyword('What the server calls itself.')),
  'hinomi.http.content_encoding': opt(Keyword('How the body of the response is packed: gzip, br, ...')),
  'hinomi.http.auth_method': opt(Keyword('Basic, Digest, NTLM, ...: the scheme, never the credential.')),
  'hinomi.session.cleartext_login': opt(Bool('A credential passed in clear text.')),
  'hinomi.http.upgrade': opt(Keyword('What the connection became: websocket, h2c, connect.')),
});
export type HttpRecord = Static<typeof HttpRecord>;
