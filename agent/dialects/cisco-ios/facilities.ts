import type { Fields } from '../dialect.js';
import {
  ALLOWED,
  AUTH,
  CHANGED,
  DENIED,
  FLOOD,
  INTRUSION_SEEN,
  LINK_DOWN,
  LINK_UP,
  LOGIN,
  LOGIN_FAILED,
  LOGOUT,
  NETWORK,
  STATION_JOINED,
  STATION_LEFT,
  SYSTEM,
  SYSTEM_ERROR,
  UPDATED,
  VPN,
  VPN_DOWN,
  VPN_UP,
} from '../lines/kinds.js';
import type { Pattern } from '../lines/patterns.js';

const END = '(?<src>[\\d.]{7,15}|[0-9a-fA-F:.]{3,45})';

/** By what stands behind the `%`: facility, severity, mnemonic; then the text. Cisco System Message Guides. */
export const BY_MNEMONIC: readonly [RegExp, readonly Pattern[]][] = [
  [
    /IPACCESSLOG|ACCESS_LIST|ACLLOG|IPV6_ACL|IPMACACL|FMANFP|_ACL_/,
    [
      {
        re: /^(?:F\d: \w+: )?list (?<rule>\S{1,64}) (?<action>denied|permitted) (?<proto>\w{1,12}) (?<src>[\d.]{7,15}|[0-9a-fA-F:]{3,45})(?:\((?<sport>\d{1,5})\))?(?: ?\((?<inface>[^)]{1,64})\))? -> (?<dst>[\d.]{7,15}|[0-9a-fA-F:]{3,45})(?:\((?<dport>\d{1,5})\))?/,
        fields: {},
      },
      {
        re: /^access-list logging|^list (?<rule>\S{1,64}) (?<action>denied|permitted) (?<src>[\d.]{7,15}|[0-9a-fA-F:]{3,45})/,
        fields: {},
      },
      {
        re: /Src IP: ?(?<src>[\d.]{7,15}),? Dst IP: ?(?<dst>[\d.]{7,15}),? Src Port: ?(?<sport>\d{1,5}),? Dst Port: ?(?<dport>\d{1,5}),?.{0,80}?(?:Src Intf: ?(?<inface>\S{1,32}?),)?.{0,80}?Protocol: ?"?(?<proto>\w{1,12})/,
        fields: {},
      },
    ],
  ],
  [
    /LOGIN_SUCCESS|SSH2?_USERAUTH|SSH_SESSION|WEBLOGIN_SUCCESS|AUTHEN_SUCCESS|AAA-\d-LOGIN$/,
    [
      {
        re: /\[user: ?(?<user>[^\]]{0,64})\] \[Source: ?(?<src>[^\]]{0,45})\] \[localport: ?(?<dport>\d{1,5})\]/,
        fields: LOGIN,
      },
      {
        re: new RegExp(`from ${END}.{0,80}?user '(?<user>[^']{0,64})'.{0,120}?(?:[Ff]ailed)`),
        fields: LOGIN_FAILED,
      },
      { re: new RegExp(`from ${END}.{0,80}?user '(?<user>[^']{0,64})'`), fields: LOGIN },
      { re: /user(?:name)?[ :=']{1,3}(?<user>[\w.@\\-]{1,64}).{0,80}?from (?<from>[^\s,)]{1,64})/i, fields: LOGIN },
      { re: /^/, fields: LOGIN },
    ],
  ],
  [
    /LOGIN_FAILED|AUTHEN_FAIL|WEBLOGIN_FAILED|AUTHENTICATION_FAILED|BADAUTH|AUTHFAIL|LOGIN_AUTHEN|AUTHPRIV-\d-SYSTEM_MSG|SECURITY-SSHD|LOGIN_DENIED|ILLEGAL_LOGIN/,
    [
      {
        re: /\[user: ?(?<user>[^\]]{0,64})\] \[Source: ?(?<src>[^\]]{0,45})\] \[localport: ?(?<dport>\d{1,5})\] \[Reason: ?(?<reason>[^\]]{0,120})\]/,
        fields: LOGIN_FAILED,
      },
      {
        re: /Failed (?:authentication\/)?(?<via>[\w/-]{1,40}) for (?:invalid user )?(?<user>\S{1,64}) from (?<src>[\da-fA-F.:]{3,45}) port (?<sport>\d{1,5})/,
        fields: LOGIN_FAILED,
      },
      {
        re: /Accepted (?<via>[\w/-]{1,40}) for (?<user>\S{1,64}) from (?<src>[\da-fA-F.:]{3,45}) port (?<sport>\d{1,5})/,
        fields: LOGIN,
      },
      { re: /User '(?<user>[^']{1,64})' from '(?<from>[^']{1,64})' logged out/, fields: LOGOUT },
      { re: /User '(?<user>[^']{1,64})' .{0,60}?logged in/, fields: LOGIN },
      { re: /authentication failure;.{0,160}?rhost=(?<from>\S{1,64})/, fields: LOGIN_FAILED },
      { re: /(?:user|login) (?<user>[\w.@\\-]{1,64}) from (?<from>[^\s,]{1,64})/i, fields: LOGIN_FAILED },
      { re: /from host (?<from>[\da-fA-F.:]{3,45})/, fields: LOGIN_FAILED },
      { re: /[Ff]ail|[Dd]enied/, fields: LOGIN_FAILED },
      { re: /^/, fields: AUTH },
    ],
  ],
  [
    /LOGOUT|SSH2?_CLOSE|USER_LOGOUT|TTY_EXPIRE_TIMER/,
    [
      { re: /User '?(?<user>[^'\s]{1,64})'?(?: from '?(?<from>[^'\s]{1,64}))?/i, fields: LOGOUT },
      { re: new RegExp(`from ${END}.{0,80}?user '(?<user>[^']{0,64})'`), fields: LOGOUT },
      { re: /^/, fields: LOGOUT },
    ],
  ],
  [
    /CONFIG_I$|CFGLOG|VSHD_SYSLOG_CONFIG|CONFIG_E$|CONFIG_P$|MGBL-(?:CONFIG|SYS-\d-CONFIG)|COMMIT|DB_COMMIT|CONFIG_RESOLVE|PARSER-\d-CFG|CONFIGCLI/,
    [
      { re: /^User:(?<user>[^\s]{1,64}) +logged command:(?<command>.{1,300})/, fields: CHANGED },
      {
        re: /^Configured from (?<via>\S{1,64}) by (?<user>\S{1,64}) on \S{1,32} \(?(?<src>[\d.]{7,15}|[0-9a-fA-F:]{3,45})\)?/,
        fields: CHANGED,
      },
      {
        re: /^Configured from (?<via>\S{1,64}) by (?:vty\d{1,3}|console|tty\d{1,3})(?: \((?<src>[\d.]{7,15}|[0-9a-fA-F:]{3,45})\))?/,
        fields: CHANGED,
      },
      { re: /^Configured from (?<via>\S{1,64}) by (?<user>\S{1,64})/, fields: CHANGED },
      { re: /by (?:user |:)?'(?<user>[^']{1,64})'/, fields: CHANGED },
      { re: /^/, fields: CHANGED },
    ],
  ],
  [
    /UPDOWN|IF_(?:UP|DOWN)|LINK_(?:UP|DOWN)|PHY-\d|IF_DOWN_|CHANGED$/,
    [
      {
        re: /^(?:Line protocol on )?(?:Interface )?(?<iface>[\w/.:-]{2,48}),?(?: is| changed state to|.{0,40}? state to) (?:administratively )?up/i,
        fields: LINK_UP,
      },
      {
        re: /^(?:Line protocol on )?(?:Interface )?(?<iface>[\w/.:-]{2,48}),?(?: is| changed state to|.{0,40}? state to) (?:administratively )?down/i,
        fields: LINK_DOWN,
      },
      { re: /up/i, fields: LINK_UP },
      { re: /down/i, fields: LINK_DOWN },
      { re: /^/, fields: NETWORK },
    ],
  ],
  [
    /^(?:CRYPTO|IKEV?2?|IPSEC|VPN|ISAKMP|DMVPN|NHRP|SDWAN)/,
    [
      {
        re: /(?:session|tunnel|SA|crypto).{0,60}?\b(?:is )?up\b(?:.{0,40}?[Pp]eer:? ?(?<dst>[\d.]{7,15}))?/i,
        fields: VPN_UP,
      },
      {
        re: /(?:session|tunnel|SA|crypto).{0,60}?\b(?:is )?down\b(?:.{0,40}?[Pp]eer:? ?(?<dst>[\d.]{7,15}))?/i,
        fields: VPN_DOWN,
      },
      { re: /(?:peer|from|remote)[ :=]{1,3}(?<src>[\d.]{7,15})/i, fields: VPN },
      { re: /^/, fields: VPN },
    ],
  ],
  [
    /PSECURE_VIOLATION|DHCP_SNOOPING|ARP.*INSPECTION|SW_DAI|IP_SOURCE_GUARD|SPOOF|ERRDISABLE-|ERR_DISABLE|DOT1X-\d-FAIL|MAB-\d-FAIL|AUTHMGR-\d-FAIL/,
    [
      { re: /MAC address (?<smac>[0-9a-fA-F.:-]{14,17}) on port (?<inface>\S{1,48}?)\.?$/, fields: INTRUSION_SEEN },
      { re: /client \((?<smac>[0-9a-fA-F.:-]{14,17})\) on Interface (?<inface>\S{1,48})/, fields: LOGIN_FAILED },
      { re: /^/, fields: INTRUSION_SEEN },
    ],
  ],
  [
    /(?:DOT1X|MAB|AUTHMGR)-\d-SUCCESS/,
    [
      { re: /client \((?<smac>[0-9a-fA-F.:-]{14,17})\) on Interface (?<inface>\S{1,48})/, fields: LOGIN },
      { re: /^/, fields: LOGIN },
    ],
  ],
  [/STORM_CONTROL|TCP_SYNATTACK|SYNFLOOD|ATTACK|-DOS_|POLICER/, [{ re: /^/, fields: FLOOD }]],
  [
    /SESS_AUDIT_TRAIL|^FW-|DROP_PKT|PASS_PKT|ZBF/,
    [
      {
        re: /(?<action>Dropping|Passing|Start|Stop)\w* (?<service>[\w-]{1,24}) session:? .{0,30}?\(?(?<src>[\d.]{7,15}):(?<sport>\d{1,5})\)?.{0,60}?\(?(?<dst>[\d.]{7,15}):(?<dport>\d{1,5})/,
        fields: ALLOWED,
      },
      {
        re: /(?<action>Dropping) (?<proto>\w{2,8}) .{0,20}?(?<src>[\d.]{7,15}):(?<sport>\d{1,5}) (?<dst>[\d.]{7,15}):(?<dport>\d{1,5})/,
        fields: DENIED,
      },
    ],
  ],
  [/CLIENT_ADDED|ASSOC(?:IATED)?$/, [{ re: /(?<smac>[0-9a-fA-F.:-]{14,17})/, fields: STATION_JOINED }]],
  [/CLIENT_(?:DELETED|REMOVED)|DISASSOC/, [{ re: /(?<smac>[0-9a-fA-F.:-]{14,17})/, fields: STATION_LEFT }]],
  [/INSTALL-|UPGRADE|SMART_LIC.*(?:UPDATED|INSTALLED)/, [{ re: /^/, fields: UPDATED }]],
  [/RESTART|RELOAD|SYS-\d-BOOT|SYSMGR|PLATFORM|ENVM|MODULE-\d|FAN|POWER|SYS-2|MALLOC/, [{ re: /^/, fields: SYSTEM }]],
];

const NET =
  /^(?:OSPF|BGP|EIGRP|ROUTING|RIP|ISIS|LDP|SPANTREE|STP|CDP|LLDP|HSRP|VRRP|GLBP|STANDBY|DUAL|ETHPORT|ETH|ETHPM|LINEPROTO|LINK|IP|ARP|ADJ|L2FM|MAC|SW_MATM|PM|PORT|VPC|NTP|CAPWAP|DOT11|APF|MLS|TRACK|TRACKING|ILPOWER|LACP|UDLD|DHCP|MGBL-NETFLOW|FIB|L2|L3)/;

/** What is known by the facility alone. */
export function baseOf(mnemonic: string, severity: number): Fields {
  if (NET.test(mnemonic)) return NETWORK;
  return severity <= 3 ? SYSTEM_ERROR : SYSTEM;
}

/** An access list's line says by its word what it did. */
export function verdictOf(text: string): Fields {
  return /denied|deny/i.test(text) ? DENIED : ALLOWED;
}
