import { type Cef, labelled } from '../cef.js';
import { cefRecord } from '../cef-record.js';
import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put, type Target } from '../fields.js';
import { putHash, putUrl } from '../url-parts.js';
import { classOfWords, type Decision, decisionOf, type EventClass, isBadSite, judge } from '../verdict.js';
import { deepSecurityClass, EVENT_PREFIXES, PRODUCTS, type TrendProduct } from './products.js';

/** Labels, in lower case, of the CEF of Apex Central, Deep Security, Cloud Edge, TMES, TMWS and Vision One. */
const LABELS: Readonly<Record<string, Target>> = {
  'policy name': 'rule.name',
  policy_name: 'rule.name',
  policyname: 'rule.name',
  policy: 'rule.name',
  'firewall rule': 'rule.name',
  'rule name': 'rule.name',
  rulename: 'rule.name',
  'rule id': 'rule.id',
  'virus name': 'threat.software.name',
  virusname: 'threat.software.name',
  'virus/malware': 'threat.software.name',
  'malware name': 'threat.software.name',
  'threat name': 'threat.software.name',
  'spyware/grayware name': 'threat.software.name',
  'spyware name': 'threat.software.name',
  security_threat: 'threat.software.name',
  'security threat': 'threat.software.name',
  'process name': 'process.name',
  process_name: 'process.name',
  'command line': 'process.command_line',
  'file name': 'file.name',
  file_name: 'file.name',
  'file path': 'file.path',
  'infected resource': 'file.path',
  'url category': 'rule.category',
  urlcategory: 'rule.category',
  category: 'rule.category',
  'application name': 'network.application',
  app_name: 'network.application',
  appname: 'network.application',
  'mail subject': 'email.subject',
  subject: 'email.subject',
  'message id': 'email.message_id',
  message_id: 'email.message_id',
  messageid: 'email.message_id',
  'operating system': 'host.os.name',
  'host id': 'host.id',
  'endpoint name': 'host.name',
  'endpoint host name': 'host.name',
};

/** Every product of Trend Micro that speaks CEF. */
export const trendMicro: Dialect = {
  name: 'trend-micro',
  parse(message: Message): Parsed | undefined {
    const { cef } = message;
    if (cef === undefined || !/^(?:trend ?micro|tipping ?point)/i.test(cef.vendor)) return undefined;
    const product = PRODUCTS.find(({ match }) => match.test(cef.product));
    return { fields: fieldsOf(cef, product, message), status: 'full' };
  },
};

function fieldsOf(cef: Cef, product: TrendProduct | undefined, { clock }: Message): Fields {
  const fields = cefRecord(cef, clock, LABELS);
  fields['observer.vendor'] = 'Trend Micro';
  fields['observer.product'] = product?.product ?? cef.product;
  fields['observer.type'] = product?.type ?? 'edr';
  if (fields['rule.name'] === undefined && cef.name !== cef.signature) put(fields, 'rule.name', cef.name);
  const eventClass = classOf(cef, product);
  putHost(fields, product);
  putMail(fields, cef, eventClass);
  putThings(fields, cef, eventClass);
  const decision = decisionFor(cef);
  putAction(fields, cef);
  judge(fields, { class: eventClass, decision, ...(isQuiet(cef, eventClass, decision) ? { alert: false } : {}) });
  if (eventClass === 'auth') putOutcome(fields, cef);
  return fields;
}

/** What an agent on a computer says of itself is of the computer, and not of a device in the network. */
function putHost(fields: Fields, product: TrendProduct | undefined): void {
  const isAgent = product === undefined || product.type === 'edr';
  if (!isAgent || product?.product === 'Deep Security Manager') return;
  const name =
    fields['host.name'] ?? fields['observer.name'] ?? fields['destination.domain'] ?? fields['source.domain'];
  if (typeof name === 'string') fields['host.name'] = name;
  delete fields['observer.name'];
}

function classOf(cef: Cef, product: TrendProduct | undefined): EventClass {
  if (product?.product === 'Deep Security Agent') {
    const known = deepSecurityClass(cef.signature);
    if (known !== undefined) return known === 'auth' ? inspected(cef) : known;
  }
  const found = byPrefix(cef) ?? byWords(cef, product);
  if (product?.type === 'mail') return mailClass(found);
  const category =
    labelled(cef).get('URL Category') ?? labelled(cef).get('urlCategory') ?? cef.extension.get('category');
  return found === 'url_filter' && isBadSite(category) ? 'web_block' : found;
}

function byPrefix(cef: Cef): EventClass | undefined {
  const prefix = /^([A-Za-z]{2,8}):/.exec(cef.signature)?.[1] ?? /^([A-Za-z]{2,8}):/.exec(cef.name)?.[1];
  const found = EVENT_PREFIXES[prefix?.toUpperCase() ?? ''];
  return found === 'mail_malware' && /spam|phish/i.test(`${cef.name} ${cef.extension.get('cat') ?? ''}`)
    ? 'mail_spam'
    : found;
}

