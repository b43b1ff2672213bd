import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Bool, Integer, Keyword, Keywords } from './field-types.js';
import { SERVICE_FIELDS } from './session-services.js';

const opt = Type.Optional;

/** Somebody used a service of the office: ssh, smb, kerberos, ntlm, ldap, rdp, ftp, mail, telnet and their like. */
export const SessionRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('session', 'Record kind.'),
  'event.duration': opt(Integer('Nanoseconds.')),
  'user.name': opt(Keyword('Who, as the client says.')),
  'user.domain': opt(Keyword('Domain, realm or workgroup.')),
  'host.name': opt(Keyword("The client's name, as it says.")),
  'hinomi.session.client_software': opt(Keyword('As it says.')),
  'hinomi.session.server_software': opt(Keyword('As it says.')),
  'hinomi.session.outcome': opt(Keyword('success, failure or unknown.')),
  'hinomi.session.auth_method': opt(Keyword('password, publickey, ntlm, kerberos, plain, ...')),
  'hinomi.session.cleartext_login': opt(Bool('A credential passed in clear text. It is never kept.')),
  'hinomi.session.share': opt(Keyword('Tree or share.')),
  'hinomi.session.file_names': opt(Keywords('Opened, transferred, renamed or deleted.')),
  'hinomi.session.deleted_names': opt(Keywords('Files that were deleted.')),
  'hinomi.session.renamed_names': opt(Keywords('Files that were renamed, as `old -> new`.')),
  'hinomi.session.pipe': opt(Keyword('Named pipe.')),
  'hinomi.session.service': opt(Keyword('Service principal, interface or topic.')),
  'hinomi.session.operation': opt(Keyword('What was asked for.')),
  'hinomi.session.operations': opt(Keywords('What was asked for, each once, in the order of its first use.')),
  'hinomi.session.error': opt(Keyword('Name of the error, as its registry has it.')),
  'hinomi.session.cipher': opt(Keyword('Cipher agreed on.')),
  'hinomi.session.version': opt(Keyword('Protocol version or dialect.')),
  'hinomi.session.hassh': opt(Keyword('MD5, of the client.')),
  'hinomi.session.hassh_server': opt(Keyword('MD5, of the server.')),
  'hinomi.session.host_key': opt(Keyword('MD5 of the host key, hexadecimal with colons.')),
  'hinomi.session.cookie': opt(Keyword('RDP: mstshash and its like.')),
  'hinomi.session.from': opt(Keyword('Envelope sender.')),
  'hinomi.session.to': opt(Keywords('Envelope recipients.')),
  'hinomi.session.subject_length': opt(Integer('Characters of a mail subject.')),
  'hinomi.session.attachments': opt(Keywords('Names of attachments.')),
  'hinomi.session.target': opt(Keyword('Where a proxy was asked to connect: host:port.')),
  'hinomi.session.server_name': opt(Keyword("The server's name, as it says.")),
  'hinomi.session.server_domain': opt(Keyword("The server's domain, as it says.")),
  'hinomi.session.client_user': opt(Keyword("The user on the client's own machine, as it says.")),
  'hinomi.session.commands': opt(Keywords('Commands of a text protocol, each once.')),
  'hinomi.session.reply_codes': opt(Keywords('Codes of replies, each once.')),
  'hinomi.ldap.searches': opt(Keywords('What was looked for: base?attributes?scope?filter, each once.')),
  'hinomi.ldap.changes': opt(Keywords('Operation and entry, each once.')),
  'hinomi.session.details': opt(Keywords('What only this protocol has, as key=value.')),
  ...SERVICE_FIELDS,
});
export type SessionRecord = Static<typeof SessionRecord>;
