/**
 * The long text of a Windows event, as agents without event data send it: sections (`Subject:`, `New Logon:`) that
 * hold `Label: value`. The same label means another thing in another section.
 */
const TEXT_MAX = 16_384;

/** Section headings, English and Japanese, and which account of the event they are about. */
const SECTIONS: Readonly<Record<string, 'Subject' | 'Target' | 'Member' | 'Group' | ''>> = {
  Subject: 'Subject',
  サブジェクト: 'Subject',
  'New Logon': 'Target',
  新しいログオン: 'Target',
  'Account For Which Logon Failed': 'Target',
  ログオンを失敗したアカウント: 'Target',
  'Target Account': 'Target',
  'New Account': 'Target',
  'Account That Was Locked Out': 'Target',
  'Account Whose Credentials Were Used': 'Target',
  'Account Information': 'Target',
  ターゲットアカウント: 'Target',
  'Target Subject': 'Target',
  Member: 'Member',
  Group: 'Group',
  'Network Information': '',
  ネットワーク情報: '',
  'Process Information': '',
  'Service Information': '',
};

/** Labels and the names of the event data for them; `*` stands for the section's account. */
const LABELS: Readonly<Record<string, string>> = {
  'Security ID': '*UserSid',
  'セキュリティ ID': '*UserSid',
  'Account Name': '*UserName',
  アカウント名: '*UserName',
  'Account Domain': '*DomainName',
  'アカウント ドメイン': '*DomainName',
  'Logon ID': '*LogonId',
  'Logon Type': 'LogonType',
  'ログオン タイプ': 'LogonType',
  'Workstation Name': 'WorkstationName',
  ワークステーション名: 'WorkstationName',
  'Source Workstation': 'Workstation',
  'Source Network Address': 'IpAddress',
  'ソース ネットワーク アドレス': 'IpAddress',
  'Client Address': 'IpAddress',
  'Source Address': 'SourceAddress',
  'Destination Address': 'DestAddress',
  'Destination Port': 'DestPort',
  'Source Port': 'IpPort',
  'ソース ポート': 'IpPort',
  'Client Port': 'IpPort',
  'New Process ID': 'NewProcessId',
  'New Process Name': 'NewProcessName',
  新しいプロセス名: 'NewProcessName',
  'Creator Process Name': 'ParentProcessName',
  'Process Command Line': 'CommandLine',
  'Process Name': 'ProcessName',
  プロセス名: 'ProcessName',
  'Logon Account': 'TargetUserName',
  'Failure Reason': 'FailureReason',
  エラーの理由: 'FailureReason',
  'Sub Status': 'SubStatus',
  Status: 'Status',
  'Error Code': 'Status',
  'Result Code': 'Status',
  'Group Name': 'GroupName',
  'Service Name': 'ServiceName',
  'Service File Name': 'ImagePath',
  'Authentication Package': 'AuthenticationPackageName',
  'Logon Process': 'LogonProcessName',
};

const WORDS = [...Object.keys(SECTIONS), ...Object.keys(LABELS)].sort((a, b) => b.length - a.length);
const MARK = new RegExp(`(?:^|[\\s.。])(${WORDS.join('|')}):`, 'g');

/** Event data out of the text; names that are already there are left. */
export function readMessageText(text: string, into: Map<string, string>): void {
  const marks = [...text.slice(0, TEXT_MAX).matchAll(MARK)];
  let section = 'Target';
  for (const [index, mark] of marks.entries()) {
    const word = mark[1] ?? '';
    const rest = text.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? TEXT_MAX);
    const heading = SECTIONS[word];
    if (heading !== undefined && (LABELS[word] === undefined || rest.trim() === '')) section = heading || section;
    const name = LABELS[word]?.replace('*', section);
    const value = firstPart(rest);
    if (name !== undefined && value !== '' && value !== '-' && !into.has(name)) into.set(name, value);
  }
}

/** Up to the first wide gap or line end: what comes behind is the next paragraph. */
function firstPart(rest: string): string {
  const text = rest.trimStart();
  const end = /\t|\r|\n|\s{3,}|#01[125]/.exec(text.slice(0, 4_096));
  return text.slice(0, end === null ? 1_024 : end.index).trim();
}
