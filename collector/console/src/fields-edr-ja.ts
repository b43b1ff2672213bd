/** What the fields of an EDR hold, in Japanese. */
export const EDR_FIELDS_JA: Readonly<Record<string, string>> = {
  'hinomi.edr.kind': '種類: event(出来事)、alert(検知)、endpoint(端末の状態)',
  'hinomi.edr.account': '問い合わせに使った接続',
  'hinomi.edr.tenant': 'EDR のメーカーでの会社の番号',
  'hinomi.edr.stream': 'メーカーのどの一覧にあったか',
  'hinomi.edr.revision': '版。最初は1、メーカー側で変わるたびに増えます',
  'hinomi.edr.hash': '内容の指紋。同じ内容は一度だけ保存します',
  'hinomi.edr.health': '端末の健全さ: good、suspicious、bad、unknown',
  'hinomi.edr.services': '保護のプログラムが動いているか',
  'hinomi.edr.threats': '端末に脅威が残っていないか',
  'hinomi.edr.isolation': '隔離の状態: isolated(隔離中)、not_isolated',
  'hinomi.edr.isolated_by': '隔離した側: admin(管理者)、self(端末自身)、both',
  'hinomi.edr.tamper_protection': '端末で保護を止められないようにしてあるか',
  'hinomi.edr.products': '保護のプログラムと版',
  'hinomi.edr.last_seen': '端末が最後にクラウドと通信した時刻',
};
