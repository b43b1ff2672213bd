/** Words by which a message tells what it is about, the plainest first. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:c&c|cnc|c2|command[ -]and[ -]control|callback|botnet)\b/, 'c2'],
  [/\b(?:spam|phishing mail)\b/, 'mail_spam'],
  [/\b(?:virus|malware|trojan|ransomware|spyware|worm|antivirus|anti-virus)\b/, 'malware'],
  [/\b(?:intrusion|ips|ids|exploit|attack|signature|threat detected)\b/, 'ips'],
  [/\b(?:ddos|dos|flood)\b/, 'dos'],
  [/\b(?:dlp|data loss)\b/, 'dlp'],
  [/\b(?:url filter|url filtering|web filter|content filter|category)\b/, 'url_filter'],
  [/\b(?:application control|app control|app-ctrl)\b/, 'app_control'],
  [/\bvpn\b/, 'vpn'],
  [/\b(?:login|logon|logout|logoff|authentication)\b/, 'auth'],
  [/\b(?:config|configuration|policy) (?:change|changed|modified|update)/, 'admin_change'],
  [/\b(?:traffic|connection|firewall|session|flow)\b/, 'traffic'],
];
const DENIED =
  /^(?:block|blocked|deny|denied|drop|dropped|reject|rejected|reset|prevent|prevented|quarantine|quarantined|terminate|terminated|discard|discarded|refuse|refused|fail|failure)$/;
const ALLOWED =
  /^(?:allow|allowed|accept|accepted|pass|passed|permit|permitted|forward|forwarded|detect|detected|success)$/;

/** `hinomi.event_class` by words. */
export function classOf(text: string): string {
  const lower = text.toLowerCase();
  return CLASSES.find(([words]) => words.test(lower))?.[1] ?? 'unknown';
}

/** `event.type` of an action's word; undefined for a word that decides nothing. */
export function actionTypes(action: string): string[] | undefined {
  if (DENIED.test(action)) return ['denied'];
  return ALLOWED.test(action) ? ['allowed'] : undefined;
}
