import type { Fields } from '../dialect.js';
import { put, putAll, type Target, transportOf } from '../fields.js';
import { putHash, putUrl, putUser } from '../url-parts.js';

/**
 * What the same thing is called by many makers. Keys are compared in lower case and without marks, so `c-ip`, `C_IP`
 * and `cIP` are one.
 */
const NAMES: ReadonlyArray<readonly [names: string, target: Target]> = [
  [
    'srcip sourceip src sourceaddress srcaddr sourceipaddress cip clientip clientipaddress clientpublicip srchostip remoteip initiatorip attackerip attackinghostip sip localhostip ipsource loginip publicip useripaddress userhostaddress whoip ipaddress ipv4address clientaddress machineip hostip analyzeripv4 ipv4 localip',
    { ip: 'source.ip' },
  ],
  [
    'dstip destip destinationip dst destinationaddress dstaddr destinationipaddress serverip dhostip rip dip responderip attackedhostip victimip ipdestination ssupplierip vip virtualip remotehostip dddstip',
    { ip: 'destination.ip' },
  ],
  ['srcport sourceport spt sport clientport attackersrcport localport cport', { port: 'source.port' }],
  [
    'dstport destport destinationport dpt dport serverport remoteport csuriport serviceport dddstport urlp',
    { port: 'destination.port' },
  ],
  ['srcmac sourcemac smac clientmac sourcemacaddress macaddress', { mac: 'source.mac' }],
  ['dstmac destmac dmac destinationmac destinationmacaddress', { mac: 'destination.mac' }],
  ['natsourceaddress natsrcip srcpostnat sourcetranslatedaddress natsrc', { ip: 'source.nat.ip' }],
  ['natsourceport srcpostnatport sourcetranslatedport', { port: 'source.nat.port' }],
  ['natdestinationaddress natdstip dstpostnat natdst', { ip: 'destination.nat.ip' }],
  ['natdestinationport dstpostnatport', { port: 'destination.nat.port' }],
  ['srchost sourcehost srchostname sourcehostname clienthostname', 'source.domain'],
  ['dhost dsthost desthost destinationhost dsthostname', 'destination.domain'],
  [
    'srcbytes bytesout sentbytes csbytes bytesfromclient requestsize txbytes ddbytessent sourcebytes',
    { int: 'source.bytes' },
  ],
  [
    'dstbytes bytesin receivedbytes scbytes bytesfromserver responsesize rxbytes ddbytesrcvd destinationbytes',
    { int: 'destination.bytes' },
  ],
  ['packetsfromclient srcpackets', { int: 'source.packets' }],
  ['packetsfromserver dstpackets', { int: 'destination.packets' }],
  ['sourcezonename sourcezone srczone', 'observer.ingress.zone'],
  ['destinationzonename destinationzone dstzone', 'observer.egress.zone'],
  ['packetincominginterface sourceinterfacename sourceinterface srcinterface', 'observer.ingress.interface.name'],
  ['destinationinterfacename destinationinterface dstinterface', 'observer.egress.interface.name'],
  ['csmethod requestmethod httpmethod method mtd', 'http.request.method'],
  ['scstatus httpresponse responsecode httpstatus statuscode', { int: 'http.response.status_code' }],
  ['csuseragent useragent httpuseragent ua', 'user_agent.original'],
  ['csreferer refererurl referer httpreferrer httpreferer', 'http.request.referrer'],
  ['cshost httphost urlhost httphostname', 'url.domain'],
  ['contenttype mt rscontenttype mimetype httpcontenttype', 'http.response.mime_type'],
  ['urlcategory category cscategories urlc urlclass filtercategory', 'rule.category'],
  [
    'threatname malwarename virusname riskname threat mlwr malware detectname malwareinfo signaturename attackname',
    'threat.software.name',
  ],
  ['policyname rulename rule policy filtername rulelabel protectionrule', 'rule.name'],
  ['ruleid policyid sigid signatureid', 'rule.id'],
  ['filename fname file targetfilename objectname attachfilename', 'file.name'],
  ['filepath targetfilepath endpointfilepath', 'file.path'],
  ['filesize', { int: 'file.size' }],
  ['process processname appname processpath callerprocessname sourceprocessname', 'process.name'],
  ['commandline processcommandline', 'process.command_line'],
  ['hostname computername devicename machinename endpointmachine computer dvchost host endpointname', 'host.name'],
  ['os osname operatingsystem', 'host.os.name'],
  ['application applicationname service servicename', 'network.application'],
  ['sslversion tlsversion', 'vendor.tls_version'],
  ['subject emailsubject messagesubject', 'email.subject'],
  ['sender mailfrom fromaddress from', { list: 'email.from.address' }],
  ['recipient recipients rcptto toaddress to', { list: 'email.to.address' }],
  ['messageid', 'email.message_id'],
  ['domain srcdomain domainname userdomain', 'user.domain'],
  ['reason blockreason sessionendreason', 'event.reason'],
  ['msg message description alerttext text detail', 'message'],
  ['eventid externalid incidentid alertid detectionid guid uuid', 'event.id'],
];

