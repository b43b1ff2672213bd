import { accessJa } from './access-texts-ja.js';
import { explainJa } from './explain-ja.js';
import { FIELDS_JA } from './fields-ja.js';

type SpanUnit = 's' | 'm' | 'h' | 'd';
const UNITS: Record<SpanUnit, string> = { s: '秒', m: '分', h: '時間', d: '日' };

/** Japanese comes first: the other languages must have exactly these texts. */
export const ja = {
  isJapanese: true as boolean,
  product: '火の見',
  tagline: '小さな事業所をまとめて見守る',
  language: 'English',
  skip: '記録へ移動',

  // Signing in.
  signIn: 'サインイン',
  signOut: 'サインアウト',
  name: '名前',
  password: 'パスワード',
  signInHint: '監視センターの担当者として、名前とパスワードを入れてください。',
  expired: 'しばらく操作がなかったため、もう一度サインインしてください。書きかけの問い合わせは残っています。',
  newPasswordTitle: '新しいパスワードを決めてください',
  newPasswordHint:
    '一度限りのパスワードは、最初に置き換えます。12 文字以上で、短い文のように覚えやすいものがお勧めです。',
  currentPassword: '一度限りのパスワード',
  newPassword: '新しいパスワード',
  newPasswordAgain: '新しいパスワード(もう一度)',
  passwordsDiffer: '2 回の入力が違っています。同じものを入れてください。',
  passwordShort: '短すぎます。12 文字以上にしてください。',
  passwordSame: '一度限りのパスワードとは違うものにしてください。',
  passwordLength: (n: number) => `${n} 文字`,
  save: '決定',
  tryAgain: 'もう一度試す',

  // Sites.
  sites: '拠点',
  connected: '接続中',
  silent: '無音',
  offline: '切断',
  never: '未登録',
  presenceHints: {
    connected: '接続していて、記録が届いています',
    silent: '接続していますが、しばらく何も届いていません',
    offline: '接続していません',
    never: '監視装置がまだ登録されていません',
  },
  showOnly: (name: string, n: number) => `${name}の拠点だけを表示(${n})`,
  filterSites: '拠点・企業で絞る',
  noSitesLeft: 'この条件に合う拠点はありません。',
  showAllSites: 'すべて表示',
  lastContact: '最後の連絡',
  noContactYet: 'まだ連絡がありません',
  perSecond: '件/秒',
  recentRate: '最近数分の記録の速さ',
  totalRate: '全拠点の合計',
  clockAhead: (span: string) => `時計が ${span}進んでいます`,
  clockBehind: (span: string) => `時計が ${span}遅れています`,
  noSites: 'まだ拠点がありません。',
  noSitesHint: '管理者は次のように拠点を追加し、表示されたコードで監視装置を登録してください。',

  // Records.
  events: '記録',
  query: '問い合わせ',
  queryPlaceholder: '例: dataset:dns AND name:*.example.jp',
  slashHint: '「/」キーでここに移ります',
  clearQuery: '問い合わせを消す',
  run: '検索',
  live: '自動更新',
  livePaused: '停止中',
  range: '期間',
  range15m: '15 分',
  range1h: '1 時間',
  range24h: '24 時間',
  range7d: '7 日',
  time: '時刻',
  site: '拠点',
  dataset: '種類',
  summary: '内容',
  loading: '読み込んでいます…',
  examples: '例',
  exampleList: [
    ['名前解決の失敗', 'dataset:dns AND dns.response_code:NXDOMAIN'],
    ['大きな通信', 'dataset:flow AND network.bytes:>1000000'],
    ['応答のない接続', 'dataset:flow AND state:(S0 OR REJ)'],
    ['失われた記録', 'dataset:gap'],
    ['アラート', 'dataset:alert'],
  ] as [string, string][],
  noEvents: '当てはまる記録はありません。',
  refusedHint: '問い合わせを直して検索すると、ここに記録が並びます。',
  noEventsHint: '期間を広げるか、条件を減らしてください。',
  noEventsYet: 'この期間には、まだ記録が届いていません。',
  noEventsYetHint:
    '期間を広げるか、左の一覧で拠点が接続中かどうかを見てください。自動更新のままにすると、届いた記録が現れます。',
  widen: (range: string) => `期間を ${range}にする`,
  clearAll: '条件をすべて外す',
  found: (n: number) => `${n.toLocaleString('ja')} 件`,
  foundNewest: (n: number) => `新しい順に ${n.toLocaleString('ja')} 件(ほかにもあります)`,
  took: (ms: number) => `${ms} ミリ秒`,
  more: 'もっと読み込む',
  histogram: (n: number, from: string, to: string) => `${from} から ${to} までの記録 ${n} 件の分布`,
  bar: (from: string, n: number) => `${from} から: ${n} 件`,

  // What a box sees.
  sightHint: '直近 1 分に見たパケット、TCP の会話のうち両方向が見えた割合、取りこぼし',
  packetsPerMinute: (n: number) => `${n.toLocaleString('ja')} 個/分`,
  bothWays: (percent: string) => `両方向 ${percent}`,
  drops: (n: number) => `欠落 ${n.toLocaleString('ja')}`,
  keptShare: (percent: string) => `処理しきれず ${percent} だけ追跡`,
  alertStates: { raised: '発生', repeated: '継続中', recovered: '回復' } as Readonly<Record<string, string>>,
  alertNames: {
    'coverage-silence': '何も届いていません',
    'coverage-collapse': '通信量が急減',
    'coverage-unicast': 'ミラーが働いていません',
    'coverage-one-way': '片方向しか見えません',
    'coverage-loss': 'ミラーが取りこぼしています',
    'coverage-overload': '処理が追いつきません',
    'coverage-checksums': '壊れたパケットが増加',
    'coverage-undecoded': '解読できない通信が増加',
    'coverage-evictions': '追跡の表が満杯',
    'coverage-vlan-gone': '見えない VLAN があります',
    'site-offline': '監視装置とつながりません',
    'site-silent': '監視装置が何も送ってきません',
    'clock-wrong': '時計が合っていません',
    'canary-missed': '確認用パケットが届きません',
  } as Readonly<Record<string, string>>,
  sightHints: {
    'coverage-unicast':
      '機器どうしの通信が見えません。スイッチのミラーポートの設定と、監視装置をつないだポートを確かめてください。',
    'coverage-one-way':
      'TCP の会話の片方向しか見えません。ミラーポートの設定で、送信と受信の両方がミラーされているか確かめてください。',
    'coverage-loss': '見えない TCP データがあります。ミラーポートの速度が足りない可能性があります。',
    'coverage-overload': 'パケットが多すぎるため、一部の会話だけを追跡しています。',
  } as Readonly<Record<string, string>>,

  // One record.
  details: '記録の詳細',
  close: '閉じる',
  addToQuery: 'この値で絞り込む',
  excludeFromQuery: 'この値を除く',
  showAll: (n: number) => `全部表示(${n.toLocaleString('ja')} 文字)`,
  healthLine: (version: string, span: string) => `監視装置は ${span}動いています(版 ${version})`,
  healthSide: (batches: number, memory: string, restarts: number) =>
    `送信待ち ${batches} 束 · メモリ ${memory} · センサー再起動 ${restarts} 回`,
  coverageLine: (packets: number, bytes: string, drops: number) =>
    `1 分間に ${packets.toLocaleString('ja')} パケット(${bytes})を見ました${drops > 0 ? `。${drops} 個を取りこぼしました` : '。取りこぼしなし'}`,
  coverageSide: (flows: number) => `flow 記録 ${flows} 件`,
  gapLine: (count: number | undefined) =>
    `${count === undefined ? '' : `${count.toLocaleString('ja')} 件の`}記録が失われました`,

  // Help.
  help: '書き方',
  helpTitle: '問い合わせの書き方',
  helpHint: '例を押すと、その問い合わせを実行します。',
  fields: '使える項目',
  filterFields: '項目を探す',
  fieldsFailed: '項目の一覧を読み込めませんでした。',
  fieldHint: (name: string, description: string) => FIELDS_JA[name] ?? description,
  helpRows: [
    ['dataset:dns', '項目:値。大文字と小文字は区別しません'],
    ['source.ip:192.168.0.0/16', 'アドレス、またはネットワーク'],
    ['ip:192.168.10.1', '短い名前: ip port mac src dst sport dport proto app name state site company'],
    ['name:*.example.jp', '* は何文字でも、? は 1 文字'],
    ['network.bytes:>=1000000', '大小の比較'],
    ['dport:[1 TO 1023]', '両端を含む範囲'],
    ['dns.response_code:*', 'その項目がある記録'],
    ['dataset:flow AND (dport:22 OR dport:3389) NOT proto:udp', '組み合わせ。並べると AND'],
    ['dport:(22 OR 3389)', '一つの項目の、いくつかの値'],
    ['"example.jp"', '項目なしなら、文や名前の中を探します'],
  ] as [string, string][],

  access: accessJa,

  // Failures.
  unreachable: '監視センターにつながりません。自動でもう一度試しています。',
  unreachableOnce: '監視センターにつながりません。動いているかどうか、ネットワークを確かめてください。',
  unexpected: (code: string) => `うまくいきませんでした(${code})。もう一度試し、続くようなら管理者に知らせてください。`,
  explain: (message: string): string => explainJa(message),
  errors: {
    AUTH_FAILED: '名前かパスワードが違います。',
    AUTH_LIMITED: '試す回数が多すぎます。1 分ほど待ってからやり直してください。',
    AUTH_CODE_WRONG:
      'コードが違うか、使用済みです。次のコードが出るのを待って入れてください。続くときは電話機の時計を確かめてください。',
    AUTH_TOTP_LOST: '2 段階認証の鍵を開けません。回復コードを使うか、管理者に 2 段階認証の解除を頼んでください。',
    AUTH_TOTP_STATE: '時間がたちました。設定を最初からやり直してください。',
    FLEET_EXISTS: '同じ名前がすでにあります。',
    FLEET_NOT_FOUND: '見つかりません。ほかの人が先に変えたのかもしれません。',
    AUTH_FORBIDDEN: 'この操作をする権限がありません。',
    AUTH_PASSWORD_WEAK: '12 文字以上で、前と違うパスワードにしてください。',
    INPUT_INVALID: '入力に誤りがあります。',
    QUERY_INVALID: '問い合わせを読み取れません。',
    QUERY_LIMIT: '問い合わせが大きすぎます。',
    STORE_QUERY_FAILED: '答えを得られませんでした。期間を短くしてください。',
    STORE_ENGINE_ENDED: 'データベースが再起動しました。もう一度お試しください。繰り返す場合は期間を短くしてください。',
    STORE_BUSY: '検索が混み合っています。少し待ってからお試しください。',
  },
  span: (value: number, unit: SpanUnit) => `${value} ${UNITS[unit]}`,
  ago: (span: string) => `${span}前`,
  justNow: 'たった今',
};
export type Texts = typeof ja;
export type ExplainedCode = keyof Texts['errors'];
