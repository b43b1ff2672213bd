import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Integer, Integers, Ip, Ips, Keyword } from './field-types.js';

const opt = Type.Optional;

/** One per message, of DHCPv4 or DHCPv6. */
export const DhcpRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('dhcp', 'Record kind.'),
  'hinomi.dhcp.message_type': opt(
    Keyword('DISCOVER, OFFER, REQUEST, ACK, ...; BOOTREQUEST, BOOTREPLY; SOLICIT, ADVERTISE, ...'),
  ),
  'hinomi.dhcp.relayed_type': opt(Keyword('Of the message inside of RELAY-FORW and RELAY-REPL.')),
  'hinomi.dhcp.transaction_id': opt(Keyword('Hexadecimal.')),
  'hinomi.dhcp.client_mac': opt(Keyword('As source.mac.')),
  'hinomi.dhcp.hostname': opt(Keyword('Option 12.')),
  'hinomi.dhcp.fqdn': opt(Keyword('Option 81, or 39 of v6.')),
  'hinomi.dhcp.domain': opt(Keyword('Option 15.')),
  'hinomi.dhcp.vendor_class': opt(Keyword('Option 60, or 16 of v6.')),
  'hinomi.dhcp.user_class': opt(Keyword('Option 77, or 15 of v6.')),
  'hinomi.dhcp.client_id': opt(Keyword('Option 61, or the DUID of v6: hexadecimal.')),
  'hinomi.dhcp.parameter_list': opt(Integers('Option 55, or 6 of v6, in order.')),
  'hinomi.dhcp.options': opt(Integers('Codes of all options, in order.')),
  'hinomi.dhcp.max_size': opt(Integer('Option 57.')),
  'hinomi.dhcp.requested_ip': opt(Ip('Option 50, or the address that a client of v6 names.')),
  'hinomi.dhcp.client_ip': opt(Ip('ciaddr, or the peer address that a relay of v6 names.')),
  'hinomi.dhcp.assigned_ip': opt(Ip('yiaddr, or the address that a server of v6 names.')),
  'hinomi.dhcp.prefix': opt(Keyword('Delegated or asked for, of v6: address/length.')),
  'hinomi.dhcp.server_ip': opt(Ip('Option 54.')),
  'hinomi.dhcp.server_id': opt(Keyword('The DUID of a server of v6: hexadecimal.')),
  'hinomi.dhcp.circuit_id': opt(Keyword('Option 82.1, or 18 of v6: text, or hexadecimal.')),
  'hinomi.dhcp.remote_id': opt(Keyword('Option 82.2, or 37 of v6: text, or hexadecimal.')),
  'hinomi.dhcp.subscriber_id': opt(Keyword('Option 82.6, or 38 of v6: text, or hexadecimal.')),
  'hinomi.dhcp.boot_server_ip': opt(Ip('siaddr: where to start from.')),
  'hinomi.dhcp.boot_file': opt(Keyword('Option 67 or the old field, or 59 of v6.')),
  'hinomi.dhcp.relay_ip': opt(Ip('giaddr, or the link address of v6.')),
  'hinomi.dhcp.router': opt(Ips('Option 3.')),
  'hinomi.dhcp.subnet_mask': opt(Ip('Option 1.')),
  'hinomi.dhcp.dns': opt(Ips('Option 6, or 23 of v6.')),
  'hinomi.dhcp.lease_s': opt(Integer('Option 51, or the valid lifetime of v6.')),
  'hinomi.dhcp.status': opt(Keyword('Of v6, when it is not success: NoAddrsAvail, NoBinding, ...')),
  'hinomi.dhcp.message': opt(Keyword("Option 56: the server's words.")),
});
export type DhcpRecord = Static<typeof DhcpRecord>;
