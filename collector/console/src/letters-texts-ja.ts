/** What could not be stored as records: Japanese first; the other languages must have exactly these texts. */
export const lettersJa = {
  title: '保存できなかった記録',
  short: '保存できない記録',
  hint: '監視装置から届いたものの、壊れているか形が違うため、記録として保存できなかったものです。原因が分かったら、確認済みとして削除してください。続けて増えるときは、監視装置の版と回線を確かめ、開発元に知らせてください。',
  none: '保存できなかった記録はありません。',
  total: (n: number) => `全部で ${n.toLocaleString('ja')} 件`,
  byAgent: '監視装置ごと',
  byReason: '理由ごと',
  agent: '監視装置',
  count: '件数',
  newest: '最新',
  reason: '理由',
  at: '時刻',
  place: '拠点・監視装置',
  lane: 'レーン:番号',
  size: '大きさ',
  show: '内容',
  showOf: (at: string) => `${at} の内容を見る`,
  onlyOf: (agent: string) => `${agent} だけを表示`,
  all: 'すべて表示',
  older: 'さらに古いもの',
  content: '届いた内容',
  contentHint: '届いたままの文字です。見えない文字は \\u{…} と表示します。',
  notText: '文字ではないため、先頭を 16 進数で表示します。',
  cut: (kept: string, whole: string) => `${whole} のうち、保管した先頭 ${kept} だけです。`,
  remove: '確認済みとして削除',
  removeAll: '全部削除',
  removeAllOf: (agent: string) => `${agent} の分を全部削除`,
  sureRemove: 'この 1 件を削除しますか。元には戻せません。',
  sureRemoveAll: (agent: string, n: number) =>
    `${agent} の保存できなかった記録 ${n.toLocaleString('ja')} 件を、すべて削除しますか。元には戻せません。`,
  explain: (reason: string): string => {
    const found = REASONS.find(([pattern]) => pattern.test(reason));
    return found === undefined ? reason : reason.replace(...found);
  },
};
export type LettersTexts = typeof lettersJa;

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^larger than a batch may be$/, 'まとまりが大きすぎます'],
  [/^not gzip, damaged, or too large when unpacked$/, '圧縮が壊れているか、広げると大きすぎます'],
  [/^no header line$/, '見出しの行がありません'],
  [/^bad header$/, '見出しの行が正しくありません'],
  [/^(\d+) records, the header says (\d+)$/, '見出しでは $2 件、実際は $1 件です'],
  [/^last record has no line feed$/, '最後の記録が途中で切れています'],
  [/^too many records$/, '記録の数が多すぎます'],
  [/^record (\d+) is not JSON$/, '$1 番目の記録を読み取れません'],
  [/^not an object$/, '記録の形をしていません'],
  [/^more than (\d+) keys$/, '項目が多すぎます($1 個まで)'],
  [/^(.+) nests too deeply$/, '項目 $1 の入れ子が深すぎます'],
  [/^key not allowed: (.+)$/, '使えない項目名です: $1'],
  [/^(.+) is set by the collector alone$/, '項目 $1 は監視センターだけが付けます'],
  [/^and (\d+) more of this batch$/, 'ほかに、同じまとまりの $1 件'],
];
