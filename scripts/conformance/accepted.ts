import type { DnsRecord } from '../../protocol/records/dns.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import type { AcceptedDifference, Check } from './tally.js';

const text = (value: unknown): string => String(value);
const isMore = ({ expected, actual }: Check): boolean => Number(actual) > Number(expected);
const ourHistory = ({ context }: Check): string => text(context['ourHistory'] ?? '');
const isTurned = (check: Check): boolean => ourHistory(check).startsWith('^');
/** Seen from its middle, or with acknowledged bytes that the capture does not have. */
const isHalfSeen = (check: Check): boolean => !/^s/i.test(ourHistory(check)) || /g/i.test(ourHistory(check));
const hasNoAnswers = ({ context }: Check): boolean => context['answers'] === '-';
const icmpHeaders = ({ actual, expected, context }: Check): boolean =>
  text(context['key']).startsWith('1 ') || text(context['key']).startsWith('58 ')
    ? isMoreThan(expected, actual)
    : false;
const isMoreThan = (a: unknown, b: unknown): boolean => Number(a) > Number(b);
const ours = ({ context }: Check): DnsRecord[] => (context['ours'] as DnsRecord[] | undefined) ?? [];
const protocolIs = (check: Check, ...protocols: number[]): boolean =>
  protocols.some((protocol) => text(check.context['key']).startsWith(`${protocol} `));
const isPacked = ({ context }: Check): boolean =>
  (context['ours'] as AnyRecord | undefined)?.['hinomi.http.content_encoding'] !== undefined;
const isSubset = ({ expected, actual }: Check): boolean =>
  (actual as string[]).every((answer) => (expected as string[]).includes(answer));

const isSupersetOfEnvelope = ({ expected, actual }: Check): boolean =>
  (actual as string[]).length > 0 && (actual as string[]).every((address) => (expected as string[]).includes(address));

