import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Bool, Instant, Integer, Ips, Keyword, Keywords } from './field-types.js';

const opt = Type.Optional;

/** A device of the office as one kind of evidence shows it: when it is new, when that changes, and now and then. */
export const AssetRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('asset', 'ECS kind.'),
  'event.dataset': Constant('asset', 'Record kind.'),
  'host.id': opt(Keyword('What it is known by, whatever its addresses.')),
  'host.name': opt(Keyword("The device's name, as it says.")),
  'host.mac': opt(Keywords('MAC addresses.')),
  'host.ip': opt(Ips('Addresses.')),
  'host.type': opt(Keyword('switch, router, access-point, phone, station, ...')),
  'host.os.name': opt(Keyword('Operating system.')),
  'host.os.version': opt(Keyword('Its version.')),
  'hinomi.asset.evidence': Keywords('How it is known: lldp, cdp, arp, dhcp, mdns, ...'),
  'hinomi.asset.confidence': opt(Integer('0 to 100.')),
  'hinomi.asset.first_seen': opt(Instant('By this evidence, since the sensor started.')),
  'hinomi.asset.last_seen': opt(Instant('By this evidence.')),
  'hinomi.asset.chassis_id': opt(Keyword('LLDP chassis, or CDP device id.')),
  'hinomi.asset.port_id': opt(Keyword('The port of the device that it speaks from.')),
  'hinomi.asset.port_description': opt(Keyword('What its owner calls that port.')),
  'hinomi.asset.description': opt(Keyword("The device's own words: LLDP system description.")),
  'hinomi.asset.capabilities': opt(Keywords('What it can be: bridge, router, telephone, ...')),
  'hinomi.asset.capabilities_enabled': opt(Keywords('What of that is switched on.')),
  'hinomi.asset.ttl_s': opt(Integer('How long it wants to be remembered.')),
  'hinomi.asset.vlan': opt(Integer('VLAN of untagged frames on that port.')),
  'hinomi.asset.voice_vlan': opt(Integer('VLAN for telephones.')),
  'hinomi.asset.vlans': opt(Keywords('VLANs of that port, number and name.')),
  'hinomi.asset.vtp_domain': opt(Keyword('CDP: VTP domain.')),
  'hinomi.asset.duplex': opt(Keyword('full or half.')),
  'hinomi.asset.mau_type': opt(Integer('Kind of cable and speed, by its number in IANA-MAU-MIB.')),
  'hinomi.asset.mtu': opt(Integer('Longest frame or packet, in bytes.')),
  'hinomi.asset.is_aggregated': opt(Bool('The port is one of several that act as one.')),
  'hinomi.asset.power_mw': opt(Integer('Power over the cable, in milliwatts.')),
  'hinomi.asset.vendor': opt(Keyword('Maker.')),
  'hinomi.asset.model': opt(Keyword('Model or platform.')),
  'hinomi.asset.serial_number': opt(Keyword('Serial number.')),
  'hinomi.asset.hardware': opt(Keyword('Hardware revision.')),
  'hinomi.asset.firmware': opt(Keyword('Firmware revision.')),
  'hinomi.asset.software': opt(Keyword('Software version, as it says.')),
  'hinomi.asset.asset_tag': opt(Keyword("The owner's number of it.")),
  'hinomi.asset.location': opt(Keyword('Where it stands, as it says.')),
});
export type AssetRecord = Static<typeof AssetRecord>;
