/** Keys whose values nobody else is to see, wherever they stand. */
const SECRET_KEY =
  /secret|password|passwd|passphrase|token|credential|community|authorization|cookie|private|(^|[._-])(key|code|pin|psk)$/i;
const MASK = '***';

/** What looks like a secret inside of a text: keys in PEM, URLs with a password, bearer tokens, enrolment codes. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*KEY-----[\s\S]*?(-----END [A-Z0-9 ]*KEY-----|$)/g, MASK],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"']{1,256}@/gi, `$1${MASK}@`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${MASK}`],
  [/\b(password|passwd|passphrase|secret|token|community|code)(["']?\s*[=:]\s*["']?)[^\s"',;&}]+/gi, `$1$2${MASK}`],
  [/(--code)(\s+)\S+/g, `$1$2${MASK}`],
];
const DEPTH_MAX = 12;

/**
 * The same without secrets: by the names of keys, by what texts look like, and by the secrets that are known.
 * @param known texts that must not be in it, such as the box's key
 */
export function redact(value: unknown, known: readonly string[] = [], depth = 0): unknown {
  if (typeof value === 'string') return redactText(value, known);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return MASK;
  if (Array.isArray(value)) return value.map((item) => redact(item, known, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEY.test(key) && isText(inner) && !isErrorCode(inner) ? MASK : redact(inner, known, depth + 1),
    ]),
  );
}

function redactText(text: string, known: readonly string[]): string {
  let clean = text;
  for (const secret of known) if (secret.length > 0) clean = clean.replaceAll(secret, MASK);
  for (const [pattern, by] of SECRETS) clean = clean.replace(pattern, by);
  return clean;
}

const isText = (value: unknown): boolean => value !== null && ['string', 'number', 'object'].includes(typeof value);
/** `code` is also what our errors are named by. */
const isErrorCode = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^[A-Z]+_[A-Z_]+$/.test(value));
