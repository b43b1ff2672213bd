import type { Job } from './jobs.js';

export interface Telling {
  readonly rule: string;
  readonly name: string;
  readonly state: 'raised' | 'repeated' | 'recovered';
  readonly severity: number;
  readonly message: string;
  readonly messageJa: string;
  readonly subject?: string;
  readonly since?: number;
  readonly value?: number;
}

export const RULES = { refused: 'edr-refused', silent: 'edr-silent', tenant: 'edr-tenant-silent' } as const;
type Rule = keyof typeof RULES;

const NAMES: Readonly<Record<Rule, string>> = {
  refused: 'An EDR cloud does not accept the credentials',
  silent: 'An EDR cloud gives no answer',
  tenant: "One company's EDR gives no answer",
};
const SEVERITY = 70;
const MEANWHILE_JA = 'その間のEDRの検知はここに届きません。24時間を超えると失われます。';
const MEANWHILE = 'Until then what the EDR finds does not come here; what is older than 24 hours is lost.';

/** @param what the account, or the account and the tenant */
export function raisedText(rule: Rule, account: string, what: string, error: string, since: number): Telling {
  const said = error === '' ? '' : ` (${error})`;
  const texts: Readonly<Record<Rule, readonly [ja: string, en: string]>> = {
    refused: [
      `EDRの接続「${what}」の認証が拒否されました${said}。EDRの管理画面でAPIの資格情報を作り直し、hinomi-collector connector secret ${account} で入れ替えてください。${MEANWHILE_JA}`,
      `The EDR cloud refuses the credentials of ${what}${said}. Make new ones in its console and give them with hinomi-collector connector secret ${account}. ${MEANWHILE}`,
    ],
    silent: [
      `EDRの接続「${what}」から応答がありません${said}。回線とEDRの稼働状況を確かめ、hinomi-collector connector test ${account} を実行してください。${MEANWHILE_JA}`,
      `The EDR cloud of ${what} does not answer${said}. Check the line and the state of the cloud, then run hinomi-collector connector test ${account}. ${MEANWHILE}`,
    ],
    tenant: [
      `EDRの接続「${what}」のうち1社分が読めません${said}。EDRの管理画面でその会社の契約とAPIの権限を確かめてください。${MEANWHILE_JA}`,
      `The EDR of one company cannot be read: ${what}${said}. Check its licence and the role of the credentials in the console of the EDR. ${MEANWHILE}`,
    ],
  };
  const [messageJa, message] = texts[rule];
  return { rule: RULES[rule], name: NAMES[rule], state: 'raised', severity: SEVERITY, message, messageJa, since };
}

export function recoveredText(rule: string, what: string, since: number): Telling {
  const key = (Object.keys(RULES) as Rule[]).find((each) => RULES[each] === rule) ?? 'silent';
  return {
    ...{ rule, name: NAMES[key], state: 'recovered', severity: 10, since },
    message: `The EDR cloud of ${what} answers again. Nothing has to be done.`,
    messageJa: `EDRの接続「${what}」が再び応答しています。対応は要りません。`,
  };
}

const HOUR_MS = 3_600_000;

export function isolationText(
  { id, endpoint, reason, by }: Job,
  sinceMs: number,
  nowMs: number,
  isFirst: boolean,
): Telling {
  const hours = Math.floor((nowMs - sinceMs) / HOUR_MS);
  return {
    ...{ rule: 'edr-isolation-long', name: 'An endpoint has been isolated for long', severity: 50 },
    state: isFirst ? 'raised' : 'repeated',
    message: `${endpoint.name} has been isolated for ${hours} hours (${by}: ${reason}). If it is clean, release it: hinomi-collector isolate --release ${id} --reason TEXT.`,
    messageJa: `端末「${endpoint.name}」は${hours}時間隔離されたままです(${by}: ${reason})。安全が確かめられたら解除してください: hinomi-collector isolate --release ${id} --reason 理由`,
    ...{ subject: endpoint.name, since: sinceMs, value: hours },
  };
}
