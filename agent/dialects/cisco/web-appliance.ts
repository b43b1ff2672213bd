import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, putInt, putIp } from '../fields.js';
import { epochTime } from '../times.js';
import { putUrl, putUser } from '../url-parts.js';
import { type EventClass, isBadSite, judge } from '../verdict.js';

/**
 * An access log in Squid's order: time, elapsed milliseconds, client, result/status, bytes, method, URL, user, peer,
 * type; then the Secure Web Appliance's decision tag and its scanning verdict in angle brackets. AsyncOS User Guide,
 * "Access log files".
 */
const ACCESS =
  /(\d{10}\.\d{1,6}) +(\d{1,9}) (?:- )?([0-9a-fA-F.:]{2,45}) ((?:TCP|UDP|NONE)\w*)\/(\d{3}) (\d{1,15}) ([A-Z_-]{1,24}) (\S{1,8192}) ("[^"]{0,256}"|\S{1,256}) (\S{1,512}) (\S{1,128})(?: ([A-Z][A-Z_]+)[_A-Z0-9]*-\S{0,512})?/;
const VERDICT = /<"?([\w&; -]{1,40}?)"?,("?[^,"]{1,12}"?),[^,]{0,64},"?([^",]{0,128})"?,/;
/** The decision tag in the W3C order, where it stands elsewhere. */
const W3C = / (?:DEFAULT_CASE|ALLOW|BLOCK|PASSTHRU|DECRYPT|MONITOR|DROP|REDIRECT|OTHER)_[A-Z0-9_]{0,64}-\S/;
const HEAD_MAX = 12_288;

/** Cisco Secure Web Appliance (WSA), and Squid, whose form it is. */
export const webAppliance: Dialect = {
  name: 'cisco-web-appliance',
  parse(message: Message): Parsed | undefined {
    if (!/ (?:TCP|UDP|NONE)\w*\/\d{3} /.test(message.text.slice(0, 300))) return undefined;
    const parts = ACCESS.exec(message.text.slice(0, HEAD_MAX));
    return parts === null ? undefined : { fields: fieldsOf(parts, message.text), status: 'full' };
  },
};

function fieldsOf(parts: RegExpExecArray, text: string): Fields {
  const [, time, elapsed, client, result = '', status, bytes, method, url, user, peer, type, decision] = parts;
  const isCisco = decision !== undefined || W3C.test(text.slice(0, HEAD_MAX));
  const fields: Fields = { 'observer.type': 'proxy' };
  fields['observer.vendor'] = isCisco ? 'Cisco' : 'Squid';
  fields['observer.product'] = isCisco ? 'Secure Web Appliance' : 'Squid';
  put(fields, '@timestamp', epochTime(time ?? ''));
  putInt(fields, 'http.response.status_code', status);
  fields['event.duration'] = Number(elapsed) * 1e6;
  putIp(fields, 'source.ip', client);
  putInt(fields, 'destination.bytes', bytes);
  put(fields, 'http.request.method', method);
  putUrl(fields, url);
  putUser(fields, 'user', user?.replace(/^"|"$/g, '').replace(/@LDAP$/, ''));
  put(fields, 'http.response.mime_type', type);
  put(fields, 'vendor.result', result);
  const host = peer?.slice(peer.indexOf('/') + 1);
  if (!putIp(fields, 'destination.ip', host)) put(fields, 'destination.domain', host);
  put(fields, 'event.action', (decision ?? result).replace(/_$/, '').toLowerCase());
  decide(fields, { result, decision: decision ?? '', verdict: VERDICT.exec(text.slice(0, HEAD_MAX)) });
  return fields;
}

interface Verdict {
  readonly result: string;
  readonly decision: string;
  readonly verdict: RegExpExecArray | null;
}

function decide(fields: Fields, { result, decision, verdict }: Verdict): void {
  const [, category, score, threat] = verdict ?? [];
  put(fields, 'rule.category', category === 'nc' ? undefined : category?.replace(/^IW_/, ''));
  if (score !== undefined && /^-?\d/.test(score)) put(fields, 'vendor.reputation', Number(score));
  const isThreat = threat !== undefined && /[A-Za-z]{3}/.test(threat);
  if (isThreat) put(fields, 'threat.software.name', threat);
  const isDenied = /^(?:BLOCK|DROP)/.test(decision) || /DENIED/.test(result);
  judge(fields, { class: classOf(fields, decision, isThreat), decision: isDenied ? 'denied' : 'allowed' });
}

function classOf(fields: Fields, decision: string, isThreat: boolean): EventClass {
  if (/AMW|AMP/.test(decision) || isThreat) return isThreat ? 'malware' : 'web_block';
  if (/^BLOCK_(?:WBRS|SUSPECT|ADC)/.test(decision)) return 'web_block';
  return isBadSite(fields['rule.category'] as string | undefined) ? 'web_block' : 'url_filter';
}