/** Differences that are meant. An entry that covers nothing any more is named at the end of the table. */
export const ACCEPTED: readonly AcceptedDifference[] = [
  {
    suite: 'zeek conn',
    field: /^duration$/,
    when: (check) => check.context['proto'] === 'tcp' && isMore(check),
    reason: 'event.end is the last packet (DESIGN 3); Zeek does not wait for the last acknowledgement',
  },
  {
    suite: 'zeek conn',
    field: /^history$/,
    when: ({ expected, actual }) => text(expected).replaceAll(/x/gi, '') === actual,
    reason: 'X: a protocol analyzer of Zeek gave up, which says nothing about the flow',
  },
  {
    suite: 'zeek conn',
    field: /^orig_ip_bytes$/,
    subject: /sasl-signed-clear/,
    when: isMore,
    reason: 'segmentation offload left an IP length of 0: Zeek counts 0 bytes, ours the frame',
  },
  {
    suite: 'zeek conn',
    field: /./,
    subject: /field-extension.*173\.192\.163\.128:80/,
    reason: 'run with -b: without its likely server ports Zeek does not turn a lone SYN-ACK round',
  },
  {
    suite: 'zeek conn',
    field: /./,
    subject: /vntag-in-vlan/,
    reason: 'cut within the TCP header: Zeek has a flow without its only packet, ours counts it',
  },
  {
    suite: 'zeek conn',
    field: /./,
    subject: /dynamic-filter/,
    reason: 'the test changes its capture filter while it runs',
  },
  {
    suite: 'zeek dns',
    field: /^(AA|RA)$/,
    when: hasNoAnswers,
    reason: 'Zeek takes AA and RA only from a response with answers; ours are those of the response',
  },
  {
    suite: 'zeek dns',
    field: /^(query|qclass|qtype_name)$/,
    when: ({ expected, actual }) => expected === undefined && actual !== undefined,
    reason: 'Zeek leaves out the question of a response without its query; ours is the one in the response',
  },
  {
    suite: 'zeek dns',
    field: /./,
    subject: /ipv6-frag.*40849/,
    reason: 'a query sent again is one transaction; of a fragmented response the first fragment is read',
  },
  {
    suite: 'zeek dns',
    field: /^answers$/,
    when: ({ expected }) => /^(TXT \d|RRSIG \d|DNSKEY \d|LOC|BIND9)/m.test((expected as string[]).join('\n')),
    reason: 'answers as dig prints them; Zeek shortens these types in words of its own',
  },
  {
    suite: 'zeek ssl',
    field: /^established$/,
    when: (check) => /\/quic\//.test(check.subject) && check.actual === true,
    reason: 'over QUIC Zeek never says so; ours is a client that spoke with keys it can only have from the server',
  },
  {
    suite: 'zeek http',
    field: /^status_code$/,
    when: ({ expected }) => expected === 0,
    reason: 'a response of version 0.9 has no status; Zeek writes 0',
  },
  {
    suite: 'zeek http',
    field: /./,
    subject: /^spicy\/protocol-analyzer-data-in-from-tcp-to-udp/,
    reason: 'the test gives a datagram to the analyzer of HTTP',
  },
  {
    suite: 'zeek http',
    field: /^response_body_len$/,
    when: isPacked,
    reason: 'bytes as they were sent; Zeek counts this body unpacked',
  },
  {
    suite: 'zeek http',
    field: /^response_body_len$/,
    subject: /http-port-22/,
    reason: 'behind a head without fields Zeek counts the empty line as body',
  },
  {
    suite: 'zeek quic',
    field: /./,
    subject: /vector-max-size-crash/,
    reason: 'a datagram of 45 bytes of an unknown version is no beginning of QUIC, which has 1,200 (RFC 9000 14.1)',
  },
  {
    suite: 'zeek dns',
    field: /^id\.orig_h$/,
    subject: /flip/,
    reason: 'both ports are 53, and the query is not there: the first sender stays the originator (DESIGN 3)',
  },
  {
    suite: 'zeek http',
    field: /^request_body_len$/,
    subject: /http-no-crlf/,
    reason: 'the length that the request says; Zeek counts the empty line behind it, too',
  },
  {
    suite: 'zeek ftp',
    field: /^arg$/,
    subject: /ftp-missing-space-after-reply-code/,
    reason: 'a RETR that names no file; Zeek makes the address of the folder out of it',
  },
  {
    suite: 'zeek radius',
    field: /^reply_msg$/,
    subject: /radius\/auth/,
    reason: 'the words of the answer; Zeek has those of the challenge before it',
  },
  {
    suite: 'zeek radius',
    field: /^framed_addr$/,
    subject: /radius-multiple-attempts.*53031/,
    reason: 'the address stands in a challenge: nobody was given it',
  },
  {
    suite: 'arkime sip',
    field: /^method$/,
    when: ({ expected, actual }) => (expected as string[]).every((method) => (actual as string[]).includes(method)),
    reason: 'Arkime leaves out an INVITE of two segments and a SUBSCRIBE that tshark has, too',
  },
  {
    suite: 'arkime sip',
    field: /^useragent$/,
    when: ({ expected, actual }) => (actual as string[]).every((name) => (expected as string[]).includes(name)),
    reason: "the client's program; Arkime lists that of the server beside it",
  },
  {
    suite: 'arkime email',
    field: /^src$/,
    when: isSupersetOfEnvelope,
    reason: 'the sender of the envelope; Arkime adds the one that the letter names',
  },
  {
    suite: 'arkime email',
    field: /^subject$/,
    subject: /multi-nospace/,
    reason: 'blanks between two encoded words are none (RFC 2047 6.2); Arkime keeps one',
  },
  {
    suite: 'arkime flow',
    field: /^community_id$/,
    when: (check) => protocolIs(check, 50),
    reason: 'the specification leaves ports out where there are none; Arkime hashes zeros for ESP',
  },
  {
    suite: 'arkime flow',
    field: /^community_id$/,
    subject: /^(v6 .*3ffe:501:4819::42|gtp-iphone .*fd01::183)/,
    reason: 'one-way ICMPv6 keeps its direction (the specification and tshark agree); Arkime sorts the ends',
  },
  {
    suite: 'arkime flow',
    field: /^(client|server)\.bytes$/,
    when: icmpHeaders,
    reason: 'payload of ICMP begins after 8 bytes (DESIGN 3); Arkime counts them',
  },
  {
    suite: 'arkime flow',
    field: /^(client|server)\.bytes$/,
    when: (check) => protocolIs(check, 6) && isMore(check) && isHalfSeen(check),
    reason: 'bytes by sequence numbers, as Zeek counts; Arkime counts none without the handshake or behind a hole',
  },
  {
    suite: 'arkime flow',
    field: /^(client|server)\.bytes$/,
    subject: /^CVE-2018-6794/,
    reason: 'a FIN with data sent again long after the end begins a new flow, as in Zeek',
  },
  {
    suite: 'arkime flow',
    field: /^(source|destination|client|server)/,
    when: isTurned,
    reason: "Zeek's likely server port turns a half-seen conversation round (DESIGN 3); Arkime takes the first sender",
  },
  {
    suite: 'arkime flow',
    field: /^(destination|server)/,
    when: (check) => / 68 .* 67$/.test(check.subject) && text(check.actual) === '0',
    reason: 'Arkime joins DHCP messages to different addresses by their transaction; a flow is its 5-tuple',
  },
  {
    suite: 'arkime flow',
    field: /./,
    subject: /^long-session/,
    reason: 'Arkime cuts long sessions where its timer says',
  },
  {
    suite: 'arkime flow',
    field: /./,
    when: ({ context }) => (context['words'] as string[] | undefined)?.includes('corrupt-ip') === true,
    reason: 'a packet that breaks below its transport is no flow; coverage counts it by its reason',
  },
  {
    suite: 'arkime flow',
    field: /./,
    subject: / 10\.9\.8\.1 (0|40100) /,
    reason:
      'a UDP length of 0 is a jumbogram or a mistake: the ports stand all the same, and the IP length is believed',
  },
  {
    suite: 'arkime flow',
    field: /^(source|destination|client|server)/,
    subject: /^arkime_synthetic .*( 4790$| 6081$|10\.111\.111\.10 |192\.0\.2\.10 )/,
    reason:
      'both directions of a tunnel are looked into, and its outer conversation is one (DESIGN 3); Arkime asks the destination port alone',
  },
  {
    suite: 'arkime flow',
    field: /./,
    subject: /^vxlan .* 0 192\.168\.56\.12 0$/,
    reason: 'VXLAN with ARP inside has its outer flow with ports; Arkime makes another one without',
  },
  {
    suite: 'arkime flow',
    field: /^source\.(bytes|packets)$/,
    subject: /^igmp /,
    reason: 'Arkime joins the IGMP of all groups; a flow has one destination',
  },
  {
    suite: 'arkime http',
    field: /^method$/,
    when: ({ expected, actual }) => (expected as string[]).filter((name) => name !== 'PRI').join() === `${actual}`,
    reason: 'the first words of HTTP/2 are no request (RFC 9113 3.4)',
  },
  {
    suite: 'arkime http',
    field: /^(statuscode|useragent|host)$/,
    subject: /^(http-(100-continue|empty-useragent)|wireshark-retrans)/,
    reason: 'an interim 100 is no response, and an empty field says nothing',
  },
  {
    suite: 'arkime quic',
    field: /^host$/,
    subject: /^fbzero/,
    reason: 'Facebook Zero is no QUIC and was given up for TLS 1.3; the flow is there',
  },
  {
    suite: 'arkime tls',
    field: /^ja4$/,
    subject: /^openvpn_synthetic 17 /,
    reason: 'what OpenVPN carries over UDP is TLS (t); Arkime calls it QUIC (q)',
  },
  {
    suite: 'arkime tls',
    field: /^version$/,
    when: ({ expected }) => /draft/.test(String(expected)),
    reason: 'a draft of TLS 1.3 is told as 1.3',
  },
  {
    suite: 'arkime ldap',
    field: /^(bindname|authtype)$/,
    subject: /^arkime_synthetic .* 10\.(0\.13|4\.7)\.100 /,
    reason: 'a message that says it is longer than what was ever sent is never whole; Arkime reads its beginning',
  },
  {
    suite: 'arkime dns',
    field: /^answers$/,
    when: isSubset,
    reason: 'dns.answers is the answer section (ECS); Arkime adds the authority and additional sections',
  },
  {
    suite: 'arkime dns',
    field: /^answers$/,
    subject: /svc-trailing-empty/,
    reason: 'a parameter without a value stands without an equals sign (RFC 9460 2.1)',
  },
  {
    suite: 'arkime dns',
    field: /^headerFlags$/,
    when: (check) => ours(check).some((record) => record['network.protocol'] === 'llmnr'),
    reason: 'the bit of AA means "conflict" in LLMNR (RFC 4795 2.1.1)',
  },
  {
    suite: 'arkime dns',
    field: /^(status|headerFlags|answers)$/,
    subject: / 10\.111\.111\.10 5353 /,
    reason: 'asked from port 5353, and answered: Arkime leaves the answer out',
  },
  {
    suite: 'arkime dns',
    field: /^status$/,
    when: ({ expected }) => expected === 'BADSIG_VERS',
    reason: 'the registry has BADVERS and BADSIG for 16; with EDNS it is BADVERS (RFC 6891 9)',
  },
  {
    suite: 'syslog rfc5424',
    field: /^message$/,
    when: ({ actual }) => text(actual).endsWith('\ufffd'),
    reason: 'bytes that are no UTF-8 become U+FFFD and are kept (DESIGN 3); the reference stops before them',
  },
  {
    suite: 'syslog sc4s',
    field: /^vendor$/,
    subject: /infoblox(?!.*CEF:).* (named|dhcpd|httpd)(\[|:)/,
    when: ({ actual }) => actual !== undefined && actual !== 'Infoblox',
    reason: 'lines of the ISC and Apache programs inside: only a list of hosts tells them apart',
  },
];
