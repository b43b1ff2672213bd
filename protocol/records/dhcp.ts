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
  'hinomi.dhcp.message_type': opt(Keyword('DISCOVER, OFFER, REQUEST, ACK, ...; SOLICIT, ADVERTISE, ...')),
  'hinomi.dhcp.transaction_id': opt(Keyword('Hexadecimal.')),
  'hinomi.dhcp.client_mac': opt(Keyword('As source.mac.')),
  'hinomi.dhcp.hostname': opt(Keyword('Option 12.')),
  'hinomi.dhcp.fqdn': opt(Keyword('Option 81, or 39 of v6.')),
  'hinomi.dhcp.domain': opt(Keyword('Option 15.')),
  'hinomi.dhcp.vendor_class': opt(Keyword('Option 60, or 16 of v6.')),
  'hinomi.dhcp.client_id': opt(Keyword('Option 61, or the DUID of v6: hexadecimal.')),
  'hinomi.dhcp.parameter_list': opt(Integers('Option 55, or 6 of v6, in order.')),
  'hinomi.dhcp.options': opt(Integers('Codes of all options, in order.')),
  'hinomi.dhcp.max_size': opt(Integer('Option 57.')),
  'hinomi.dhcp.requested_ip': opt(Ip('Option 50.')),
  'hinomi.dhcp.client_ip': opt(Ip('ciaddr.')),
  'hinomi.dhcp.assigned_ip': opt(Ip('yiaddr, or the address of v6.')),
  'hinomi.dhcp.server_ip': opt(Ip('Option 54.')),
  'hinomi.dhcp.relay_ip': opt(Ip('giaddr, or the link address of v6.')),
  'hinomi.dhcp.router': opt(Ips('Option 3.')),
  'hinomi.dhcp.subnet_mask': opt(Ip('Option 1.')),
  'hinomi.dhcp.dns': opt(Ips('Option 6, or 23 of v6.')),
  'hinomi.dhcp.lease_s': opt(Integer('Option 51, or the valid lifetime of v6.')),
  'hinomi.dhcp.message': opt(Keyword("Option 56: the server's words.")),
});
export type DhcpRecord = Static<typeof DhcpRecord>;
