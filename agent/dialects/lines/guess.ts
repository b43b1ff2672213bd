import type { Fields } from '../dialect.js';
import { CHANGED, LINK_DOWN, LINK_UP, LOGIN, LOGIN_FAILED, LOGOUT, SYSTEM, VPN_DOWN, VPN_UP } from './kinds.js';
import { putGroups } from './patterns.js';

const READ_MAX = 2_000;

// What makers of gear say in their own words. The order decides: a failed login is also a login.
const WORDS: readonly [RegExp, Fields][] = [
  [
    /(?:log[ -]?(?:in|on)|auth\w{0,14}|password|sign[ -]?(?:in|on)|user).{0,40}\b(?:fail|denied|invalid|unsuccess|reject|incorrect|not authori[sz]ed|locked|not present)/i,
    LOGIN_FAILED,
  ],
  [
    /(?:fail|invalid|unauthori[sz]ed|unsuccessful|denied)\w{0,4}.{0,30}\b(?:log[ -]?(?:in|on)|auth|user|password|access)/i,
    LOGIN_FAILED,
  ],
  [/\blog(?:ged)?[ -_]?(?:out|off)\b|\bsign(?:ed)?[ -]?out|session (?:closed|ended|terminated|expired)/i, LOGOUT],
  [
    /\blog(?:ged)?[ -]?(?:in|on)\b|\bsign(?:ed)?[ -]?in|session (?:opened|started)|auth\w{0,14} (?:success|succeed)|Login_Allowed/i,
    LOGIN,
  ],
  [/(?:vpn|tunnel).{0,40}\b(?:up|established|connected)\b/i, VPN_UP],
  [/(?:vpn|tunnel).{0,40}\b(?:down|terminated|disconnected)\b/i, VPN_DOWN],
  [/config\w{0,10}.{0,40}(?:chang|modif|updat|commit|saved|set\b)|(?:chang|modif|updat)\w{0,3}.{0,40}config/i, CHANGED],
  [/(?:link|port|interface|ifName).{0,60}\b(?:is )?(?:link[ -])?up\b/i, LINK_UP],
  [/(?:link|port|interface|ifName).{0,60}\b(?:is )?(?:link[ -])?down\b/i, LINK_DOWN],
];

const IP = '(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F]{1,4}:[0-9a-fA-F:]{2,40})';
const FLOW =
  /(?<src>\d{1,3}(?:\.\d{1,3}){3})[:/](?<sport>\d{1,5}) ?-{1,2}> ?(?<dst>\d{1,3}(?:\.\d{1,3}){3})[:/](?<dport>\d{1,5})/;
const SOURCE = new RegExp(
  `\\b(?:from|src|src_?ip|source|source[ _-]?ip|source[ _-]?address|client|client[ _-]?ip|ClientAddress|who_ip|actor_ip|IP Addr|remote|ip|host|user_?ip|UserHostAddress|PublicIP)[ :=("'\\[]{1,4}(?:ip |host )?(?<src>${IP})(?:(?: port |[:#/])(?<sport>\\d{1,5}))?`,
  'i',
);
const DESTINATION = new RegExp(
  `\\b(?:to|dst|dst_?ip|dest|dest_?ip|destination|destination[ _-]?ip|destination[ _-]?address|server)[ :=("'\\[]{1,4}(?<dst>${IP})(?:(?: port |[:#/])(?<dport>\\d{1,5}))?`,
  'i',
);
const USER =
  /\b(?:user(?:[ _-]?name|[ _-]?id)?|account|admin|actor|username|suser|User)(?: ?[:=] ?["']?| ['"]|\s)(?<user>[A-Za-z0-9_][\w.@\\/-]{0,63})(?=['",;\])\s]|$)/;
const NO_USERS =
  /^(?:is|was|has|had|from|with|in|at|on|to|for|of|the|and|or|not|no|name|logged|login|logon|logout|session|via|by|interface|authentication|events?|account|access|failed|password|into|that|this|group|agent|data|N\/A|unknown|requests?|defined)$/i;

/** For makers whose lines are only known as theirs: a class by the words in it, addresses and a user. */
export function guess(fields: Fields, line: string): void {
  const text = line.slice(0, READ_MAX);
  const known = WORDS.find(([re]) => re.test(text))?.[1];
  Object.assign(fields, known ?? SYSTEM);
  putNames(fields, text);
}

/** Addresses and a user's name, behind the words that makers put before them. */
export function putNames(fields: Fields, text: string): void {
  const flow = FLOW.exec(text)?.groups;
  if (flow !== undefined) putGroups(fields, flow);
  else {
    putGroups(fields, SOURCE.exec(text)?.groups);
    putGroups(fields, DESTINATION.exec(text)?.groups);
  }
  const user = USER.exec(text)?.groups?.['user'];
  if (user !== undefined && !NO_USERS.test(user)) fields['user.name'] = user;
}
