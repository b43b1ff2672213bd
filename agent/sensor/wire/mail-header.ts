const NAME_CHARACTERS_MAX = 255;

/** Characters of a subject as people see it. */
export function subjectLength(value: string): number {
  return [...decodeWords(value.trim())].length;
}

/** The file name that a Content-Type or Content-Disposition field gives a part. RFC 2183 2.3, RFC 2231. */
export function attachmentOf(header: string): string | undefined {
  const extended = /;\s*(?:file)?name\*(?:0\*)?=\s*([\w-]*)'[\w-]*'([^;\s]+)/i.exec(header);
  if (extended !== null) return percentDecoded(extended[2] ?? '', extended[1] ?? '').slice(0, NAME_CHARACTERS_MAX);
  const plain = /;\s*(?:file)?name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header);
  const name = plain === null ? undefined : decodeWords((plain[1] ?? plain[2] ?? '').replaceAll(/\\(.)/g, '$1'));
  return name === undefined || name === '' ? undefined : name.slice(0, NAME_CHARACTERS_MAX);
}

/** RFC 2047 2: `=?charset?B?...?=`; blanks between two of them are none. */
function decodeWords(text: string): string {
  const joined = text.replaceAll(/\?=\s+=\?/g, '?==?');
  return joined.replaceAll(/=\?([\w-]+)(?:\*[\w-]+)?\?([bq])\?([^?]*)\?=/gi, (_all, charset, encoding, body) => {
    const isBase64 = String(encoding).toLowerCase() === 'b';
    const bytes = isBase64 ? Buffer.from(String(body), 'base64') : quoted(String(body));
    return inCharset(bytes, String(charset));
  });
}

function quoted(text: string): Buffer {
  const plain = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

function percentDecoded(text: string, charset: string): string {
  const bytes = text.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return inCharset(Buffer.from(bytes, 'latin1'), charset);
}

/** Japanese mail is in ISO-2022-JP, Shift_JIS or UTF-8. */
function inCharset(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