const TABLE: ReadonlyMap<string, Target> = new Map(
  NAMES.flatMap(([names, target]) => names.split(' ').map((name) => [name, target])),
);
const USERS = new Set(
  'user username usrname csusername srcuser sourceuser suser login loginname who account accountname initiatinguser clientuser actor administrator targetusername'.split(
    ' ',
  ),
);
const URLS = new Set('url request requesturl urloriginal httpurl resource cs_uri csuri httpuri'.split(' '));
const HASHES = /^(?:file)?(?:hash|md5|sha1|sha256|sha|applicationhash|fileshash|sha256hash|md5hash|fileHash)$/i;
const PROTOCOLS = new Set([
  'proto',
  'protocol',
  'protocolid',
  'ipprotocol',
  'protocolname',
  'networkprotocol',
  'transport',
  'ddproto',
]);
/** What was done, best word first. */
const ACTIONS = [
  'action',
  'act',
  'actiontaken',
  'actualaction',
  'disposition',
  'sfilterresult',
  'scfilterresult',
  'denystr',
  'blocked',
  'saction',
  'verdict',
  'result',
  'threatactiontaken',
  'auditresult',
  'status',
  'outcome',
];

function plain(key: string): string {
  return key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Puts what it knows by name, and the rest in `vendor.*`. The first of two keys for one field stays. Returns the vendor's action. */
export function putByAlias(fields: Fields, pairs: Iterable<readonly [string, string]>): string | undefined {
  const actions = new Map<string, string>();
  for (const [key, raw] of pairs) {
    const name = plain(key);
    const value = raw.trim();
    if (value === '' || /^(?:none|null|n\/a|-)$/i.test(value)) continue;
    if (ACTIONS.includes(name)) actions.set(name, value);
    putOne(fields, key, name, value);
  }
  const best = ACTIONS.find((name) => actions.has(name));
  return best === undefined ? undefined : actions.get(best);
}

function putOne(fields: Fields, key: string, name: string, value: string): void {
  if (USERS.has(name)) {
    if (fields['user.name'] === undefined) putUser(fields, 'user', value);
  } else if (URLS.has(name)) putUrl(fields, value);
  else if (HASHES.test(name) && putHash(fields, value)) return;
  else if (PROTOCOLS.has(name)) putProtocol(fields, value);
  else putNamed(fields, key, TABLE.get(name), value);
}

function putProtocol(fields: Fields, value: string): void {
  const transport = transportOf(value.replace(/^(tcp|udp|icmp).*$/i, '$1'));
  if (Object.keys(transport).length > 0) Object.assign(fields, transport);
  else put(fields, 'network.protocol', value.toLowerCase());
}

function putNamed(fields: Fields, key: string, target: Target | undefined, value: string): void {
  const goal = typeof target === 'object' && target !== null ? Object.values(target)[0] : target;
  const isTaken = typeof goal === 'string' && fields[goal] !== undefined;
  putAll(fields, [[key, value]], target === undefined || isTaken ? {} : { [key]: target });
}
