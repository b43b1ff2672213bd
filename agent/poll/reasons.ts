/** Why a probe came out as it did: the word of records, and what a person reads. */
interface Words {
  readonly en: string;
  readonly ja: string;
}

const words = (en: string, ja: string): Words => ({ en, ja });

export const REASONS = {
  ok: words('it answers as it should', '正常に応答しています'),
  timeout: words('no answer in time', '時間内に応答がありません'),
  refused: words('the connection is refused', '接続を断られました'),
  unreachable: words('there is no way to it', '届く経路がありません'),
  'name-not-found': words('its name is not known', '名前が見つかりません'),
  reset: words('the connection was broken off', '接続が途中で切られました'),
  'closed-early': words('the connection was closed without an answer', '応答がないまま接続が閉じられました'),
  malformed: words('the answer is not what it should be', '応答の形が正しくありません'),
  'too-large': words('the answer is too large', '応答が大きすぎます'),
  failed: words('the probe failed', '確認できませんでした'),
  slow: words('it answers slowly', '応答が遅くなっています'),
  loss: words('some packets are lost', 'パケットの一部が失われています'),
  'program-missing': words('the program ping is missing on the box', '監視装置に ping がありません'),
  'no-permission': words('the box may not send pings', '監視装置に ping を送る権限がありません'),
  'secret-missing': words('its password is not on the box', '監視装置にパスワードが登録されていません'),
  'secret-locked': words('its password cannot be opened on the box', '監視装置のパスワードを開けません'),
  'status-unexpected': words('the server answers with an error', 'サーバーがエラーを返しています'),
  'redirects-many': words('it redirects again and again', '転送が繰り返されています'),
  'tls-failed': words('no encrypted connection can be made', '暗号化した接続ができません'),
  'certificate-untrusted': words('the certificate is not trusted', '証明書を信頼できません'),
  'certificate-expired': words('the certificate has expired', '証明書の期限が切れています'),
  'certificate-expiring': words('the certificate expires soon', '証明書の期限が近づいています'),
  'certificate-changed': words('the certificate is not the expected one', '証明書が決められたものと違います'),
  'no-such-name': words('the server does not know the name', 'サーバーがその名前を知りません'),
  'server-failed': words('the server cannot answer', 'サーバーが答えられません'),
  'answer-unexpected': words('the answer is another one than expected', '応答が決められたものと違います'),
  'auth-failed': words('the device does not accept the user or password', '機器が利用者名かパスワードを受け付けません'),
  'ups-on-battery': words('the power is out: it runs on its battery', '停電中: バッテリーで動いています'),
  'ups-battery-low': words('the battery is nearly empty', 'バッテリーの残りがわずかです'),
  'ups-trouble': words('the power supply reports a fault', '無停電電源装置が異常を知らせています'),
  'disk-failed': words('a disk is failing', 'ディスクに異常があります'),
  'volume-degraded': words(
    'a volume is damaged or without redundancy',
    'ボリュームが壊れているか、冗長性を失っています',
  ),
  'system-trouble': words('the device reports a fault', '機器が異常を知らせています'),
  'supply-low': words('toner or ink is nearly empty', 'トナーかインクの残りがわずかです'),
  'printer-trouble': words('the printer needs somebody', 'プリンターに対応が必要です'),
} as const satisfies Record<string, Words>;
export type Reason = keyof typeof REASONS;

const BY_ERROR: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'closed-early',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EINVAL: 'unreachable',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
};

/** Of an error of a socket or a library. Its text is not told: it is somebody else's. */
export function reasonOf(error: unknown, signal: AbortSignal): Reason {
  if (signal.aborted) return 'timeout';
  const { code = '', name, errors } = error as { code?: string; name?: string; errors?: unknown[] };
  if (code === '' && Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0], signal);
  if (name === 'HTTPParserError' || code.startsWith('HPE_')) return 'malformed';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls-failed';
  return BY_ERROR[code] ?? 'failed';
}
