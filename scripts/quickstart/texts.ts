/** What scripts/up says. Japanese where the locale is Japanese, English elsewhere. */
export interface Texts {
  readonly usage: string;
  readonly startingCollector: string;
  readonly collectorReady: (ms: number) => string;
  readonly madeAdmin: string;
  readonly madeSite: (company: string, site: string) => string;
  readonly enrolled: string;
  readonly generatingDemo: string;
  readonly knownAsDemo: string;
  readonly startingAgent: (source: string) => string;
  readonly agentConnected: string;
  readonly runningAs: (user: string) => string;
  readonly runningAsRoot: string;
  readonly stopping: string;
  readonly stopped: string;
  readonly console: string;
  readonly oneTimePassword: (password: string) => string;
  readonly passwordUnchanged: string;
  readonly example: string;
  readonly stopHint: string;
  readonly logs: string;
  readonly ended: (log: string, status: string) => string;
}

export const en: Texts = {
  usage: 'start a collector and one agent on this machine',
  startingCollector: 'starting the collector',
  collectorReady: (ms) => `the collector is ready (${(ms / 1000).toFixed(1)} s)`,
  madeAdmin: 'made the first administrator: admin',
  madeSite: (company, site) => `added company "${company}" and site "${site}"`,
  enrolled: 'the box has its identity',
  generatingDemo: 'generating the demo office (nothing in it is real)',
  knownAsDemo:
    'the box of this folder is the demo office’s, and its records appear there; for an office of your own: --data DIR',
  startingAgent: (source) => `starting the agent: ${source}`,
  agentConnected: 'the agent is connected',
  runningAs: (user) => `programs run as user ${user}; only the sensor may open the network`,
  runningAsRoot:
    'this folder cannot be read by an unprivileged user: programs run as root, the sensor drops it after opening',
  stopping: 'stopping',
  stopped: 'stopped; the data stay in',
  console: 'console',
  oneTimePassword: (password) => `sign in as admin with the one-time password ${password}  (shown this once)`,
  passwordUnchanged: 'sign in as before; a lost password: node dist/collector/main.js user reset admin --data',
  example: 'ask, for example',
  stopHint: 'Ctrl-C stops everything',
  logs: 'what the programs report',
  ended: (log, status) => `a program ended by itself (${status}); the last lines of ${log} say why`,
};

export const ja: Texts = {
  usage: 'このマシンで監視センターと監視装置を 1 台起動します',
  startingCollector: '監視センターを起動しています',
  collectorReady: (ms) => `監視センターの準備ができました(${(ms / 1000).toFixed(1)} 秒)`,
  madeAdmin: '最初の管理者 admin を作りました',
  madeSite: (company, site) => `企業「${company}」と拠点「${site}」を追加しました`,
  enrolled: '監視装置を登録しました',
  generatingDemo: 'デモ用の事業所の通信を生成しています(実在のものは含みません)',
  knownAsDemo:
    'このフォルダーの監視装置はデモ事業所のものとして登録されているため、記録はデモ企業に入ります。実際の事業所には別のフォルダーを指定してください: --data DIR',
  startingAgent: (source) => `監視装置を起動しています: ${source}`,
  agentConnected: '監視装置がつながりました',
  runningAs: (user) => `プログラムは利用者 ${user} で動き、ネットワークを開けるのはセンサーだけです`,
  runningAsRoot: 'このフォルダーは一般の利用者から読めないため root で動きます。センサーは開いた後に権限を捨てます',
  stopping: '停止しています',
  stopped: '停止しました。データの場所:',
  console: '画面',
  oneTimePassword: (password) =>
    `admin と一度限りのパスワード ${password} でサインインしてください(表示は今回だけです)`,
  passwordUnchanged:
    'これまでのパスワードでサインインしてください。忘れたとき: node dist/collector/main.js user reset admin --data',
  example: '問い合わせの例',
  stopHint: 'Ctrl-C ですべて停止します',
  logs: 'プログラムの記録',
  ended: (log, status) => `プログラムが終了しました(${status})。${log} の最後の行に理由があります`,
};

/** @param locale such as `ja_JP.UTF-8`: LC_ALL, LC_MESSAGES or LANG. */
export function textsFor(locale: string | undefined): Texts {
  return locale?.toLowerCase().startsWith('ja') ? ja : en;
}
