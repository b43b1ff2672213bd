/** What the collector says about a query, in Japanese. What is not in this table is shown as it came. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^there is no field (.+); did you mean (.+)\?$/, '「$1」という項目はありません。もしかして: $2'],
  [/^there is no field (.+)$/, '「$1」という項目はありません'],
  [/^there is no bracket to close$/, '対応する開きかっこがありません'],
  [/^a closing bracket is missing$/, '閉じかっこがありません'],
  [/^brackets nest deeper than (\d+)$/, 'かっこの入れ子が深すぎます($1 段まで)'],
  [/^NOTs nest deeper than (\d+)$/, 'NOT が重なりすぎています($1 個まで)'],
  [/^the query ends where a term is expected$/, '条件が続くはずのところで終わっています'],
  [/^a term is expected, not (.+)$/, 'ここには条件が必要です(「$1」は置けません)'],
  [/^more than (\d+) terms$/, '条件が多すぎます($1 個まで)'],
  [/^a value is expected after the colon$/, 'コロンの後に値が必要です'],
  [/^a value is expected after (.+)$/, '「$1」の後に値が必要です'],
  [/^TO is expected between the ends of a range$/, '範囲の両端の間に TO が必要です'],
  [/^the range is not closed$/, '範囲が閉じられていません'],
  [/^an end of the range is missing$/, '範囲の端がありません'],
  [/^the quotation mark is not closed$/, '引用符が閉じられていません'],
  [/^the query is longer than (\d+) characters$/, '問い合わせが長すぎます($1 文字まで)'],
  [/^the range ends before it begins$/, '期間の終わりが始まりより前です'],
  [/^(\S+) takes an address or a network, not a range$/, '$1 にはアドレスかネットワークを書きます(範囲は書けません)'],
  [/^(\S+) takes an address such as (\S+) or a network such as (\S+)$/, '$1 には $2 や $3 のように書きます'],
  [/^(\S+) takes a number, not (.*)$/, '$1 には数を書きます(「$2」は数ではありません)'],
  [/^(\S+) is true or false$/, '$1 には true か false を書きます'],
  [/^(\S+) has no order$/, '$1 は大小を比べられません'],
  [/^not a time: (.+); write (.+)$/, '時刻として読めません: $1。書き方: $2'],
  [/^(.+) is not expected here$/, 'ここに「$1」は書けません'],
];

export function explainJa(message: string): string {
  const found = PATTERNS.find(([pattern]) => pattern.test(message));
  return found === undefined ? message : message.replace(found[0], found[1]).replaceAll(' or ', '、');
}
