import { Type } from 'typebox';
import { Bool, Integer, Keyword, Keywords } from './field-types.js';

const opt = Type.Optional;

/** Of a session record: what only one of the small services has. */
export const SERVICE_FIELDS = {
  'hinomi.telnet.options': opt(Keywords('Options that were negotiated.')),
  'hinomi.telnet.terminal_type': opt(Keyword('Terminal, of rlogin too.')),
  'hinomi.ftp.system': opt(Keyword('What the server says it runs on.')),
  'hinomi.snmp.community_default': opt(Bool('The community was public or private. It is never kept.')),
  'hinomi.snmp.engine_id': opt(Keyword('Version 3: the engine, hexadecimal.')),
  'hinomi.snmp.pdu_types': opt(Keywords('get-request, get-response, snmpv2-trap, ...')),
  'hinomi.snmp.objects': opt(Keywords('Object ids that were asked for.')),
  'hinomi.snmp.traps': opt(Keywords('Object ids of traps.')),
  'hinomi.snmp.system_object_id': opt(Keyword('sysObjectID.')),
  'hinomi.snmp.system_contact': opt(Keyword('sysContact.')),
  'hinomi.snmp.system_location': opt(Keyword('sysLocation.')),
  'hinomi.ntp.modes': opt(Keywords('client, server, broadcast, control, private, ...')),
  'hinomi.ntp.stratum': opt(Integer('Of the server: steps from its clock.')),
  'hinomi.ntp.reference_id': opt(Keyword("The server's own source: an address, or the name of a clock.")),
  'hinomi.ntp.operations': opt(Keywords('Modes 6 and 7: read-variables, monlist, ...')),
  'hinomi.ssdp.methods': opt(Keywords('m-search, notify, response.')),
  'hinomi.ssdp.targets': opt(Keywords('What is looked for or offered: ST, NT.')),
  'hinomi.ssdp.notifications': opt(Keywords('ssdp:alive, ssdp:byebye, ssdp:update.')),
  'hinomi.ssdp.usn': opt(Keywords('Unique service names.')),
  'hinomi.ssdp.locations': opt(Keywords('Where devices describe themselves.')),
  'hinomi.mqtt.client_id': opt(Keyword('As the client says.')),
  'hinomi.mqtt.keep_alive_s': opt(Integer('Longest that the client is silent.')),
  'hinomi.mqtt.will_topic': opt(Keyword('Where its end is to be told.')),
  'hinomi.mqtt.published': opt(Keywords('Topics that the client published to.')),
  'hinomi.mqtt.received': opt(Keywords('Topics that the client was told of.')),
  'hinomi.mqtt.subscribed': opt(Keywords('Topic filters that the client subscribed to.')),
} as const;
