import type { Cef } from '../cef.js';
import { cefRecord } from '../cef-record.js';
import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';
import { type Leef, leefTime } from '../leef.js';
import { classOfWords, decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';
import { putByAlias } from './aliases.js';
import { type Maker, makerOf } from './makers.js';

/** Makers of whom we know the name and the kind of device, in CEF or LEEF. */
export const markedUp: Dialect = {
  name: 'marked-up',
  parse(message: Message): Parsed | undefined {
    const { cef } = message;
    if (cef !== undefined) return ofCef(cef, message);
    const { leef } = message;
    return leef === undefined ? undefined : ofLeef(leef, message);
  },
};

function ofCef(cef: Cef, { clock }: Message): Parsed | undefined {
  const maker = makerOf(cef.vendor, cef.product);
  if (maker === undefined) return undefined;
  const fields = cefRecord(cef, clock);
  putMaker(fields, maker, cef);
  put(fields, 'rule.name', cef.name);
  const words = [cef.name, cef.extension.get('cat'), cef.signature].filter((one) => one !== undefined).join(' ');
  finish(fields, maker, words, cef.extension.get('act') ?? cef.extension.get('outcome'));
  return { fields, status: 'full' };
}

function ofLeef(leef: Leef, { clock }: Message): Parsed | undefined {
  const maker = makerOf(leef.vendor, leef.product);
  if (maker === undefined) return undefined;
  const fields: Fields = {};
  const pairs = [...leef.pairs].filter(([key]) => key !== 'devTime' && key !== 'devTimeFormat');
  putByAlias(fields, pairs);
  putMaker(fields, maker, leef);
  put(fields, 'observer.version', leef.deviceVersion);
  put(fields, 'event.code', leef.eventId);
  put(fields, '@timestamp', leefTime(leef, clock));
  const severity = Number(leef.pairs.get('sev'));
  if (severity >= 0 && severity <= 10) fields['event.severity'] = severity * 10;
  const words = `${leef.eventId} ${leef.pairs.get('cat') ?? ''} ${leef.pairs.get('name') ?? ''}`;
  finish(fields, maker, words, leef.pairs.get('action') ?? leef.pairs.get('act') ?? leef.eventId);
  return { fields, status: 'full' };
}

/** Groups of small makers are named as they name themselves. */
function putMaker(fields: Fields, maker: Maker, head: { readonly vendor: string; readonly product: string }): void {
  put(fields, 'observer.vendor', maker.vendor || head.vendor);
  put(fields, 'observer.product', maker.product ?? head.product);
  fields['observer.type'] = maker.type;
}

/** What endpoint products call what they found, where no name of its kind is said. */
const SUSPECT = /suspicious|detection|detected|indicator of attack/i;
const THREAT = /malicious|threat/i;

function finish(fields: Fields, maker: Maker, words: string, action: string | undefined): void {
  const eventClass = classFor(fields, maker, words);
  const decision = decisionOf(action);
  put(fields, 'event.action', action?.toLowerCase());
  const isFound = eventClass === 'endpoint' && SUSPECT.test(words.slice(0, 512));
  judge(fields, { class: eventClass, decision, ...(isFound ? { alert: true } : {}) });
  if (eventClass === 'auth' || eventClass === 'vpn') putOutcome(fields, `${words} ${action ?? ''}`);
}

function classFor(fields: Fields, maker: Maker, words: string): EventClass {
  if (maker.isFixed) return maker.fallback;
  const found = classOfWords(words) ?? maker.fallback;
  if (maker.type === 'edr' && found === 'endpoint' && THREAT.test(words.slice(0, 512))) return 'malware';
  if (found === 'url_filter' && isBadSite(fields['rule.category'] as string | undefined)) return 'web_block';
  if (maker.type === 'mail' && (found === 'malware' || found === 'ips'))
    return found === 'malware' ? 'mail_malware' : 'mail_spam';
  if (maker.type === 'waf' && ['malware', 'traffic', 'system'].includes(found) && maker.fallback === 'ips')
    return 'ips';
  return found;
}

export function putOutcome(fields: Fields, words: string): void {
  const text = words.slice(0, 1_024);
  if (/fail|denied|reject|invalid|locked|error|unsuccess|suspend/i.test(text)) fields['event.outcome'] = 'failure';
  else if (/success|succeed|passed|accept|log(?:ged)?[ -]?(?:on|in|out|off)\b/i.test(text))
    fields['event.outcome'] = 'success';
}
