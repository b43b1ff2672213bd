import type { Message } from '../dialect.js';

export interface JuniperLog {
  readonly event: string;
  readonly values: Map<string, string>;
  /** Without the structured part. */
  readonly text: string;
}

const MARK = /\bRT_(?:FLOW|SYSTEM|UTM|IDS|IDP|SECINTEL|AAMW|SCREEN|NAT|APPQOE?)\b|\bjunos@2636/;
const EVENT =
  /\b(?:RT_FLOW_\w+|RT_SCREEN_\w+|RTLOG_\w+|WEBFILTER_\w+|AV_\w+|ANTISPAM_\w+|CONTENT_FILTERING_\w+|SECINTEL_\w+|AAMW_\w+|IDP_\w+|APPTRACK_\w+|UI_\w+|[A-Z][A-Z0-9]{2,15}_[A-Z0-9_]{3,48})\b/g;
const PARAMETER = /([\w-]{1,64})="([^"\\]*(?:\\[\s\S][^"\\]*)*)"/g;
const PAIRS_MAX = 200;
/** `session created 192.0.2.1/1024->198.51.100.1/53 [0x0] service 203.0.113.1/1024->198.51.100.1/53 ...`, release by release. */
const FLOW =
  /session (created|closed|denied)(?: ([^:]{1,64}?):)? (\S+?)\/(\d+)->(\S+?)\/(\d+) (?:0x[0-9a-f]+ )?(?:(\S+) (?:(\S+?)\/(\d+)->(\S+?)\/(\d+) (?:0x[0-9a-f]+ )?)?)?(.*)$/s;
/** Behind the addresses: NAT rules, then protocol, policy, zones and session. */
const TAIL = /(?:^| )(\d{1,3})(?:\(\d+\))? (\S+) (\S+) (\S+) (\d+)(?: (\d+)\((\d+)\) (\d+)\((\d+)\) (\d+))?/;
const DENIED_TAIL = /^(\d{1,3})\(\d+\) (\S+) (\S+) (\S+)/;

export function readJuniper({ text, header, body }: Message): JuniperLog | undefined {
  const head = text.slice(0, 400);
  if (!MARK.test(head)) return undefined;
  const found = [...head.matchAll(EVENT)].map((one) => one[0]).find((name) => !/^RT_[A-Z]+$/.test(name));
  const event = header.msgid !== undefined && /_/.test(header.msgid) ? header.msgid : (found ?? '');
  const values = structured(text);
  if (values.size === 0) flow(values, text);
  return { event, values, text: body.startsWith('[') ? '' : body };
}

function structured(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(PARAMETER)) {
    if (values.size >= PAIRS_MAX) break;
    if (value !== '') values.set(key, value.replace(/\\(["\\\]])/g, '$1'));
  }
  return values;
}

function flow(values: Map<string, string>, text: string): void {
  const parts = FLOW.exec(text.slice(0, 2_048));
  if (parts === null) return;
  const names = [
    '',
    'reason',
    'source-address',
    'source-port',
    'destination-address',
    'destination-port',
    'service-name',
    'nat-source-address',
    'nat-source-port',
    'nat-destination-address',
    'nat-destination-port',
  ];
  for (const [index, name] of names.entries()) {
    const value = parts[index + 1];
    if (name !== '' && value !== undefined && value !== 'None') values.set(name, value);
  }
  const isDenied = parts[1] === 'denied';
  const tail = (isDenied ? DENIED_TAIL : TAIL).exec(parts[12] ?? '');
  const tails = [
    'protocol-id',
    'policy-name',
    'source-zone-name',
    'destination-zone-name',
    'session-id-32',
    'packets-from-client',
    'bytes-from-client',
    'packets-from-server',
    'bytes-from-server',
    'elapsed-time',
  ];
  for (const [index, name] of tails.entries()) {
    const value = tail?.[index + 1];
    if (value !== undefined) values.set(name, value);
  }
}