function byWords(cef: Cef, product: TrendProduct | undefined): EventClass {
  const text = [
    cef.name,
    cef.signature,
    cef.extension.get('cat'),
    cef.extension.get('eventName'),
    cef.extension.get('logType'),
    ...['eventType', 'Event Type', 'eventSubtype'].map((label) => labelled(cef).get(label)),
  ];
  return classOfWords(text.filter((one) => one !== undefined).join(' ')) ?? product?.fallback ?? 'unknown';
}

/** Log inspection reads the logs of others: logons mostly, and what else its rule names. */
function inspected(cef: Cef): EventClass {
  return (
    classOfWords(`${[...labelled(cef).values()].join(' ')} ${cef.extension.get('msg') ?? ''}`.slice(0, 512)) ?? 'system'
  );
}

function mailClass(found: EventClass): EventClass {
  if (found === 'malware' || found === 'ips' || found === 'web_block')
    return found === 'malware' ? 'mail_malware' : 'mail_spam';
  return found === 'traffic' || found === 'url_filter' ? 'mail_spam' : found;
}

function putMail(fields: Fields, cef: Cef, eventClass: EventClass): void {
  if (!eventClass.startsWith('mail') && fields['email.subject'] === undefined) return;
  const pick = (...keys: string[]) => keys.map((key) => cef.extension.get(key)).find((value) => value);
  const [from, to] = [pick('suser', 'sender', 'mailFrom'), pick('duser', 'recipient', 'rcptTo')];
  if (from?.includes('@')) fields['email.from.address'] = [from];
  if (to?.includes('@')) fields['email.to.address'] = to.split(/[;,]\s*/).slice(0, 64);
  put(fields, 'email.subject', pick('subject', 'mailMsgSubject') ?? (fields['email.subject'] as string | undefined));
  // The mail gateway has the subject where others have their text.
  if (fields['observer.type'] === 'mail' && fields['email.subject'] === undefined)
    put(fields, 'email.subject', pick('msg'));
  put(fields, 'email.message_id', pick('msgid', 'mailMsgId'));
}

function putThings(fields: Fields, cef: Cef, eventClass: EventClass): void {
  for (const key of [
    'fileHash',
    'TrendMicroDsFileSHA1',
    'TrendMicroDsFileMD5',
    'TrendMicroDsFileSHA256',
    'fileHashSha256',
  ]) {
    if (putHash(fields, cef.extension.get(key))) delete fields[`vendor.${key}`];
  }
  putUrl(fields, cef.extension.get('url') ?? labelled(cef).get('URL'));
  put(
    fields,
    'threat.software.name',
    cef.extension.get('TrendMicroDsMalwareTarget') === undefined ? undefined : cef.name,
  );
  if (eventClass === 'ips') put(fields, 'rule.id', cef.signature);
  const path = fields['file.path'];
  if (typeof path === 'string' && fields['file.name'] === undefined)
    put(fields, 'file.name', path.split(/[\\/]/).pop());
}

/** `CnC:Block` carries the result in the id. */
function decisionFor(cef: Cef): Decision {
  const act = cef.extension.get('act') ?? cef.extension.get('deviceAction') ?? '';
  const word = /[a-z]/i.test(act)
    ? act
    : (labelled(cef).get('Action') ?? labelled(cef).get('policyAction') ?? labelled(cef).get('Result') ?? '');
  const tail = /^[A-Za-z]{2,8}:(.+)$/.exec(cef.signature)?.[1] ?? '';
  if (/^ids:/i.test(word)) return 'allowed';
  return (
    decisionOf(word) ??
    decisionOf(tail) ??
    decisionOf(/\b(?:blocked|quarantined|cleaned|deleted|detected|allowed)\b/i.exec(cef.name)?.[0])
  );
}

function putAction(fields: Fields, cef: Cef): void {
  if (typeof fields['event.action'] === 'string' && /[a-z]/.test(fields['event.action'])) return;
  const tail = /^[A-Za-z]{2,8}:(.+)$/.exec(cef.signature)?.[1] ?? labelled(cef).get('Action');
  put(fields, 'event.action', tail?.toLowerCase());
}

function isQuiet(cef: Cef, eventClass: EventClass, decision: Decision): boolean {
  if (/update|status|started|stopped/i.test(cef.name)) return true;
  return (
    (eventClass === 'mail_spam' || eventClass === 'mail_malware') &&
    decision === 'allowed' &&
    /\b(?:accept|clean|pass|deliver)/i.test(cef.extension.get('act') ?? '')
  );
}

function putOutcome(fields: Fields, cef: Cef): void {
  const text = `${cef.name} ${cef.extension.get('msg') ?? ''} ${cef.extension.get('outcome') ?? ''}`.slice(0, 512);
  if (/fail|denied|locked|invalid/i.test(text)) fields['event.outcome'] = 'failure';
  else if (/signed|logon|login|succe|logged/i.test(text)) fields['event.outcome'] = 'success';
}
